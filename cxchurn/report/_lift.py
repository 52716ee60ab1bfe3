"""Churners found against customers contacted, drawn."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from cxchurn.report._look import FAINT, by_model, canvas, dressed, in_percent, legend


def plot_lift(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw how many of the churners one finds by contacting the customers with the highest probabilities.

    Parameters
    ----------
    table : DataFrame
        As `Evaluation.lift` or `lift_curve`: share_contacted, gain, and model where there are several.
    ax : Axes, optional
        Where to draw. Default: a new figure, which is the ``.figure`` of the answer.

    Returns
    -------
    Axes
    """
    ax = canvas(ax)
    for place, (name, rows, colour, line) in enumerate(by_model(table)):
        ax.plot(rows["share_contacted"], rows["gain"], line, color=colour, linewidth=1.3 if place else 1.8, label=name)
    ax.plot((0, 1), (0, 1), color=FAINT, linewidth=0.8, label="at random")
    ax.set(xlim=(0, 1), ylim=(0, 1.01))
    in_percent(ax.xaxis, ax.yaxis)
    legend(ax, "lower right")
    return dressed(
        ax, title="Churners found", x="customers contacted, highest probability first", y="share of churners found"
    )
