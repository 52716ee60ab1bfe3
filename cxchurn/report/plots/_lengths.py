"""An axis of lengths of time, in the units that people say them in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, NullLocator

from cxchurn.report.plots._look import literal
from cxchurn.words import Number, spoken

_MINUTE, _HOUR, _DAY = 60.0, 3_600.0, 86_400.0
# where one line runs so many times above another, the lower one would lie flat on the bottom
_APART = 30.0
_STEPS = np.array([1, 10, _MINUTE, 10 * _MINUTE, _HOUR, 6 * _HOUR, _DAY, 7 * _DAY, 30 * _DAY, 365 * _DAY])


def in_lengths(ax: Axes, lines: Sequence[np.ndarray]) -> None:
    """Write the lengths on the y axis as ``10 minutes`` or ``2 days``, in steps that multiply where lines are far apart.

    Parameters
    ----------
    ax : Axes
    lines : sequence of ndarray
        What is drawn, in seconds; missing values are NaN.
    """
    known = [line[np.isfinite(line)] for line in lines if np.isfinite(line).any()]
    if not known:
        return
    every, middles = np.concatenate(known), [float(np.median(line)) for line in known]
    if every.min() > 0 and max(middles) > _APART * min(middles):
        low, high = every.min() / 2, every.max() * 2
        ax.set_yscale("log")
        ticks = _STEPS[(low <= _STEPS) & (high >= _STEPS)]
    else:
        low, high = 0.0, 1.15 * float(every.max())
        unit = max((one for one in (1.0, _MINUTE, _HOUR, _DAY) if high >= 2 * one), default=1.0)
        ticks = unit * np.asarray(MaxNLocator(5, steps=[1, 2, 5, 10]).tick_values(0, high / unit))
    ax.set_yticks(ticks, [literal(f"{Number(tick, spoken()):seconds}") if tick else "0" for tick in ticks])
    ax.yaxis.set_minor_locator(NullLocator())
    ax.set_ylim(low, high)
