"""Why customers are at risk: contributions that add up, drivers, and reasons in words."""

from typing import TYPE_CHECKING

from cxchurn._core import on_demand
from cxchurn.explain._reasons import by_driver, reason, sentences, telling_columns

if TYPE_CHECKING:
    from cxchurn.explain._explanation import Explanation, explain, explain_features
    from cxchurn.explain.periods import Pulse, pulse
    from cxchurn.explain.sayings import Claim, Claims, CostClaim, YearlyClaim, claims, standard_claims

_WHERE = {
    "_explanation": ("Explanation", "explain", "explain_features"),
    "periods": ("Pulse", "pulse"),
    "sayings": ("Claim", "Claims", "CostClaim", "YearlyClaim", "claims", "standard_claims"),
}
__getattr__ = on_demand(__name__, {name: module for module, names in _WHERE.items() for name in names})

__all__ = [
    "Claim",
    "Claims",
    "CostClaim",
    "Explanation",
    "Pulse",
    "YearlyClaim",
    "by_driver",
    "claims",
    "explain",
    "explain_features",
    "pulse",
    "reason",
    "sentences",
    "standard_claims",
    "telling_columns",
]
