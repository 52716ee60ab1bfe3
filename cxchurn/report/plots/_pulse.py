"""What touchpoints were like, period by period, drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from cxchurn._core import UsageError, did_you_mean, listed
from cxchurn.explanation import measure_of, measure_words
from cxchurn.report.plots._lengths import in_lengths
from cxchurn.report.plots._look import (
    COLOURS,
    INK,
    LINES,
    MARKERS,
    canvas,
    dressed,
    in_percent,
    legend_below,
    literal,
    some_labels,
    speaks,
    subtitled,
    table_of,
)
from cxchurn.words import said

_NEEDED = ("period", "start", "measure", "value", "low", "high", "moved")
_MOST, _LABELS = 6, 6
_SHARES = ("solved", "csat")


@speaks
def plot_pulse(result: Any, measure: str = "contacts", ax: Axes | None = None) -> Axes:
    """Draw one measure of each touchpoint, period by period, with what moved beyond noise.

    Parameters
    ----------
    result : Pulse or DataFrame
        A table as `Pulse.table`: columns that tell groups apart, period, start, measure, value, low, high, moved. Six groups
        are drawn, those of the most customers.
    measure : str, default "contacts"
        Which one, such as ``"wait_s"`` or ``"nps"``.
    ax : Axes, optional
        Where to draw. Default: a new figure of pyplot, which notebooks show; it is the ``.figure`` of the answer.

    Returns
    -------
    Axes

    Examples
    --------
    >>> axes = cx.plot_pulse(cx.pulse(log), "wait_s")
    """
    table = table_of(result, "table", *_NEEDED)
    own = table[table["measure"] == measure]
    if not len(own):
        known = table["measure"].astype(str).unique().tolist()
        raise UsageError(
            f"the pulse has no measure {measure!r}.", allowed=listed(known, most=30), hint=did_you_mean(measure, known)
        )
    ax = canvas(ax, height=3.6, width=6.2)
    periods = own.sort_values("start", kind="stable")["period"].drop_duplicates().tolist()
    groups = _groups(own)
    aside = np.linspace(-0.2, 0.2, len(groups)) if len(groups) > 1 else [0.0]
    for place, (name, rows) in enumerate(groups):
        _line(ax, place, name, rows.set_index("period").reindex(periods), float(aside[place]))
    some_labels(ax, [str(one) for one in periods], most=_LABELS)
    if measure in _SHARES or measure.endswith("_answer_rate"):
        in_percent(ax.yaxis)
    legend_below(ax)
    left = own.groupby(_by(own), sort=False, dropna=False).ngroups - len(groups) if _by(own) else 0
    words = measure_words(measure)
    dressed(ax, title=literal(said("plots", "pulse", measure=words)), x="", y=literal(words))
    if measure_of(measure).unit == "seconds":
        in_lengths(ax, [rows["value"].to_numpy(dtype=float) for _, rows in groups])
    says = said("plots", "pulse_left" if left else "pulse_says", n=left)
    pale = any(_pale(rows).any() for _, rows in groups)
    return subtitled(ax, said("plots", "pulse_pale", says=says) if pale else says)


def _by(own: pd.DataFrame) -> list[str]:
    """Return the columns that tell groups apart: those before the period."""
    return [str(name) for name in own.columns[: list(own.columns).index("period")]]


def _groups(own: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    by = _by(own)
    if not by:
        return [(said("pulse", "all"), own)]
    found = [(", ".join(map(str, key)), rows) for key, rows in own.groupby(by, sort=False, dropna=False)]
    size = "customers" if "customers" in own else "value"
    return sorted(found, key=lambda one: -float(one[1][size].sum()))[:_MOST]


def _pale(rows: pd.DataFrame) -> pd.Series:
    """Return which values too few customers tell for an interval."""
    return rows["value"].notna() & rows["low"].isna()


def _line(ax: Axes, place: int, name: str, rows: pd.DataFrame, aside: float) -> None:
    x, colour = np.arange(len(rows)) + aside, COLOURS[place % len(COLOURS)]
    ax.vlines(x, rows["low"].astype(float), rows["high"].astype(float), color=colour, alpha=0.5, linewidth=1.2)
    look: dict[str, Any] = {"marker": MARKERS[place % len(MARKERS)], "markersize": 4, "linewidth": 1.3}
    style = LINES[(place + place // len(COLOURS)) % len(LINES)]
    values, pale = rows["value"].to_numpy(dtype=float), _pale(rows).to_numpy()
    # the line stops at what few customers tell, or it would be that which catches the eye
    ax.plot(x, np.where(pale, np.nan, values), style, color=colour, label=literal(name), **look)
    if pale.any():
        ax.plot(x[pale], values[pale], color=colour, alpha=0.3, **look | {"linestyle": "none"})
    moved = rows["moved"].isin(("up", "down")).to_numpy()
    if moved.any():
        ax.plot(
            x[moved], values[moved], "o", markersize=11, markerfacecolor="none", markeredgecolor=INK, linestyle="none"
        )
