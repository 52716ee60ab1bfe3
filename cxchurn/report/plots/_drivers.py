"""What moves the probabilities, drawn."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from cxchurn.explanation import Explanation, importance
from cxchurn.features import subject_words
from cxchurn.report.plots._look import (
    FAINT,
    HATCH,
    LEAVING,
    STAYING,
    at_the_right,
    canvas,
    dressed,
    in_rows,
    legend,
    row_height,
    speaks,
    table_of,
    whiskers,
    wrapped,
)
from cxchurn.words import said, written


@speaks
def plot_drivers(result: Any, ax: Axes | None = None, *, most: int = 12) -> Axes:
    """Draw what pushes customers towards leaving and towards staying, the strongest on top.

    Parameters
    ----------
    result : Explanation or DataFrame
        A table as `importance` (in points of probability, with 95 % intervals clustered by customer), as
        ``explanation.drivers()`` or as ``explanation.themes()`` (in log-odds). An explanation is drawn as its `importance`.
    ax : Axes, optional
        Where to draw. Default: a new figure of pyplot, which notebooks show; it is the ``.figure`` of the answer.
    most : int, default 12
        How many are drawn.

    Returns
    -------
    Axes
    """
    given = importance(result) if isinstance(result, Explanation) else result
    table = table_of(given, "drivers", "share", "raises", "lowers")
    name, size = ("theme" if "theme" in table else "driver"), ("points" if "points" in table else "mean_abs")
    table = table_of(table, "drivers", name, size)
    top = table.sort_values(size, ascending=False, kind="stable").head(most)
    words = wrapped(subject_words(str(one)) for one in top[name])
    ax = canvas(ax, height=1.4 + row_height(words) * len(words), width=6.2)
    _bars(ax, top)
    # the row below the last bar is the legend's
    in_rows(ax, words, below=1.7)
    at_the_right(ax, [written(share, ".0%") for share in top["share"]])
    legend(ax, "lower right")
    push = said("plots", "push_points" if size == "points" else "push_log_odds")
    if len(top) < len(table):
        push = said("plots", "of_strongest", push=push, shown=len(top), all=len(table))
    dressed(ax, title=said("plots", "drivers"), x=push, y="")
    ax.grid(visible=False, axis="y")
    return ax


def _bars(ax: Axes, top: pd.DataFrame) -> None:
    places = range(len(top))
    ax.barh(places, top["raises"].abs(), color=LEAVING, height=0.62, label=said("plots", "leaving"))
    look: dict[str, Any] = {"color": STAYING, "hatch": HATCH, "edgecolor": "white", "linewidth": 0}
    ax.barh(places, -top["lowers"].abs(), height=0.62, label=said("plots", "staying"), **look)
    ax.axvline(0, color=FAINT, linewidth=0.8)
    for side in ("raises", "lowers"):
        if f"{side}_low" in top:
            whiskers(ax, places, top[f"{side}_low"], top[f"{side}_high"])
