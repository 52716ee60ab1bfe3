"""Why customers are at risk: contributions that add up, drivers, and reasons in words."""

from typing import TYPE_CHECKING

from cxchurn._core import on_demand
from cxchurn.explain._reasons import by_driver, reason, sentences, telling_columns

if TYPE_CHECKING:
    from cxchurn.explain._explanation import Explanation, explain, explain_features

__getattr__ = on_demand(__name__, dict.fromkeys(("Explanation", "explain", "explain_features"), "_explanation"))

__all__ = ["Explanation", "by_driver", "explain", "explain_features", "reason", "sentences", "telling_columns"]
