"""What customers spend."""
