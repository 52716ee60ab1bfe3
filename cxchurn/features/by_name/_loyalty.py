"""What customers get for being loyal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from cxchurn._core import Span, UsageError, span
from cxchurn.features._builder import Builder, spans
from cxchurn.features._column import Column
from cxchurn.features._themes import RHYTHM
from cxchurn.features.shared._rewards import THANKS, TIERS, Thanked, TierChange, TierMove, ranks
from cxchurn.history import Seen, ratio, watched, where

# by sign, whatever the kinds are called; 1e-9 for sums of floats that are zero but for rounding
_EARNED, _REDEEMED = where(at_least={"points": 1e-9}), where(at_most={"points": -1e-9})


class Loyalty(Builder):
    """Rewarding loyalty makes people feel valued: points and what came of them, tiers won and lost, and thanks never said.

    Points above 0 are earned, below 0 redeemed. Columns with ``points`` for each window:
    ``loyalty_points_earned_<window>``, ``loyalty_points_redeemed_<window>``; and so far ``loyalty_redeemed_share`` (of the
    points earned) and ``loyalty_days_redeemed`` (since points were last redeemed). With ``tier``, which every event may name
    from which on the customer is in it: ``loyalty_days_tier`` (since the last change of tier), and where the log's tiers are
    among `tiers`, ``loyalty_promotions_<window>`` and ``loyalty_demotions_<window>`` (moves up and down),
    ``loyalty_days_promoted`` and ``loyalty_days_demoted``: a demotion hurts more than a promotion helps, so the two are apart.
    For those who have been seen for `long`: ``loyalty_days_unthanked`` (since the last reward, or since they were first seen;
    rewards are points redeemed, a promotion, and interactions of the kinds in `thanks`).

    Parameters
    ----------
    windows : tuple of str, default ("90D", "365D")
    tiers : tuple of str
        What tiers are called, from the lowest on; upper and lower case alike. Default: the usual English names, from
        ``"member"`` to ``"black"``. Of tiers that are not among them nobody knows which is better.
    thanks : tuple of str
        The kinds of interactions that say thank you.
    long : str, default "365D"
        From when on a customer is a long-standing one.
    expires : str, optional
        How long points last that are not redeemed. Then there is also ``loyalty_points_expiring_<soon>``: the points that
        expire soon, less all that were redeemed since the first of them was earned. As the oldest are redeemed first, at
        least so many are lost; more, if older ones were there to be redeemed instead.
    soon : str, default "30D"
    """

    driver = "loyalty"
    needs = ("roles.points|roles.tier",)
    theme = "experience"

    def __init__(
        self,
        *,
        windows: Sequence[str] = ("90D", "365D"),
        tiers: tuple[str, ...] = TIERS,
        thanks: tuple[str, ...] = THANKS,
        long: str = "365D",
        expires: str | None = None,
        soon: str = "30D",
    ) -> None:
        self.windows = windows
        self.tiers = tiers
        self.thanks = thanks
        self.long = long
        self.expires = expires
        self.soon = soon

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        ranked = bool(set(seen.known("tier")) & dict(ranks(self.tiers)).keys())
        if seen.has("points"):
            yield from _redeemed(seen)
            if self.expires is not None:
                yield _expiring(seen, span(self.expires, name="expires"), span(self.soon, name="soon"))
        if seen.has("tier"):
            yield _changed(seen)
        if ranked:
            yield from self._moved(seen)
        yield self._unthanked(seen)
        for w in spans(self.windows):
            if seen.has("points"):
                yield from _points(seen, w)
            if ranked:
                yield from self._moves(seen, w)

    def _moved(self, seen: Seen) -> Iterator[Column]:
        yield Column(
            "loyalty_days_promoted",
            seen.age(column=TierMove(self.tiers, 1)),
            says="was last moved to a better tier {value:when}",
            missing="has never been moved to a better tier",
            unit="days",
            expects=1,
        )
        yield Column(
            "loyalty_days_demoted",
            seen.age(column=TierMove(self.tiers, -1)),
            says="was last moved to a lower tier {value:when}",
            missing="has never been moved to a lower tier",
            unit="days",
            expects=-1,
        )

    def _moves(self, seen: Seen, w: Span) -> Iterator[Column]:
        recent = seen.last(w)
        for name, sign, tier in (("promotions", 1, "better"), ("demotions", -1, "lower")):
            yield Column(
                f"loyalty_{name}_{w}",
                recent.count_of(TierMove(self.tiers, sign)),
                says=f"was moved to a {tier} tier {{value:#time}} in the last {{window}}",
                zero=f"was not moved to a {tier} tier in the last {{window}}",
                window=w,
                expects=-sign,
            )

    def _unthanked(self, seen: Seen) -> Column:
        here, thanked = watched(seen.own), seen.age(column=Thanked(self.tiers, self.thanks))
        long = span(self.long, name="long")
        return Column(
            "loyalty_days_unthanked",
            np.where(here >= long.days, np.where(np.isnan(thanked), here, thanked), np.nan),
            says="has been here for {long} or more, and has gone {value:days} without a reward",
            missing="has not been here for {long}",
            unit="days",
            slots={"long": long},
            expects=1,
        )


def _redeemed(seen: Seen) -> Iterator[Column]:
    yield Column(
        "loyalty_redeemed_share",
        ratio(np.abs(seen.sum("points", _REDEEMED)), seen.sum("points", _EARNED)),
        says="has redeemed {value:share} of the points they earned",
        zero="has redeemed none of the points they earned",
        missing="has earned no points",
        unit="share",
        expects=-1,
    )
    yield Column(
        "loyalty_days_redeemed",
        seen.age(_REDEEMED),
        says="last redeemed points {value:when}",
        missing="has never redeemed points",
        unit="days",
        expects=1,
        missing_tells=True,
    )


def _expiring(seen: Seen, expires: Span, soon: Span) -> Column:
    later = expires.microseconds - soon.microseconds
    if later <= 0:
        raise UsageError(
            f"soon is {soon.text!r}, and expires is {expires.text!r}.", allowed="soon shorter than expires"
        )
    lasting = seen.last(expires)
    earned = lasting.sum("points", _EARNED) - seen.last(span(f"{later // 1_000_000}s")).sum("points", _EARNED)
    left_over = earned - np.abs(lasting.sum("points", _REDEEMED))
    return Column(
        f"loyalty_points_expiring_{soon}",
        # differences of sums leave crumbs of points that are fractions
        np.where(left_over > 1e-6, left_over, 0.0),
        says="is about to lose at least {value:#point} in the next {soon}, as points expire after {expires}",
        zero="is not known to lose points in the next {soon}",
        unit="points",
        slots={"soon": soon, "expires": expires},
        expects=1,
    )


def _changed(seen: Seen) -> Column:
    return Column(
        "loyalty_days_tier",
        seen.age(column=TierChange()),
        says="last changed tier {value:when}",
        missing="has never changed tier",
        unit="days",
        # without the way it went that is no reason
        tells=False,
    )


def _points(seen: Seen, w: Span) -> Iterator[Column]:
    recent = seen.last(w)
    for did, values in (
        ("earned", recent.sum("points", _EARNED)),
        ("redeemed", np.abs(recent.sum("points", _REDEEMED))),
    ):
        yield Column(
            f"loyalty_points_{did}_{w}",
            values,
            says=f"{did} {{value:#point}} in the last {{window}}",
            zero=f"{did} no points in the last {{window}}",
            unit="points",
            window=w,
            # what they earn is what they do; what they get for it is an experience
            theme=RHYTHM if did == "earned" else None,
            expects=-1,
        )
