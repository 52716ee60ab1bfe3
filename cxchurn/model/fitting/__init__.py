"""How a model learns from a panel: which columns, on which folds, with which parameters."""
