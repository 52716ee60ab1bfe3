"""What the customer's own gaps say about the silence of now."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cxchurn._core import DAY, Span, span
from cxchurn.history.asking.window._periods import gaps_of, periods
from cxchurn.history.asking.window._rows import rows_of
from cxchurn.history.asking.window._window import Window
from cxchurn.history.data._run import at, run_all
from cxchurn.history.data._where import Where
from cxchurn.history.kernels import _sequences


class Renewals(NamedTuple):
    """The silence of now beside the gaps between active days (of the log's own zone); each an array with one float a row.

    Attributes
    ----------
    silence : ndarray
        Days from the last active day to the day of the cut-off; missing where there is none.
    gaps : ndarray
        How many gaps there have been.
    longer : ndarray
        How many of them were at least as long as the silence of now.
    soon : ndarray
        How many of these ended, counted from as long a silence, within the horizon.
    """

    silence: np.ndarray
    gaps: np.ndarray
    longer: np.ndarray
    soon: np.ndarray


def renewals(window: Window, horizon: str | Span, where: Where | None = None) -> Renewals:
    """Compare the silence of now with the gaps between the active days of a window.

    A gap as long as the silence belongs to those still possible: it would end on the day of the cut-off, which is the future.

    Parameters
    ----------
    window : Window
    horizon : str
        How far ahead to look, as in ``"60D"``.
    where : Where, optional
        Which events count.
    """
    rows = rows_of(window)
    days, first, stop = periods(rows, where, DAY)
    gaps, lo, hi = gaps_of(rows, where, True)
    some = stop > first
    last = np.where(some, at(days, stop - 1), 0)
    zone, until = rows.history.zone, rows.cutoffs + span(horizon, name="horizon").microseconds
    silence = np.where(some, zone.days(rows.cutoffs) - last, np.nan)
    ahead = zone.local(until) / DAY - last
    longer, soon = run_all(_sequences.renewals, some.size, 2, gaps, np.minimum(lo + 1, hi), hi, silence, ahead)
    return Renewals(silence, np.maximum(stop - first - 1, 0).astype(np.float64), longer, soon)
