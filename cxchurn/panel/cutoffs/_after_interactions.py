"""Cut-offs just after interactions, where a ledger asks a model that may have seen months' firsts alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from cxchurn._core import Statement, UsageError, instant, iso, zone
from cxchurn.history import Histories, happenings
from cxchurn.interactions import InteractionLog, mixed, text_hashes

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
    share : float
        Which share of them, drawn by chance: each by itself, whoever else is there.
    random_state : int
        Seed of the draw.
    """

    def __init__(self, start: Any, end: Any = None, *, share: float = 1.0, random_state: int = 0) -> None:
        self.start = start
        self.end = end
        self.share = share
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
        moments = moments[self._drawn(histories.ids[moments["row"].to_numpy()], moments["known_at"].to_numpy())]
        cutoffs = moments["known_at"].to_numpy(dtype="datetime64[us]") + _TICK
        return histories.ids[moments["row"].to_numpy()], cutoffs, _labels(cutoffs, log.timezone)

    def _drawn(self, customers: np.ndarray, moments: np.ndarray) -> np.ndarray:
        if not 0 < self.share <= 1:
            raise UsageError(f"share is {self.share!r}.", allowed="above 0, at most 1", hint="share=0.1 for 10 %.")
        text = customers.dtype == object
        who = text_hashes(pa.array(customers, pa.string())) if text else mixed(customers.astype(np.uint64))
        seed = mixed(np.array([self.random_state], dtype=np.uint64))
        chance = mixed(mixed(who ^ seed) ^ moments.astype("datetime64[us]").astype(np.uint64))
        return chance / 2.0**64 < self.share


def after_interactions(start: Any, end: Any = None, *, share: float = 1.0, random_state: int = 0) -> AfterInteractions:
    """Look at customers just after their interactions: one microsecond after each became known.

    To check whether a model's probabilities hold there, or to train for it beside the months' firsts:
    ``cutoffs=[cx.monthly("2024-01-01"), cx.after_interactions("2024-01-01", share=0.1)]``.

    Parameters
    ----------
    start : str or datetime
        The first interactions, included.
    end : str or datetime, optional
        The last ones, not included. Default: the end of the log.
    share : float, default 1.0
        Which share of the cut-offs, drawn by chance: each by itself, so that it is the same ones whoever else is there.
    random_state : int, default 0
        Seed of the draw.

    Examples
    --------
    >>> after_interactions("2024-10-01", share=0.1)
    AfterInteractions(start='2024-10-01', share=0.1)
    """
    return AfterInteractions(start, end, share=share, random_state=random_state)


def _labels(cutoffs: np.ndarray, timezone: str) -> np.ndarray:
    shown = zone(timezone).local(cutoffs.astype(np.int64)).astype("datetime64[us]").astype("datetime64[M]")
    return np.array([f"after interactions, {month}" for month in shown.astype(str)], dtype=object)
