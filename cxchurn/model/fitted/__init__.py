"""What a model holds once it has learned: all that scoring asks for, and what it remembers of its training."""
