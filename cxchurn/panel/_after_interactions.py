"""Cut-offs just after interactions, where a ledger asks a model that may have seen months' firsts alone."""

from __future__ import annotations

from typing import Any

import numpy as np

from cxchurn._core import Statement, UsageError, instant, iso, zone
from cxchurn.history import Histories, happenings
from cxchurn.interactions import InteractionLog

Rows = tuple[np.ndarray, np.ndarray, np.ndarray]
# features see what was known before a cut-off: just after an interaction is one microsecond later
_TICK = np.timedelta64(1, "us")


class AfterInteractions(Statement):
    """Cut-offs just after interactions became known, each customer's own; made by `after_interactions`.

    Parameters
    ----------
    start : str or datetime
        The first interactions, included.
    end : str or datetime, optional
        The last ones, not included. Default: the end of the log.
    sample : int, optional
        How many cut-offs, drawn by chance. Default: all of them.
    random_state : int
        Seed of the draw.
    """

    def __init__(self, start: Any, end: Any = None, *, sample: int | None = None, random_state: int = 0) -> None:
        self.start = start
        self.end = end
        self.sample = sample
        self.random_state = random_state

    def rows(self, histories: Histories, log: InteractionLog) -> Rows:
        """Return (customers, cut-offs, labels of the cut-offs), one for each instant at which something became known."""
        begin = instant(self.start, name="start", timezone=log.timezone)
        end = log.observed_until if self.end is None else instant(self.end, name="end", timezone=log.timezone)
        if begin >= end:
            raise UsageError(f"the cut-offs start ({iso(begin)}) after they end ({iso(end)}).", hint="swap them.")
        many = histories.ids.size
        found = happenings(log, histories.ids, np.full(many, begin), np.full(many, min(end, log.observed_until)))
        moments = found[["row", "known_at"]].drop_duplicates()
        moments = moments.iloc[self._drawn(len(moments))]
        cutoffs = moments["known_at"].to_numpy(dtype="datetime64[us]") + _TICK
        return histories.ids[moments["row"].to_numpy()], cutoffs, _labels(cutoffs, log.timezone)

    def _drawn(self, many: int) -> np.ndarray:
        if self.sample is None or self.sample >= many:
            return np.arange(many)
        if self.sample < 1:
            raise UsageError(f"sample is {self.sample!r}.", allowed="1 or more")
        return np.sort(np.random.default_rng(self.random_state).choice(many, self.sample, replace=False))


def after_interactions(
    start: Any, end: Any = None, *, sample: int | None = None, random_state: int = 0
) -> AfterInteractions:
    """Look at customers just after their interactions: one microsecond after each became known.

    To check whether a model's probabilities hold there, or to train for it beside the months' firsts:
    ``cutoffs=[cx.monthly("2024-01-01"), cx.after_interactions("2024-01-01", sample=5000)]``.

    Parameters
    ----------
    start : str or datetime
        The first interactions, included.
    end : str or datetime, optional
        The last ones, not included. Default: the end of the log.
    sample : int, optional
        How many cut-offs, drawn by chance. Default: all of them.
    random_state : int, default 0
        Seed of the draw.

    Examples
    --------
    >>> after_interactions("2024-10-01", sample=1000)
    AfterInteractions(start='2024-10-01', sample=1000)
    """
    return AfterInteractions(start, end, sample=sample, random_state=random_state)


def _labels(cutoffs: np.ndarray, timezone: str) -> np.ndarray:
    shown = zone(timezone).local(cutoffs.astype(np.int64)).astype("datetime64[us]").astype("datetime64[M]")
    return np.array([f"after interactions, {month}" for month in shown.astype(str)], dtype=object)
