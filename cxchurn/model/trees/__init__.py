"""Boosted trees read from LightGBM's text: their log-odds, and each column's exact part in them."""

from cxchurn.model.trees._forest import Forest, forests_of, mean_of, read_forest
from cxchurn.model.trees._text import Tree, read_trees

__all__ = ["Forest", "Tree", "forests_of", "mean_of", "read_forest", "read_trees"]
