"""Growing boosted trees: LightGBM as a scikit-learn classifier, on numbers and on ranks of numbers."""
