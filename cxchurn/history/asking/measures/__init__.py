"""Which events count for a question, and numbers that are worked out for each of them."""
