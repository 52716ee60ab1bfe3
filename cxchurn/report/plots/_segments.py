"""Customers at risk by what can be told to be the reason, drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from cxchurn.report.plots._look import (
    FAINT,
    HATCH,
    LEAVING,
    STAYING,
    at_the_right,
    canvas,
    dressed,
    in_rows,
    row_height,
    speaks,
    subtitled,
    table_of,
    wrapped,
)
from cxchurn.words import said, written

_NEEDED = ("segment", "subject", "actionable", "customers", "share", "probability")


@speaks
def plot_segments(result: Any, ax: Axes | None = None, *, most: int = 12) -> Axes:
    """Draw how many customers are at risk for which reason, and at what risk on average, the largest segment on top.

    Parameters
    ----------
    result : Segments or DataFrame
        A table as `Segments.table`: segment, subject, actionable, customers, share, probability, at_risk. Customers who are not
        at risk are not drawn.
    ax : Axes, optional
        Where to draw. Default: a new figure of pyplot, which notebooks show; it is the ``.figure`` of the answer.
    most : int, default 12
        How many are drawn, the largest.

    Returns
    -------
    Axes

    Examples
    --------
    >>> axes = cx.plot_segments(cx.segments(model, log))
    """
    table = table_of(result, "table", *_NEEDED)
    at_risk = table[table["at_risk"]] if "at_risk" in table else table
    rows = at_risk.head(most)
    names = wrapped(rows["segment"])
    ax = canvas(ax, height=1.5 + row_height(names) * len(rows), width=7.4)
    places, size = np.arange(len(rows)), rows["customers"].to_numpy(dtype=float)
    acted, told = rows["actionable"].to_numpy(dtype=bool), rows["subject"].ne("").to_numpy()
    looks: list[tuple[Any, dict[str, Any]]] = [
        (acted, {"color": LEAVING}),
        (~acted & told, {"color": STAYING, "hatch": HATCH, "edgecolor": "white", "linewidth": 0}),
        (~told, {"color": FAINT, "alpha": 0.5}),
    ]
    for some, look in looks:
        ax.barh(places[some], size[some], height=0.62, **look)
    in_rows(ax, names)
    shares, risks = rows["share"], rows["probability"]
    at_the_right(ax, [f"{written(a, '.0%')}, {written(b, '.0%')}" for a, b in zip(shares, risks, strict=True)])
    x = said("plots", "segments_x")
    if len(rows) < len(at_risk):
        x = said("plots", "of_largest", x=x, shown=len(rows), all=len(at_risk))
    dressed(ax, title=said("plots", "segments"), x=x, y="")
    ax.grid(visible=False, axis="y")
    return subtitled(ax, said("plots", "segments_say"))
