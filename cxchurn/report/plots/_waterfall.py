"""How one customer's probability comes about, drawn."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes

from cxchurn.report.plots._look import (
    FAINT,
    HATCH,
    LEAVING,
    STAYING,
    Percent,
    beside,
    canvas,
    dressed,
    in_rows,
    row_height,
    speaks,
    table_of,
    wrapped,
)
from cxchurn.words import said, written

_LONG = 50


@speaks
def plot_waterfall(table: Any, ax: Axes | None = None) -> Axes:
    """Draw how one customer's probability to leave comes about: from customers in general, step by step, to this one.

    Parameters
    ----------
    table : DataFrame
        From `waterfall`: words, points, begins, ends.
    ax : Axes, optional
        Where to draw. Default: a new figure of pyplot, which notebooks show; it is the ``.figure`` of the answer.

    Returns
    -------
    Axes

    Examples
    --------
    >>> axes = cx.plot_waterfall(cx.waterfall(explanation, "C-000042"))
    """
    steps = table_of(table, "waterfall", "words", "points", "begins", "ends")
    # sentences about columns are longer than the names of drivers
    long = int(steps["words"].str.len().max()) > _LONG
    names = wrapped(steps["words"], width=42 if long else 28)
    ax = canvas(ax, height=1.2 + row_height(names) * len(names), width=7.4 if long else 6.2)
    points, begins, ends = (steps[name].to_numpy(dtype=float) for name in ("points", "begins", "ends"))
    last = len(steps) - 1
    for place in range(len(steps)):
        if place in (0, last):
            ax.barh(place, ends[place], color=FAINT, height=0.55)
        else:
            _step(ax, place, points[place], min(begins[place], ends[place]))
        text = written(ends[place] / 100, ".0%") if place in (0, last) else signed(points[place])
        beside(ax, text, (max(begins[place], ends[place]), place))
        if place < last:
            ax.plot((ends[place], ends[place]), (place - 0.3, place + 1.3), color=FAINT, linewidth=0.7)
    in_rows(ax, names)
    ax.set_xlim(0, 1.14 * max(begins.max(initial=1), ends.max(initial=1)))
    ax.xaxis.set_major_formatter(Percent(100))
    dressed(ax, title=said("plots", "waterfall"), x=said("plots", "waterfall_x"), y="")
    ax.grid(visible=False, axis="y")
    return ax


def signed(points: Any) -> str:
    """Write points with their sign: ``+6``, ``−0.4``; as many decimals as it takes to see something."""
    size = abs(float(points))
    return f"{'−' if points < 0 else '+'}{written(size, '.0f' if size >= 9.5 else '.1f')}"


def _step(ax: Axes, place: int, points: float, low: float) -> None:
    raises = points > 0
    ax.barh(
        place,
        abs(points),
        left=low,
        height=0.55,
        color=LEAVING if raises else STAYING,
        hatch=None if raises else HATCH,
        edgecolor="white",
        linewidth=0,
    )
