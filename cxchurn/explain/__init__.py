"""Why customers are at risk: contributions that add up, drivers, and reasons in words."""

from typing import TYPE_CHECKING

from cxchurn._core import on_demand
from cxchurn.explain._reasons import by_driver, reason, sentences, telling_columns

if TYPE_CHECKING:
    from cxchurn.explain._explanation import Explanation, explain, explain_features
    from cxchurn.explain._importance import importance
    from cxchurn.explain._waterfall import waterfall

_LATER = dict.fromkeys(("Explanation", "explain", "explain_features"), "_explanation")
_LATER |= {"importance": "_importance", "waterfall": "_waterfall"}
__getattr__ = on_demand(__name__, _LATER)

__all__ = [
    "Explanation",
    "by_driver",
    "explain",
    "explain_features",
    "importance",
    "reason",
    "sentences",
    "telling_columns",
    "waterfall",
]
