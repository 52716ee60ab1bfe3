"""The emotional account."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from cxchurn._core import Span
from cxchurn.features._builder import Builder, spans
from cxchurn.features._column import Column
from cxchurn.features.shared._valence import Valence
from cxchurn.history import Seen, Window

_NONE = "has left no sign of how it went"
# what is left of a moment after a half-life is half of it
_FADING = "(each counts half after {window})"
# who counts moments finds more good ones where this alone makes the bad ones outweigh them
_WEIGHING = "(a bad one counts {weight:#time}; all fade by half in {window})"
_UP = "has had good moments that outweigh the bad ones"
_DOWN = "has had bad moments that outweigh the good ones"
_EVEN = "has had good and bad moments in balance"
_ONCE_DOWN = "once had bad moments that {value:degree} outweighed the good ones"
_NEVER_DOWN = "has never had bad moments outweigh the good ones"
_DOWN_SHARE = "had bad moments outweigh the good ones {value:share} of the time"
_TIPPED = "went from mostly good to mostly bad moments {value:#time}"


class Balance(Builder):
    """Small moments pile up in an emotional account until it tips.

    Every interaction that felt good is a deposit, every one that felt bad a withdrawal, which counts `weight` times as
    much; everything fades by half each half-life. How it felt is its `Valence`, from -1 to 1.

    Columns for each half-life: ``balance_level_<half life>``, ``balance_lowest_<half life>`` (ever),
    ``balance_overdrawn_share_<half life>`` (of the time since the first such interaction),
    ``balance_crossings_<half life>`` (times it fell below zero). For each window: ``balance_deposits_<window>``,
    ``balance_withdrawals_<window>`` (sums, withdrawals positive), ``balance_mean_<window>``, ``balance_worst_<window>``.
    Over the life: ``balance_last``, ``balance_slope`` (per day).

    Parameters
    ----------
    half_lives : tuple of str
    windows : tuple of str
    weight : float, default 2.5
        How much more a bad moment counts than a good one.
    valence : Valence
        How an interaction's feeling is read.
    """

    driver = "balance"
    needs = ("sentiment|score|resolved",)
    theme = "experience"

    def __init__(
        self,
        *,
        half_lives: Sequence[str] = ("30D", "180D"),
        windows: Sequence[str] = ("30D", "90D"),
        weight: float = 2.5,
        valence: Valence = Valence(),  # noqa: B008 - frozen
    ) -> None:
        self.half_lives = half_lives
        self.windows = windows
        self.weight = weight
        self.valence = valence

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        yield Column(
            "balance_last",
            seen.latest(self.valence),
            says="had a last moment that was {value:mood}",
            missing=_NONE,
            unit="valence",
            expects=-1,
            neutral=0.0,
        )
        yield Column(
            "balance_slope",
            seen.slope(self.valence),
            says="has been having better moments as time goes by",
            zero="has been having moments as good as before as time goes by",
            below="has been having worse moments as time goes by",
            missing="has too few moments that show how it went",
            unit="valence per day",
            expects=-1,
            neutral=0.0,
        )
        for half in spans(self.half_lives):
            yield from self._account(seen, half)
        for w in spans(self.windows):
            recent = seen.last(w)
            yield from _sums(recent, self.valence, w)
            yield from _levels(recent, self.valence, w)

    def _account(self, seen: Seen, half: Span) -> Iterator[Column]:
        level, lowest, overdrawn, crossings = seen.balance(self.valence, half_life=half, weight=self.weight)
        how = _FADING if self.weight == 1 else _WEIGHING
        for name, values, says, zero, below, unit, expects in (
            ("level", level, _UP, _EVEN, _DOWN, "valence", -1),
            ("lowest", lowest, _NEVER_DOWN, _NEVER_DOWN, _ONCE_DOWN, "valence", -1),
            ("overdrawn_share", overdrawn, _DOWN_SHARE, _NEVER_DOWN, None, "share", 1),
            ("crossings", crossings, _TIPPED, _NEVER_DOWN, None, "count", 1),
        ):
            yield Column(
                f"balance_{name}_{half}",
                values,
                says=f"{says} {how}",
                zero=f"{zero} {how}",
                below=below and f"{below} {how}",
                missing=_NONE,
                slots={} if self.weight == 1 else {"weight": self.weight},
                unit=unit,
                window=half,
                expects=expects,
                neutral=None if below is None else 0.0,
            )


def _sums(recent: Window, felt: Valence, w: Span) -> Iterator[Column]:
    for name, gist, sign in (
        ("deposits", "be glad", 1),
        ("withdrawals", "be annoyed", -1),
    ):
        yield Column(
            f"balance_{name}_{w}",
            np.abs(recent.sum(felt.part(sign))),
            says=f"had {{value:extent}} reason to {gist} in the last {{window}}",
            zero=f"had no reason to {gist} in the last {{window}}",
            unit="valence",
            window=w,
            expects=-sign,
        )


def _levels(recent: Window, felt: Valence, w: Span) -> Iterator[Column]:
    for name, values, says in (
        ("mean", recent.mean(felt), "had moments that were {value:mood} on average in the last {window}"),
        ("worst", recent.min(felt), "had a worst moment in the last {window} that was {value:mood}"),
    ):
        yield Column(
            f"balance_{name}_{w}",
            values,
            says=says,
            missing="had no moment in the last {window} that shows how it went",
            unit="valence",
            window=w,
            expects=-1,
            neutral=0.0,
        )
