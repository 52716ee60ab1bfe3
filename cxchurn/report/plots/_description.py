"""What a log holds month by month, drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from cxchurn._core import UsageError
from cxchurn.report.plots._look import (
    COLOURS,
    FAINT,
    HATCH,
    INK,
    LINES,
    MARKERS,
    canvas,
    dressed,
    legend_below,
    literal,
    some_labels,
    subtitled,
    table_of,
)

_NEEDED = ("kind", "month", "rows", "customers")
_MOST, _LABELS = 7, 6
_COUNTS = ("rows", "customers")


def plot_description(result: Any, count: str = "rows", ax: Axes | None = None, *, most: int = _MOST) -> Axes:
    """Draw how many rows, or customers, of each kind a log holds month by month: breaks and holes show.

    Parameters
    ----------
    result : Description or DataFrame
        A table as `Description.by_kind_and_month`: kind, month, rows, customers. Of a description, months that it does not
        hold whole are shaded.
    count : {"rows", "customers"}, default "rows"
        What is counted.
    ax : Axes, optional
        Where to draw. Default: a new figure of pyplot, which notebooks show; it is the ``.figure`` of the answer.
    most : int, default 7
        How many kinds are drawn: those of most rows.

    Returns
    -------
    Axes

    Examples
    --------
    >>> axes = cx.plot_description(cx.describe(log), "customers")
    """
    if count not in _COUNTS:
        raise UsageError(f"count is {count!r}.", allowed="'rows' or 'customers'")
    table = table_of(result, "by_kind_and_month", *_NEEDED)
    ax = canvas(ax, height=3.6, width=6.2)
    wide = _wide(table, count)
    order = table.groupby("kind", sort=True)["rows"].sum().sort_values(ascending=False, kind="stable").index
    for place, kind in enumerate(order[:most]):
        style = LINES[(place + place // len(COLOURS)) % len(LINES)]
        look: dict[str, Any] = {"marker": MARKERS[place % len(MARKERS)], "markersize": 3.5, "linewidth": 1.3}
        colour, name = COLOURS[place % len(COLOURS)], literal(kind or "(none)")
        ax.plot(range(len(wide)), wide[kind], style, color=colour, label=name, **look)
    some_labels(ax, [str(month) for month in wide.index], most=_LABELS)
    ax.set_ylim(0, 1.08 * max(1, wide[order[:most]].to_numpy().max(initial=0)))
    legend_below(ax, columns=4)
    dressed(ax, title="What the log holds, month by month", x="", y=count)
    return _said(ax, result, wide, len(order) - most)


def _wide(table: pd.DataFrame, count: str) -> pd.DataFrame:
    """Return a row a month, those without any row too, and a column a kind."""
    months = np.array(table["month"].astype(str).unique(), dtype="datetime64[M]")
    every = np.arange(months.min(), months.max() + 1).astype(str) if months.size else months.astype(str)
    return table.pivot(index="month", columns="kind", values=count).reindex(every).fillna(0)


def _said(ax: Axes, result: Any, wide: pd.DataFrame, left: int) -> Axes:
    """Shade months that are not whole, and say so; say how many kinds were left out."""
    months = getattr(result, "by_month", None)
    partly = [] if months is None else months.loc[~months["whole"].astype(bool), "month"].tolist()
    places = [place for place, month in enumerate(wide.index) if month in partly]
    for place in places:
        ax.axvspan(place - 0.5, place + 0.5, facecolor="none", edgecolor=FAINT, alpha=0.35, hatch=HATCH, linewidth=0)
    said = ["Striped: months that the log holds in part."] if places else []
    said += [f"{left} rarer {'kind is' if left == 1 else 'kinds are'} left out."] if left > 0 else []
    ax.tick_params(colors=INK)
    return subtitled(ax, " ".join(said)) if said else ax
