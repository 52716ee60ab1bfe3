"""The churn rate from cut-off to cut-off, drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from cxchurn.report.plots._look import COLOURS, FAINT, INK, canvas, dressed, in_percent, some_labels, speaks, table_of
from cxchurn.words import said

_MOST_LABELS = 5


@speaks
def plot_churn_rate(result: Any, ax: Axes | None = None) -> Axes:
    """Draw the share of customers who churned after each cut-off; cut-offs with an unfinished future are shaded.

    Parameters
    ----------
    result : Panel or DataFrame
        A table as `Panel.summary`: group (or cutoff), rate; a missing rate is a cut-off whose rows were all refused.
    ax : Axes, optional
        Where to draw. Default: a new figure of pyplot, which notebooks show; it is the ``.figure`` of the answer.

    Returns
    -------
    Axes
    """
    summary = table_of(result, "summary", "rate")
    ax = canvas(ax, height=2.7)
    labels = summary["group" if "group" in summary else "cutoff"].astype(str).tolist()
    rate = summary["rate"].to_numpy(dtype=float)
    ax.plot(range(len(rate)), rate, color=COLOURS[0], marker="o", markersize=4, linewidth=1.6)
    for place in np.flatnonzero(np.isnan(rate)):
        ax.axvspan(place - 0.5, place + 0.5, color=FAINT, alpha=0.15, linewidth=0)
    if np.isnan(rate).any():
        last = int(np.flatnonzero(np.isnan(rate))[-1])
        ax.annotate(
            said("plots", "unfinished"),
            (last + 0.45, 0.02),
            xycoords=ax.get_xaxis_transform(),
            ha="right",
            fontsize=8,
            color=INK,
        )
    some_labels(ax, labels, most=_MOST_LABELS)
    ax.set_ylim(0, 1.15 * np.nan_to_num(rate).max(initial=0) or 1)
    in_percent(ax.yaxis)
    return dressed(ax, title=said("plots", "churn_rate"), x="", y=said("plots", "share_churned"))
