"""Looking back and ahead among the events of a part, which stand by customer, then time."""

from __future__ import annotations

import numpy as np

_NEVER = np.iinfo(np.int64).max


def latest_before(candidates: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Return, for each event, the last candidate before it, -1 where there is none.

    Parameters
    ----------
    candidates : ndarray of bool, shape (events,)
    starts : ndarray of int64, shape (events,)
        Where the events begin that an event may look back to.
    """
    rows = np.where(candidates, np.arange(candidates.size), -1)
    last = np.append(-1, np.maximum.accumulate(rows)[:-1]) if rows.size else rows
    return np.where(last >= starts, last, -1)


def in_series(series: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Put events that belong together beside each other, in the order in which they stand.

    Parameters
    ----------
    series : ndarray of int64, shape (events,)
        What belongs together has the same number; -1 for what belongs to nothing.

    Returns
    -------
    rows, starts, stops : ndarray of int64, shape (events of a series,)
        Which events, and where the series of each begins and ends among these.
    """
    rows = np.flatnonzero(series >= 0)
    rows = rows[np.argsort(series[rows], kind="stable")]
    new = np.append(True, np.diff(series[rows]) != 0)[: rows.size]
    begins = np.flatnonzero(new)
    number = np.cumsum(new) - 1
    ends = np.append(begins[1:], rows.size)
    return rows, begins[number], ends[number]


def closed_within(closes: np.ndarray, times: np.ndarray, series: np.ndarray, length: int) -> np.ndarray:
    """Return, for each event of a series, whether it or a later one of the series closes it in time; bool, shape ``(events,)``.

    Parameters
    ----------
    closes : ndarray of bool, shape (events,)
    times : ndarray of int64, shape (events,)
    series : ndarray of int64, shape (events,)
        As for `in_series`.
    length : int
        How long after an event is in time, in microseconds.
    """
    found = np.zeros(closes.size, dtype=bool)
    rows, _, stops = in_series(series)
    if not rows.size:
        return found
    place = np.where(closes[rows], np.arange(rows.size), _NEVER)
    following = np.minimum.accumulate(place[::-1])[::-1]
    there = following < stops
    late = times[rows[np.where(there, following, 0)]] - times[rows] > length
    found[rows] = there & ~late
    return found
