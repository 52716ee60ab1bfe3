"""What claims may say of themselves, and what a condition of the user's own may answer."""

from __future__ import annotations

from typing import Any

from cxchurn._core import UsageError, listed
from cxchurn.explanation.sayings._claim import Claim, CostClaim, YearlyClaim
from cxchurn.history import Where

AnyClaim = Claim | YearlyClaim | CostClaim


def checked_claims(claims: Any) -> tuple[AnyClaim, ...]:
    """Return claims as a tuple; refuse what is none, or cannot be tested.

    Raises
    ------
    UsageError
    """
    if isinstance(claims, (str, AnyClaim)) or not hasattr(claims, "__iter__"):
        raise UsageError(f"claims is a {type(claims).__name__}.", allowed="a list of claims", hint="claims=[claim]")
    asked = tuple(claims)
    if not asked:
        raise UsageError("claims is empty.", allowed="one claim or more", hint="leave it out for the standard claims.")
    for claim in asked:
        if not isinstance(claim, AnyClaim):
            raise UsageError(f"claims holds a {type(claim).__name__}.", allowed="Claim, YearlyClaim or CostClaim")
        _check(claim)
    twice = [name for name in {claim.name for claim in asked} if sum(claim.name == name for claim in asked) > 1]
    if twice:
        raise UsageError(f"several claims are called {listed(sorted(twice))}.", hint="give each a name of its own.")
    return asked


def _check(claim: AnyClaim) -> None:
    for name in ("name", "saying", "source"):
        if not isinstance(getattr(claim, name), str):
            raise UsageError(f"{name} of a claim is {getattr(claim, name)!r}.", allowed="text")
    whose, needs = f"the claim {claim.name!r}", claim.needs
    if not isinstance(needs, (tuple, list)) or not all(isinstance(need, str) and need for need in needs):
        hint = f"needs=({needs!r},)" if isinstance(needs, str) else None
        raise UsageError(f"needs of {whose} is {needs!r}.", allowed="roles, such as ('wait_s', 'value')", hint=hint)
    if isinstance(claim, YearlyClaim):
        said = claim.said
        if not isinstance(said, (tuple, list)) or len(said) != 2 or not all(map(_share, said)) or said[0] > said[1]:
            raise UsageError(f"said of {whose} is {said!r}.", allowed="two shares from 0 to 1, the smaller one first")
        return
    if claim.said is not None and (isinstance(claim, Claim) and not _share(claim.said)):
        raise UsageError(f"said of {whose} is {claim.said!r}.", allowed="a share from 0 to 1, or None")
    if isinstance(claim, Claim):
        _check_sides(claim, whose)


def _check_sides(claim: Claim, whose: str) -> None:
    if isinstance(claim.expects, bool) or claim.expects not in (1, -1):
        raise UsageError(
            f"expects of {whose} is {claim.expects!r}.",
            allowed="1 (those who had it leave more often) or -1 (less often)",
        )
    for name in ("exposed", "apart", "among", "without", "outcome"):
        what = getattr(claim, name)
        if name in ("exposed", "apart") and callable(what):
            continue
        several = name in ("exposed", "apart", "among") and isinstance(what, tuple)
        parts = what if several else () if what is None and name != "exposed" else (what,)
        odd = next((one for one in parts if not isinstance(one, Where)), None)
        if (parts and odd is not None) or (what is None and name == "exposed"):
            raise UsageError(f"{name} of {whose} holds {odd!r}.", allowed="conditions", hint="cx.where(kind='call')")


def _share(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1
