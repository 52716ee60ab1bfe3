"""Why customers are at risk: contributions that add up, drivers, and reasons in words."""

from typing import TYPE_CHECKING

from cxchurn._core import on_demand
from cxchurn.explain._reasons import by_driver, reason, sentences, telling_columns
from cxchurn.explain._usual import USUAL, Usual

if TYPE_CHECKING:
    from cxchurn.explain._as_usual import as_usual
    from cxchurn.explain._explanation import Explanation, explain, explain_features

__getattr__ = on_demand(
    __name__, {**dict.fromkeys(("Explanation", "explain", "explain_features"), "_explanation"), "as_usual": "_as_usual"}
)

__all__ = [
    "USUAL",
    "Explanation",
    "Usual",
    "as_usual",
    "by_driver",
    "explain",
    "explain_features",
    "reason",
    "sentences",
    "telling_columns",
]
