"""Why customers are at risk: contributions that add up, drivers, and reasons in words."""

from typing import TYPE_CHECKING

from cxchurn._core import on_demand
from cxchurn.explain._chosen import Chosen, choose_reasons
from cxchurn.explain._reasons import points_said, reason, reason_names, reasons_said, sentences
from cxchurn.explain._telling import Telling, telling_of

if TYPE_CHECKING:
    from cxchurn.explain._explanation import Explanation, explain, explain_features
    from cxchurn.explain.ledger import Account, Ledger, account, touchpoints

_WHERE = {
    "_explanation": ("Explanation", "explain", "explain_features"),
    "ledger": ("Account", "Ledger", "account", "touchpoints"),
}
__getattr__ = on_demand(__name__, {name: module for module, names in _WHERE.items() for name in names})

__all__ = [
    "Account",
    "Chosen",
    "Explanation",
    "Ledger",
    "Telling",
    "account",
    "choose_reasons",
    "explain",
    "explain_features",
    "points_said",
    "reason",
    "reason_names",
    "reasons_said",
    "sentences",
    "telling_of",
    "touchpoints",
]
