"""What became of a claim: its numbers, and the verdict with the rule for it."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

HOLDS, DOES_NOT, UNKNOWN = "holds here", "does not hold here", "cannot be told"
# of a saying that names a number
IN_DIRECTION = "holds in direction, not in size"
_NORMAL = 1.959963984540054
# a difference smaller than a point, or than a fifth of what like customers do, is none that anybody would act on
LEAST, PART = 0.01, 0.2
# so many customers on each side, and so many of both with the outcome, make a comparison
CUSTOMERS, OUTCOMES = 100, 20


@dataclass(frozen=True)
class Finding:
    """What one's own log says to a claim; shares are of rows (customers at cut-offs).

    Attributes
    ----------
    share : float
        The share here: of the exposed with the outcome; of those lost a year; or money for money.
    like : float
        The share among like customers who were not exposed.
    difference, low, high : float
        Of the two, with the 95 % interval by customer; without like customers the interval is that of the share.
    p : float
        How likely so large a difference would be, were there none.
    exposed, compared : int
        Customers on either side.
    outcomes : int
        Rows with the outcome on both sides.
    verdict : str
        "holds here", "holds in direction, not in size", "does not hold here" or "cannot be told".
    why : str
        The rule that decided, or what is missing.
    """

    share: float = float("nan")
    like: float = float("nan")
    difference: float = float("nan")
    low: float = float("nan")
    high: float = float("nan")
    p: float = float("nan")
    exposed: int = 0
    compared: int = 0
    outcomes: int = 0
    verdict: str = UNKNOWN
    why: str = ""


def share_between(share: float, customers: int) -> tuple[float, float]:
    """Return the 95 % interval of a share of so many customers, by Wilson."""
    square = _NORMAL**2 / customers
    half = sqrt(square * share * (1 - share) + square**2 / 4)
    return (share + square / 2 - half) / (1 + square), (share + square / 2 + half) / (1 + square)


def least_for(like: float) -> float:
    """Return the least difference that counts, where so large a share of like customers has the outcome."""
    return min(LEAST, PART * like)
