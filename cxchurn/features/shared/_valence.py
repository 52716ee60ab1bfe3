"""Valence: how an interaction felt, from -1 (bad) to 1 (good)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxchurn._core import cached_property
from cxchurn.history import Events, Measure

KINDS: tuple[tuple[str, float], ...] = (
    ("cancel", -1.0),
    ("complaint", -1.0),
    ("referral", 1.0),
    ("return", -0.5),
    ("refund", -0.5),
    ("compliment", 1.0),
)
# the middle of each scale is neither good nor bad, and its ends are 1 and -1
SCALES: tuple[tuple[str, float, float], ...] = (("nps", 5.0, 5.0), ("csat", 3.0, 2.0), ("ces", 4.0, 3.0))


@dataclass(frozen=True)
class Valence(Measure):
    """How an interaction felt: its sentiment, else its score on its scale, else whether it ended well, else its kind.

    Parameters
    ----------
    kinds : tuple of (kind, valence)
        What is taken for a kind where nothing else is known.
    resolved : float, optional, default 0.5
        The valence of an interaction that ended with the matter closed; its negative for one that did not. None: that tells
        nothing of how it felt.
    """

    kinds: tuple[tuple[str, float], ...] = KINDS
    resolved: float | None = 0.5

    def part(self, sign: int) -> Part:
        """Return the good (1) or the bad (-1) part alone."""
        return self._parts[sign]

    @cached_property
    def _parts(self) -> dict[int, Part]:
        return {sign: Part(self, sign) for sign in (1, -1)}

    def compute(self, events: Events) -> np.ndarray:
        """Return each event's valence, NaN where nothing tells it."""
        valence = events.mapped("kind", dict(self.kinds))
        if self.resolved is not None and "resolved" in events:
            ended = events["resolved"]
            valence = np.where(np.isnan(ended), valence, np.where(ended > 0, self.resolved, -self.resolved))
        if "score" in events:
            middle = events.mapped("score_type", {scale: middle for scale, middle, _ in SCALES})
            half = events.mapped("score_type", {scale: half for scale, _, half in SCALES})
            scored = (events["score"] - middle) / half
            valence = np.where(np.isnan(scored), valence, scored)
        # what was said goes before what was ticked, and that before how it ended: each is nearer to how it felt
        if "sentiment" in events:
            felt = events["sentiment"]
            valence = np.where(np.isnan(felt), valence, felt)
        return valence


@dataclass(frozen=True)
class Part(Measure):
    """The good or the bad part of a valence: what lies on one side of zero, missing elsewhere.

    Parameters
    ----------
    valence : Valence
    sign : {1, -1}
    """

    valence: Valence
    sign: int

    def compute(self, events: Events) -> np.ndarray:
        """Return each event's valence where it has the sign, NaN elsewhere."""
        valence = events[self.valence]
        return np.where(valence * self.sign > 0, valence, np.nan)
