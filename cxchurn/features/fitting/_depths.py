"""How deep the histories were that a feature set learned from: what it takes a shorter one for, later."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxchurn._core import DAY
from cxchurn.history import histories_of
from cxchurn.interactions import InteractionLog

# one customer in so many may have been seen earlier than all others: a stray row is no beginning of a log
_STRAY = 1000
_HUNDREDTHS = np.arange(1, 100) / 100


@dataclass(frozen=True)
class Depths:
    """Where the training log began, and how far back its histories reached from the cut-offs.

    Attributes
    ----------
    log_start : int or None
        The day on which the log began, in microseconds since 1970 (stray earlier rows left out); None where nothing was
        known before the first cut-off.
    shallowest, deepest : int
        Whole days from the day of the customers' very first event to the cut-off, at the cut-offs where it was least and most.
    first_seen : tuple of int
        The hundredths of the days from each customer's own first event to the cut-off, over all rows.
    """

    log_start: int | None
    shallowest: int
    deepest: int
    first_seen: tuple[int, ...]

    def capped(self, days: float) -> Depths:
        """Return the depths as far as a look-back of so many days makes use of them."""
        most = int(days)
        return Depths(self.log_start, min(self.shallowest, most), min(self.deepest, most), self.first_seen)

    def start_in(self, known: np.ndarray) -> int | None:
        """Return the day on which another log begins, by when its histories do; both in microseconds since 1970.

        It is that of the histories that began as early as those of training, where there are more than strays: a log that goes
        on has more customers, and with them more of the first ones would count as strays.
        """
        early = known[known < (self.log_start or 0) + (self.shallowest + 1) * DAY]
        return started(early if early.size > known.size // _STRAY else known)

    def share_older(self, days: int) -> float:
        """Return the share of training rows whose customer was first seen more than so many days before the cut-off."""
        return float(np.mean(np.array(self.first_seen) > days)) if self.first_seen else 0.0


def depths_of(log: InteractionLog, customers: np.ndarray, cutoffs: np.ndarray) -> Depths:
    """Learn how deep the histories of these customers at these cut-offs are.

    Only what was known before the cut-offs is looked at, and of the log's start what was known before the first of them.
    """
    began, at = began_of(log, customers, cutoffs)
    if not at.size:
        return Depths(None, 0, 0, ())
    depths = reach(began, at)
    # hundredths and not customers' own: no customer's first day is in a model
    hundredths = np.quantile((at - began) / DAY, _HUNDREDTHS)
    return Depths(
        started(known_of(log, int(at.min()))),
        int(depths.min()),
        int(depths.max()),
        tuple(np.floor(hundredths).astype(int).tolist()),
    )


def began_of(log: InteractionLog, customers: np.ndarray, cutoffs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return when the history of each row's customer begins, and the cut-offs, of those that begin before theirs."""
    histories = histories_of(log)
    position = histories.positions(np.asarray(customers))
    at = np.asarray(cutoffs, dtype="datetime64[us]").astype(np.int64)
    if not histories.began.size:
        return at[:0], at[:0]
    began = histories.began[position]
    there = (position >= 0) & (began < at)
    return began[there], at[there]


def reach(began: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Return for each cut-off how far the histories of its rows reach back, in whole days from the day on which the first
    one begins; int64, in the order of time.
    """
    order = np.lexsort((began, at))
    moments, starts, sizes = np.unique(at[order], return_index=True, return_counts=True)
    # a few stray rows of years before do not make a log old
    return (moments - began[order][starts + sizes // _STRAY] // DAY * DAY) // DAY


def known_of(log: InteractionLog, before: int) -> np.ndarray:
    """Return when the histories of a log begin that do before an instant; in microseconds since 1970."""
    began = histories_of(log).began
    return began[began < before]


def started(began: np.ndarray) -> int | None:
    """Return the day on which a log begins, by when its histories do; stray earlier ones do not count."""
    if not began.size:
        return None
    stray = began.size // _STRAY
    return int(np.partition(began, stray)[stray]) // DAY * DAY
