"""Why customers are at risk: contributions that add up, drivers, and reasons in words."""

from cxchurn.explain._explanation import Explanation, explain, explain_features
from cxchurn.explain._reasons import reason, sentences, telling_columns

__all__ = ["Explanation", "explain", "explain_features", "reason", "sentences", "telling_columns"]
