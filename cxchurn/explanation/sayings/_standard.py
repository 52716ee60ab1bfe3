"""The claims that come with the package: what is said everywhere in the trade."""

from __future__ import annotations

from typing import Any

import numpy as np

from cxchurn.explanation.sayings._claim import Claim, CostClaim, SlowClaim, YearlyClaim
from cxchurn.history import Followed, Window, followed, where
from cxchurn.words import Phrase

# further from nothing on the good side: most tones that machines give are mildly friendly
_BAD_TONE, _GOOD_TONE = -0.3, 0.5
# the usual reading of the recommendation score
_DETRACTOR, _PROMOTER = 6, 9
_COMPLAINT = where(kind="complaint")
_ANSWERED = where(at_least={"score": 0})
_NPS = where(score_type="nps", at_least={"score": 0})
_TOLD = (where(at_least={"sentiment": -1}), _ANSWERED, _COMPLAINT)
_BAD = (
    where(at_most={"sentiment": _BAD_TONE}),
    where(score_type="nps", at_most={"score": _DETRACTOR}),
    where(score_type="csat", at_most={"score": 2}),
    where(score_type="ces", at_most={"score": 3}),
    _COMPLAINT,
)
_GOOD = (
    where(at_least={"sentiment": _GOOD_TONE}),
    where(score_type="nps", at_least={"score": _PROMOTER}),
    where(score_type="csat", at_least={"score": 5}),
    where(score_type="ces", at_least={"score": 6}),
)
_PUT_RIGHT = "14D"


_NOT_AT_ONCE = _COMPLAINT & where(unless={"resolved": True})


def _closing(window: Window) -> Followed:
    """Return what became of the complaints of a window that their own row does not close."""
    return followed(window, _NOT_AT_ONCE, where(resolved=1), within=_PUT_RIGHT)


def _left_open(window: Window) -> np.ndarray:
    closing = _closing(window)
    return closing.followed < closing.decided


def _undecided(window: Window) -> np.ndarray:
    return _closing(window).decided < window.count(_NOT_AT_ONCE)


def _put_right(window: Window) -> np.ndarray:
    return (window.count(_COMPLAINT) > 0) & (_closing(window).followed == window.count(_NOT_AT_ONCE))


def _standard(
    kind: type[Claim | YearlyClaim | CostClaim], name: str, source: str, **about: Any
) -> Claim | YearlyClaim | CostClaim:
    """Return a claim whose saying stands in the language file."""
    return kind(name=name, saying=Phrase("sayings", name), source=source, **about)


_STANDARD: tuple[Claim | YearlyClaim | CostClaim, ...] = (
    _standard(
        Claim,
        "bad_experience",
        "PwC, Experience is everything, 2018",
        needs=("sentiment|score",),
        exposed=_BAD,
        among=_TOLD,
        said=0.32,
    ),
    _standard(
        Claim,
        "passed_on",
        "Dixon, Freeman and Toman, Stop trying to delight your customers, 2010",
        needs=("transfers",),
        exposed=where(at_least={"transfers": 2}),
        among=where(at_least={"transfers": 0}),
    ),
    _standard(SlowClaim, "slow_answers", "common", needs=("wait_s",), among=where(at_least={"wait_s": 0})),
    _standard(
        Claim,
        "unsolved",
        "common",
        needs=("resolved",),
        exposed=where(resolved=0),
        among=(where(resolved=0), where(resolved=1)),
    ),
    _standard(
        Claim,
        "detractors",
        "Reichheld, The one number you need to grow, 2003",
        needs=("score", "score_type"),
        exposed=where(score_type="nps", at_most={"score": _DETRACTOR}),
        among=_NPS,
    ),
    _standard(
        Claim,
        "silent",
        "common",
        needs=("invited", "score"),
        exposed=where(invited=1),
        among=where(invited=1),
        without=_ANSWERED,
    ),
    _standard(
        Claim,
        "complaint_open",
        "TARP, Consumer complaint handling in America, 1986",
        needs=("resolved",),
        exposed=_left_open,
        among=_COMPLAINT,
        apart=_undecided,
    ),
    _standard(
        Claim,
        "recovery",
        "McCollough and Bharadwaj, The recovery paradox, 1992",
        needs=("resolved",),
        exposed=_put_right,
        apart=_COMPLAINT,
        expects=-1,
    ),
    _standard(Claim, "delighted", "common", needs=("sentiment|score",), exposed=_GOOD, among=_TOLD[:2], expects=-1),
    _standard(
        Claim,
        "satisfied_bring_others",
        "common",
        needs=("sentiment|score",),
        exposed=_GOOD,
        among=_TOLD[:2],
        outcome=where(kind="referral"),
    ),
    _standard(YearlyClaim, "lost_a_year", "Reichheld and Sasser, Zero defections, 1990", said=(0.10, 0.25)),
    _standard(CostClaim, "win_or_keep", "common; usually five times"),
)


def standard_claims() -> tuple[Claim | YearlyClaim | CostClaim, ...]:
    """Return the standard claims, in the order in which they are told."""
    return _STANDARD
