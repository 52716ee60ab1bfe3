"""How much better than chance the top of the list is, drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from cxchurn.report.plots._look import FAINT, by_model, canvas, dressed, in_percent, legend, speaks, table_of
from cxchurn.words import said


@speaks
def plot_lift(result: Any, ax: Axes | None = None) -> Axes:
    """Draw how many times more churners the top of the list holds than as many customers chosen at random.

    Parameters
    ----------
    result : Evaluation, Backtest or DataFrame
        A table as `Evaluation.lift` or `lift_curve`: share_contacted, lift, and model where there are several.
    ax : Axes, optional
        Where to draw. Default: a new figure of pyplot, which notebooks show; it is the ``.figure`` of the answer.

    Returns
    -------
    Axes

    See Also
    --------
    plot_gain : The same as the share of churners found.
    """
    table = table_of(result, "lift", "share_contacted", "lift")
    ax = canvas(ax)
    for place, (name, rows, colour, line) in enumerate(by_model(table)):
        ax.plot(rows["share_contacted"], rows["lift"], line, color=colour, linewidth=1.3 if place else 1.8, label=name)
    ax.axhline(1, color=FAINT, linewidth=0.8, label=said("plots", "at_random"))
    ax.set(xlim=(0, 1), ylim=(0, 1.05 * float(np.nan_to_num(table["lift"].to_numpy()).max(initial=1))))
    in_percent(ax.xaxis)
    legend(ax, "upper right")
    return dressed(
        ax,
        title=said("plots", "lift"),
        x=said("plots", "contacted"),
        y=said("plots", "times_random"),
    )
