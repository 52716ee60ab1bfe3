"""The cells of times at which something ended: what says that it has not ended yet, and what cannot be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxchurn._core import DAY, zone
from cxchurn.interactions.reading.casts._cells import Cells, some
from cxchurn.interactions.reading.casts._placeholders import ZERO
from cxchurn.interactions.store._batch import NO_TIME, Values, absent


@dataclass(frozen=True)
class EndCells:
    """A column of ends; masks that are None hold nowhere.

    Parameters
    ----------
    values : ndarray of int64
        The instants; missing where nothing has ended.
    given : ndarray of bool
        Where there is something in the column, be it a time or a word for never.
    not_yet : ndarray of bool, optional
        Where what is there says that nothing has ended: it lies after the present moment, or is a word for never.
    before_start : ndarray of bool, optional
        Where the end lies before what it ends. An end of which only the day is known may lie on the day of the start.
    unreadable, without_zone : ndarray of bool, optional
        As in `Cells`.
    """

    values: np.ndarray
    given: np.ndarray
    not_yet: np.ndarray | None
    before_start: np.ndarray | None
    unreadable: np.ndarray | None
    without_zone: np.ndarray | None


def end_cells(read: Cells, began: Values, *, latest: int, timezone: str) -> EndCells:
    """Return the ends that a column of times holds.

    Parameters
    ----------
    read : Cells
        The column, as times.
    began : ndarray of int64
        When that began which ends.
    latest : int
        Ends after this microsecond have not come yet.
    timezone : str
        The zone whose midnights stand for days.
    """
    times = read.values
    there = ~absent(times)
    assert isinstance(times, np.ndarray)
    assert isinstance(began, np.ndarray)
    open_, early = there & (times > latest), there & (times < began)
    if early.any():
        shown = np.where(early, times, 0)
        zero = (shown < ZERO) | (shown == 0) | (_local(shown, timezone) == 0)
        open_ |= early & zero
        early &= ~open_ & (_local(shown, timezone) != _local(np.where(early, began, 0), timezone) // DAY * DAY)
    if read.unreadable is not None and read.never is not None:
        open_ |= read.unreadable & read.never
    given = there if read.unreadable is None else there | read.unreadable
    values = np.where(open_, NO_TIME, times)
    masks = (None if mask is None else some(mask & ~open_) for mask in (read.unreadable, read.without_zone))
    return EndCells(values, given, some(open_), some(early), *masks)


def _local(moments: np.ndarray, timezone: str) -> np.ndarray:
    return moments if timezone == "UTC" else zone(timezone).local(moments)
