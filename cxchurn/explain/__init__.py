"""Why customers are at risk: contributions that add up, drivers, and reasons in words."""

from typing import TYPE_CHECKING

from cxchurn._core import on_demand
from cxchurn.explain._chosen import Chosen, choose_reasons
from cxchurn.explain._reasons import points_said, reason, reason_names, reasons_said, sentences
from cxchurn.explain._telling import Telling, telling_of

if TYPE_CHECKING:
    from cxchurn.explain._evidence import evidence
    from cxchurn.explain._explanation import Explanation, explain, explain_features

_WHERE = {**dict.fromkeys(("Explanation", "explain", "explain_features"), "_explanation"), "evidence": "_evidence"}
__getattr__ = on_demand(__name__, _WHERE)

__all__ = [
    "Chosen",
    "Explanation",
    "Telling",
    "choose_reasons",
    "evidence",
    "explain",
    "explain_features",
    "points_said",
    "reason",
    "reason_names",
    "reasons_said",
    "sentences",
    "telling_of",
]
