"""Claims: small definitions of what people in the trade say, and how each is tested."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from cxchurn._core import DAY, UsageError, iso, on_clock, span
from cxchurn.explanation.sayings._compare import Compared, compare
from cxchurn.explanation.sayings._finding import (
    CUSTOMERS,
    DOES_NOT,
    HOLDS,
    IN_DIRECTION,
    LEAST,
    OUTCOMES,
    UNKNOWN,
    Finding,
    least_for,
    share_between,
)
from cxchurn.explanation.sayings._study import Study
from cxchurn.explanation.sayings._waits import long_waits
from cxchurn.history import Seen, Where, Window, count_between
from cxchurn.interactions import InteractionLog
from cxchurn.panel import Cancellation, rows_at
from cxchurn.words import Phrase

Exposure = Where | tuple[Where, ...] | Callable[[Window], np.ndarray]


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A saying about what goes with leaving: those who had it before a cut-off, beside like customers who had not.

    It is told as association, never as effect: like customers are alike in rhythm and profile, not in everything.

    Parameters
    ----------
    name : str
        Such as ``"passed_on"``.
    saying : str
        What people say, in plain words.
    needs : tuple of str
        Roles the log must have; ``"a|b"`` is either.
    exposed : Where, tuple of Where, or callable
        Who had it: one interaction of the condition, or of any of them, in the window. A callable gets the window (all that
        happened to the customers) and returns bool, shape ``(n,)``.
    among : Where or tuple of Where, optional
        Who could have had it: who had such an interaction in the window and was not exposed is compared. Default: everybody.
    without : Where, optional
        Exposed are only those without such an interaction in the window.
    apart : Where, tuple of Where, or callable, optional
        Who had such an interaction and was not exposed is on neither side.
    expects : {1, -1}
        1: the outcome is more frequent among the exposed; -1: less.
    outcome : Where, optional
        What may happen in the label window. Default: the customer churns.
    said : float, optional
        The share of the exposed with the outcome that the saying names. Where the interval of the share here does not hold
        it, the saying holds in direction only.
    source : str
        Where the saying comes from.

    Examples
    --------
    >>> from cxchurn.history import where
    >>> Claim(name="returns", saying="Who sends something back does not come back.", exposed=where(kind="return")).expects
    1
    """

    name: str
    saying: str
    exposed: Exposure
    needs: tuple[str, ...] = ()
    among: Where | tuple[Where, ...] | None = None
    without: Where | None = None
    apart: Exposure | None = None
    expects: int = 1
    outcome: Where | None = None
    said: float | None = None
    source: str = ""

    def prepared(self, study: Study) -> Claim:
        """Return the claim with everything said that it leaves to the log; by default it leaves nothing."""
        return self

    def test(self, study: Study, costs: Mapping[str, float] | None = None) -> Finding:
        """Return what the log says to it, before many claims at once are taken into account."""
        claim = self.prepared(study)
        exposed, beside, contacts = claim.sides(study)
        outcome = study.churned if claim.outcome is None else study.happens(claim.outcome)
        found = compare(outcome, study.expected(outcome), exposed, beside, contacts, study.group, study.whose)
        return claim.judged(found)

    def sides(self, study: Study) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return who was exposed, who is compared with them, and how often each was in touch so that it could have come."""

        def asked(seen: Seen) -> np.ndarray:
            window = seen.all.last(study.window)
            could = _counted(window, self.among)
            exposed = _had(window, self.exposed)
            if self.without is not None:
                exposed &= window.count(self.without) == 0
            neither = np.zeros(exposed.size, dtype=bool)
            if self.apart is not None:
                neither = ~exposed & _had(window, self.apart)
            return np.where(exposed, 1, 0) + 2 * (~exposed & ~neither & (could > 0)) + 4 * could.astype(np.int64)

        answer = study.ask(asked)
        return answer % 2 == 1, answer // 2 % 2 == 1, answer // 4

    def judged(self, found: Compared) -> Finding:
        """Return the verdict on a comparison."""
        numbers = {name: getattr(found, name) for name in found._fields if name != "alone"}
        if min(found.exposed, found.compared) < CUSTOMERS or found.outcomes < OUTCOMES:
            few = Phrase("claims", "few", customers=CUSTOMERS, outcomes=OUTCOMES)
            return Finding(**numbers, verdict=UNKNOWN, why=few)
        low, high = sorted((self.expects * found.low, self.expects * found.high))
        least = least_for(found.like)
        words = Phrase("claims", "a_point") if least == LEAST else Phrase("claims", "some_points", points=100 * least)
        if low > 0 and self.expects * found.difference >= least:
            verdict, why = self._size(found, Phrase("claims", "above" if self.expects > 0 else "below", least=words))
            return Finding(**numbers, verdict=verdict, why=why)
        if high < least:
            return Finding(**numbers, verdict=DOES_NOT, why=Phrase("claims", "small", least=words))
        return Finding(**numbers, verdict=UNKNOWN, why=Phrase("claims", "hardly" if low > 0 else "both"))

    def _size(self, found: Compared, why: str) -> tuple[str, str]:
        """Return the verdict where the direction is as it is said, and why, with what is to be said of the size."""
        if self.said is None:
            return HOLDS, why
        low, high = share_between(found.share, found.exposed)
        about = {"why": why, "said": self.said, "low": low, "high": high}
        if low <= self.said <= high:
            return HOLDS, Phrase("claims", "share_inside", **about)
        return IN_DIRECTION, Phrase("claims", "share_above" if self.said > high else "share_below", **about)


@dataclass(frozen=True, kw_only=True)
class SlowClaim(Claim):
    """A saying about long waits: which are long is read off the log, touchpoint by touchpoint, before the first cut-off.

    Parameters
    ----------
    quantile : float
        Waits above this quantile of their touchpoint's are long.
    """

    exposed: Exposure = ()
    quantile: float = 0.75

    def prepared(self, study: Study) -> Claim:
        """Return the claim with a condition for each touchpoint."""
        return replace(self, exposed=long_waits(study.log, study.cutoffs.min(), self.quantile))


@dataclass(frozen=True, kw_only=True)
class YearlyClaim:
    """A saying about how many customers are lost in a year.

    Of those asked about a year before the log ends: who cancelled in the year; or, where churn is silence, who is silent for a
    whole horizon at the end of it, so that somebody who was quiet and came back is not lost.

    Parameters
    ----------
    name, saying, source : str
        As of a `Claim`.
    said : tuple of two float
        Between which shares the saying puts it.
    """

    name: str
    saying: str
    said: tuple[float, float]
    needs: tuple[str, ...] = ()
    source: str = ""

    def test(self, study: Study, costs: Mapping[str, float] | None = None) -> Finding:
        """Return what the log says to it."""
        definition, log = study.panel.definition, study.log
        horizon = np.timedelta64(span(definition.horizon, name="horizon").microseconds, "us")
        at = log.observed_until - np.timedelta64(365 * DAY, "us")
        first = log.start + horizon if log.start is not None else at
        if at < first:
            reach = {"needed": _day(at - horizon, log), "begins": _day(log.start, log)}
            return Finding(why=Phrase("claims", "too_short", **reach))
        rows, asked = rows_at(log, definition, [at])
        who = rows["customer_id"].to_numpy()[asked.asked]
        lost = _lost(study, who, at, horizon)
        return self._judged(int(lost.sum()), lost.size, partial(_lost_is, study, at, horizon))

    def _judged(self, lost: int, customers: int, means: Callable[[str], str]) -> Finding:
        if customers < CUSTOMERS:
            few = Phrase("claims", "few_in_year", customers=CUSTOMERS)
            return Finding(exposed=customers, outcomes=lost, why=few)
        share = lost / customers
        low, high = share_between(share, customers)
        least, most = self.said
        verdict, why = UNKNOWN, "across"
        if least <= low and high <= most:
            verdict, why = HOLDS, "inside"
        if high < least or low > most:
            verdict, why = DOES_NOT, "outside"
        sizes: dict[str, Any] = {"low": low, "high": high, "exposed": customers, "outcomes": lost}
        return Finding(share, **sizes, verdict=verdict, why=means(Phrase("claims", why)))


@dataclass(frozen=True, kw_only=True)
class CostClaim:
    """A saying about what customers cost, which a log cannot tell: it needs the two sums of money.

    Parameters
    ----------
    name, saying, source : str
        As of a `Claim`.
    """

    name: str
    saying: str
    needs: tuple[str, ...] = ()
    source: str = ""
    said: float | None = None

    def test(self, study: Study, costs: Mapping[str, float] | None = None) -> Finding:
        """Return what the two sums say."""
        if costs is None:
            return Finding(why=Phrase("claims", "give_costs"))
        ratio = float(costs["win"]) / float(costs["keep"])
        verdict = HOLDS if ratio > 1 else DOES_NOT
        return Finding(share=ratio, verdict=verdict, why=Phrase("claims", "by_costs"))


def _lost(study: Study, who: np.ndarray, at: np.datetime64, horizon: np.timedelta64) -> np.ndarray:
    definition, times = study.panel.definition, np.full(who.size, at)
    if isinstance(definition, Cancellation):
        year = type(definition)(**{**definition.get_params(), "horizon": "365D", "gap": "0D"})
        return year.churned(study.log, who, times)
    end = np.full(who.size, study.log.observed_until)
    return count_between(study.log, who, end - horizon, end, definition.populations.activity) == 0


def _day(at: Any, log: InteractionLog) -> str:
    return iso(on_clock(at, log.timezone))[:10]


def _lost_is(study: Study, at: np.datetime64, horizon: np.timedelta64, why: str) -> str:
    """Return why, and in words who is counted, and who of them as lost."""
    end = study.log.observed_until
    days = {name: _day(one, study.log) for name, one in (("at", at), ("since", end - horizon), ("end", end))}
    return Phrase(
        "claims", "cancelled" if isinstance(study.panel.definition, Cancellation) else "silent", why=why, **days
    )


def _had(window: Window, what: Exposure) -> np.ndarray:
    return _answer(what(window), window.count().size) if callable(what) else _counted(window, what) > 0


def _answer(told: Any, customers: int) -> np.ndarray:
    """Return what a condition of the user's own says of each customer: yes or no, and nothing else."""
    answer = np.asarray(told)
    if answer.shape != (customers,) or (answer.dtype != np.bool_ and not np.isin(answer, (0, 1)).all()):
        found = f"of the shape {answer.shape}" if answer.shape != (customers,) else f"of the type {answer.dtype}"
        raise UsageError(
            f"the condition of a claim returned an array {found} for {customers:,} customers.",
            allowed=f"True or False for each: bool, shape ({customers:,},)",
            hint="np.nan_to_num, where a number is missing.",
        )
    return answer.astype(bool)


def _counted(window: Window, conditions: Where | tuple[Where, ...] | None) -> np.ndarray:
    """Return how many interactions hold any of some conditions; 1 for everybody without one."""
    if conditions is None:
        return np.ones(window.count().size)
    if isinstance(conditions, Where):
        return window.count(conditions)
    # an interaction that holds two of them counts twice: only whether there is one, and how many about, is asked
    return np.sum([window.count(one) for one in conditions], axis=0) if conditions else np.zeros(window.count().size)
