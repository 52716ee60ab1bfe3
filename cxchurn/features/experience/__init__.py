"""What it was like: waiting, effort, moments, promises, feedback, and what followed."""
