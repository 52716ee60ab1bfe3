"""Times that systems write where they have none: 1900-01-01, the first days of 1970, the year 9999."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cxchurn._core import DAY, zone
from cxchurn.interactions.reading.casts._cells import Cells, some
from cxchurn.interactions.store._batch import NO_TIME

# the zero of some system's calendar: nobody was anybody's customer then, as we know it
ZERO = int(np.datetime64("1901-01-02", "us").astype(np.int64))
# seconds that are read as milliseconds, and counters that stand at little, are all of January 1970
_JANUARY = 31 * DAY
# what is promised for then is promised for never
NEVER = int(np.datetime64("2099-12-31", "us").astype(np.int64))
# no zone's clock is further from UTC
_APART = DAY


def are_placeholders(moments: np.ndarray, timezone: str, *, ahead: bool) -> np.ndarray | None:
    """Return where times stand for none; None for nowhere.

    Parameters
    ----------
    moments : ndarray of int64
        Microseconds since 1970, missing ones among them.
    timezone : str
        The zone on whose clock 1970 may have begun.
    ahead : bool
        Whether the times may lie ahead: those that never come then stand for none. Others are in the future.
    """
    odd = (moments < _JANUARY + _APART) & (moments != NO_TIME)
    never = moments >= NEVER if ahead else None
    if odd.any():
        shown = np.where(odd, moments, 0)
        local = shown if timezone == "UTC" else zone(timezone).local(shown)
        odd &= (shown < ZERO) | _in_january(shown) | _in_january(local)
    return some(odd if never is None else odd | never)


def _in_january(moments: np.ndarray) -> np.ndarray:
    found: np.ndarray = (moments >= 0) & (moments < _JANUARY)
    return found


def without_placeholders(read: Cells, timezone: str, *, ahead: bool) -> Cells:
    """Return a column of times in which those that stand for none are missing, and marked."""
    assert isinstance(read.values, np.ndarray)
    found = are_placeholders(read.values, timezone, ahead=ahead)
    return read if found is None else replace(read, values=np.where(found, NO_TIME, read.values), placeholder=found)
