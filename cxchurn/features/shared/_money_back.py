"""Goods that went back, and the money for them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxchurn.features.shared._events import at_once
from cxchurn.history import Events, Measure


@dataclass(frozen=True)
class Returned(Measure):
    """1 for a return that did not bring the money back there and then, missing elsewhere.

    Parameters
    ----------
    kinds : tuple of str
        The kinds with which goods go back.
    """

    kinds: tuple[str, ...]

    def compute(self, events: Events) -> np.ndarray:
        """Return 1 for each such return, NaN elsewhere."""
        back = events.is_one_of("kind", *self.kinds) & at_once(events)
        if "value" in events:
            back = back & ~(events["value"] < 0)
        return np.where(back, 1.0, np.nan)


@dataclass(frozen=True)
class MoneyBack(Measure):
    """1 for money that went back, or what says that it did; missing elsewhere.

    Parameters
    ----------
    kinds : tuple of str
        The kinds that say so, whatever their amount.
    """

    kinds: tuple[str, ...]

    def compute(self, events: Events) -> np.ndarray:
        """Return 1 for each such event, NaN elsewhere."""
        back = events.is_one_of("kind", *self.kinds)
        if "value" in events:
            back = back | (events["value"] < 0)
        return np.where(back, 1.0, np.nan)
