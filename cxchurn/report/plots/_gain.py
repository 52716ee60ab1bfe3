"""Churners found against customers contacted, drawn."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes

from cxchurn.report.plots._look import FAINT, by_model, canvas, dressed, in_percent, legend, speaks, table_of
from cxchurn.words import said


@speaks
def plot_gain(result: Any, ax: Axes | None = None) -> Axes:
    """Draw how many of the churners one finds by contacting the customers with the highest probabilities.

    Parameters
    ----------
    result : Evaluation, Backtest or DataFrame
        A table as `Evaluation.lift` or `lift_curve`: share_contacted, gain, and model where there are several.
    ax : Axes, optional
        Where to draw. Default: a new figure of pyplot, which notebooks show; it is the ``.figure`` of the answer.

    Returns
    -------
    Axes
    """
    table = table_of(result, "lift", "share_contacted", "gain")
    ax = canvas(ax)
    for place, (name, rows, colour, line) in enumerate(by_model(table)):
        ax.plot(rows["share_contacted"], rows["gain"], line, color=colour, linewidth=1.3 if place else 1.8, label=name)
    ax.plot((0, 1), (0, 1), color=FAINT, linewidth=0.8, label=said("plots", "at_random"))
    ax.set(xlim=(0, 1), ylim=(0, 1.01))
    in_percent(ax.xaxis, ax.yaxis)
    legend(ax, "lower right")
    return dressed(ax, title=said("plots", "gain"), x=said("plots", "contacted"), y=said("plots", "found"))
