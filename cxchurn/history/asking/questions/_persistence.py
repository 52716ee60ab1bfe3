"""Whether activity goes on from one period to the next."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cxchurn._core import Span, UsageError, span
from cxchurn.history.asking.window._rows import rows_of
from cxchurn.history.asking.window._window import Window
from cxchurn.history.data._run import run_all
from cxchurn.history.data._where import Where
from cxchurn.history.kernels import _sequences


class Persistence(NamedTuple):
    """What followed active and silent periods, since the first event; each an array with one float a row.

    Attributes
    ----------
    active : ndarray
        How many active periods were followed by another period.
    stayed : ndarray
        How many of these by an active one.
    silent : ndarray
        How many silent periods were followed by another period.
    returned : ndarray
        How many of these by an active one.
    streak : ndarray
        How many periods in a row, up to now, have been active.
    """

    active: np.ndarray
    stayed: np.ndarray
    silent: np.ndarray
    returned: np.ndarray
    streak: np.ndarray


def persistence(
    window: Window, length: str | Span, *, lately: str | Span | None = None, where: Where | None = None
) -> Persistence:
    """Look at periods counted back from the cut-off: ``[T - length, T)``, the one before, and so on.

    Parameters
    ----------
    window : Window
    length : str
        The length of a period, such as ``"7D"``.
    lately : str, optional
        Only the periods that lie wholly within this time before the cut-off; at least two of them. Default: all.
    where : Where, optional
        Which events count.
    """
    period = span(length, name="length").microseconds
    most = np.iinfo(np.int64).max if lately is None else span(lately, name="lately").microseconds // period
    if most < 2:
        raise UsageError(
            f"lately is {lately!s}, less than two periods of {length!s}.", allowed=f"at least twice {length!s}"
        )
    rows = rows_of(window)
    events = rows.select(where)
    lo, hi = rows.range(events)
    return Persistence(*run_all(_sequences.persistence, lo.size, 5, events.times, lo, hi, rows.cutoffs, period, most))
