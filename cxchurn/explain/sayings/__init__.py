"""The sayings of the trade, tested on one's own log."""

from cxchurn.explain.sayings._claim import Claim, CostClaim, YearlyClaim
from cxchurn.explain.sayings._claims import claims
from cxchurn.explain.sayings._result import Claims
from cxchurn.explain.sayings._standard import standard_claims

__all__ = ["Claim", "Claims", "CostClaim", "YearlyClaim", "claims", "standard_claims"]
