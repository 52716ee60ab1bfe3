"""How many events of a source happened on each day, by kind: what shows when it was alive."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from cxchurn._core import Zone
from cxchurn.interactions.store._batch import Batch
from cxchurn.interactions.store._labels import Labels, coded

# up to so many cells are counted in a plain array
_DENSE = 1 << 22
# (kind, made of a later-known column, day since 1970): events
Counts = Counter[tuple[str, bool, int]]


@dataclass(frozen=True)
class Arrivals:
    """The events of one source by day, in the source's own zone.

    Parameters
    ----------
    source : str
        What the source is called in reports.
    counts : Counter
        Events by kind, whether they were made of a later-known column, and day since 1970.
    until : datetime64[us], optional
        The instant before which the source is complete, where that was said.
    arrives : int, default 0
        By how many microseconds the source comes late, where that was said.
    """

    source: str
    counts: Counts
    until: np.datetime64 | None = None
    arrives: int = 0

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds it carries, but for events that only say something became known."""
        return frozenset(kind for kind, later, _ in self.counts if not later)


def by_day(counts: Iterable[Counts], kind: str | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Return the days with events (of a kind), in order, and how many events there were on each; both int64."""
    days: Counter[int] = Counter()
    for one in counts:
        for (label, _, day), rows in one.items():
            if kind is None or label == kind:
                days[day] += rows
    ordered = sorted(days)
    return np.array(ordered, dtype=np.int64), np.array([days[day] for day in ordered], dtype=np.int64)


def count_batch(batch: Batch, clock: Zone) -> Counts:
    """Count the events of a batch."""
    kinds = batch["kind"]
    labels = kinds if isinstance(kinds, Labels) else coded(kinds)  # type: ignore[arg-type]
    return count_events(labels.codes, labels.levels, batch["later"], batch["timestamp"], clock)  # type: ignore[arg-type]


def count_events(codes: np.ndarray, levels: pa.Array, later: np.ndarray, times: np.ndarray, clock: Zone) -> Counts:
    """Count events by kind, later and day.

    Parameters
    ----------
    codes : ndarray of int32, shape (n,)
        Each event's kind, as its place among the levels.
    levels : pyarrow.Array
        The kinds.
    later : ndarray of bool or 0/1, shape (n,)
    times : ndarray of int64, shape (n,)
        When they happened, in microseconds since 1970.
    clock : Zone
        Whose days count.
    """
    if not times.size:
        return Counter()
    names = [*levels.to_pylist(), None]
    days = clock.days(times)
    first, width = int(days.min()), 2 * len(names)
    cells = (days - first) * width + 2 * np.where(codes < 0, len(names) - 1, codes) + (later == 1)
    found, rows = _counted(cells)
    return Counter(
        {
            (str(names[cell % width // 2]), bool(cell % 2), cell // width + first): count
            for cell, count in zip(found.tolist(), rows.tolist(), strict=True)
        }
    )


def _counted(cells: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if cells.max() > _DENSE:
        return np.unique(cells, return_counts=True)
    rows = np.bincount(cells)
    found = np.flatnonzero(rows)
    return found, rows[found]
