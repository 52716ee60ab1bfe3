"""The sayings of the trade, tested on one's own log."""

from cxchurn.explanation.sayings._claim import Claim, CostClaim, YearlyClaim
from cxchurn.explanation.sayings._claims import claims
from cxchurn.explanation.sayings._result import Claims
from cxchurn.explanation.sayings._standard import standard_claims

__all__ = ["Claim", "Claims", "CostClaim", "YearlyClaim", "claims", "standard_claims"]
