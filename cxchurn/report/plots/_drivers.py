"""What moves the probabilities, drawn."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from cxchurn.explain import Explanation, importance
from cxchurn.features import subject_words
from cxchurn.report.plots._look import (
    FAINT,
    HATCH,
    INK,
    LEAVING,
    STAYING,
    canvas,
    dressed,
    in_rows,
    legend,
    row_height,
    table_of,
    wrapped,
)


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
    for place, share in enumerate(top["share"]):
        ax.annotate(
            f"{share:.0%}",
            (1, place),
            xycoords=ax.get_yaxis_transform(),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=8.5,
            color=INK,
        )
    legend(ax, "lower right")
    unit = "points of probability" if size == "points" else "log-odds"
    left = "" if len(top) == len(table) else f" (the {len(top)} strongest of {len(table)})"
    dressed(ax, title="What moves the risk, and its share of all that does", x=f"mean push, {unit}{left}", y="")
    ax.grid(visible=False, axis="y")
    return ax


def _bars(ax: Axes, top: pd.DataFrame) -> None:
    places = range(len(top))
    ax.barh(places, top["raises"].abs(), color=LEAVING, height=0.62, label="towards leaving")
    look: dict[str, Any] = {"color": STAYING, "hatch": HATCH, "edgecolor": "white", "linewidth": 0}
    ax.barh(places, -top["lowers"].abs(), height=0.62, label="towards staying", **look)
    ax.axvline(0, color=FAINT, linewidth=0.8)
    for side in ("raises", "lowers"):
        if f"{side}_low" in top:
            ax.hlines(places, top[f"{side}_low"], top[f"{side}_high"], color=INK, linewidth=1.2)
