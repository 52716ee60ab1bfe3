"""Each model's area under the curve at each origin, drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from cxchurn.report.plots._look import COLOURS, LINES, MARKERS, canvas, dressed, legend_below, literal, speaks, table_of
from cxchurn.words import said, value_words


@speaks
def plot_backtest(result: Any, ax: Axes | None = None) -> Axes:
    """Draw how well each model ranked the customers at each origin, with 95 % intervals.

    Parameters
    ----------
    result : Backtest or DataFrame
        A table as `Backtest.by_origin`: origin, model, metric, value, low, high. The metric "roc_auc" is drawn.
    ax : Axes, optional
        Where to draw. Default: a new figure of pyplot, which notebooks show; it is the ``.figure`` of the answer.

    Returns
    -------
    Axes
    """
    table = table_of(result, "by_origin", "origin", "model", "metric", "value", "low", "high")
    ax = canvas(ax, height=4.2)
    area = table[table["metric"] == "roc_auc"]
    origins, models = area["origin"].unique(), area["model"].unique()
    # side by side, so that no interval hides another
    aside = np.linspace(-0.25, 0.25, len(models)) if len(models) > 1 else [0.0]
    for place, name in enumerate(models):
        rows = area[area["model"] == name].set_index("origin").reindex(origins)
        x = np.arange(len(origins)) + aside[place]
        colour, line = COLOURS[place % len(COLOURS)], LINES[(place + place // len(COLOURS)) % len(LINES)]
        ax.vlines(x, rows["low"], rows["high"], color=colour, alpha=0.5, linewidth=1.2)
        ax.plot(
            x,
            rows["value"],
            line,
            color=colour,
            marker=MARKERS[place % len(MARKERS)],
            markersize=4,
            linewidth=1 if place else 1.8,
            label=literal(value_words("evaluation", str(name))),
        )
    ax.set_xticks(range(len(origins)), [literal(origin) for origin in origins])
    legend_below(ax)
    return dressed(ax, title=said("plots", "backtest"), x=said("plots", "origin"), y=said("plots", "auc"))
