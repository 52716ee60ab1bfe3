"""What was said and what came, cut-off by cut-off, drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from cxchurn.evaluation import Backtest, Evaluation, calibration_verdict, said_and_came
from cxchurn.report.plots._look import (
    COLOURS,
    canvas,
    dressed,
    in_percent,
    legend,
    some_labels,
    speaks,
    subtitled,
    table_of,
)
from cxchurn.words import said

_MOST_LABELS = 6


@speaks
def plot_calibration(result: Any, ax: Axes | None = None) -> Axes:
    """Draw which share of customers the model said would leave, beside the share that left, cut-off by cut-off.

    Parameters
    ----------
    result : Evaluation, Backtest or DataFrame
        A table as `said_and_came`: cutoff, said, came, low, high. An evaluation is drawn as its `said_and_came`, with its
        verdict.
    ax : Axes, optional
        Where to draw. Default: a new figure of pyplot, which notebooks show; it is the ``.figure`` of the answer.

    Returns
    -------
    Axes
    """
    judged = isinstance(result, (Evaluation, Backtest))
    given = said_and_came(result) if judged else result
    table = table_of(given, "said_and_came", "cutoff", "said", "came", "low", "high")
    table = table[table["cutoff"] != "all"]
    ax = canvas(ax, height=3.0)
    x = np.arange(len(table))
    ax.vlines(x, table["low"], table["high"], color=COLOURS[0], alpha=0.5, linewidth=1.4)
    ax.plot(x, table["came"], color=COLOURS[0], marker="o", markersize=5, linewidth=1.6, label=said("plots", "came"))
    ax.plot(
        x,
        table["said"],
        "--",
        color=COLOURS[1],
        marker="D",
        markersize=5,
        markerfacecolor="none",
        linewidth=1.4,
        label=said("plots", "said"),
    )
    some_labels(ax, table["cutoff"].astype(str).tolist(), most=_MOST_LABELS)
    ax.set_ylim(0, 1.3 * float(np.nan_to_num(table[["said", "high"]].to_numpy()).max(initial=0)) or 1)
    in_percent(ax.yaxis)
    legend(ax, "upper left")
    dressed(ax, title=said("plots", "calibration"), x=said("plots", "cutoff"), y=said("plots", "share_that_leaves"))
    return subtitled(ax, calibration_verdict(result)) if judged else ax
