"""What a model is held against: simple rules, a logistic regression, BG/NBD."""
