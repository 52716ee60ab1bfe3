"""Which touchpoints cost customers, drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from cxchurn.explanation import contacts_words
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
    whiskers,
    wrapped,
)
from cxchurn.words import said, written


@speaks
def plot_touchpoints(result: Any, ax: Axes | None = None, *, money: bool = False, most: int = 12) -> Axes:
    """Draw how many customers each touchpoint cost or kept by what contacts with it were like, the costliest on top.

    Parameters
    ----------
    result : Ledger or DataFrame
        A table as `Ledger.by`: touchpoint, kind or the like; heads, heads_low, heads_high, contacts; with `money` also money,
        money_low, money_high. A ledger is drawn as its ``table``, by kind and touchpoint. Contacts of which nothing says what
        they were like (``told`` is 0) are left out, and counted.
    ax : Axes, optional
        Where to draw. Default: a new figure of pyplot, which notebooks show; it is the ``.figure`` of the answer.
    money : bool, default False
        Draw money instead of customers.
    most : int, default 12
        How many are drawn: of more, those that cost most and those that keep most.

    Returns
    -------
    Axes

    Examples
    --------
    >>> axes = cx.plot_touchpoints(cx.touchpoints(model, log, since="2024-10-01").by("touchpoint"))
    """
    unit = "money" if money else "heads"
    table = table_of(result, "table", "contacts", unit, f"{unit}_low", f"{unit}_high")
    # named among all, so that a contact is called the same here and in a table of them
    table = table.assign(contact=contacts_words(table))
    known = table[table["told"] > 0] if "told" in table else table
    untold, table = len(table) - len(known), known
    rows = _extremes(table.sort_values(unit, ascending=False, kind="stable"), most)
    names = wrapped(list(rows["contact"]))
    ax = canvas(ax, height=1.5 + row_height(names) * len(rows), width=6.2)
    value, places = rows[unit].to_numpy(dtype=float), np.arange(len(rows))
    cost = value > 0
    ax.barh(places[cost], value[cost], height=0.62, color=LEAVING)
    look: dict[str, Any] = {"color": STAYING, "hatch": HATCH, "edgecolor": "white", "linewidth": 0}
    ax.barh(places[~cost], value[~cost], height=0.62, **look)
    whiskers(ax, places, rows[f"{unit}_low"], rows[f"{unit}_high"])
    ax.axvline(0, color=FAINT, linewidth=0.8)
    in_rows(ax, names)
    at_the_right(ax, [written(contacts, ",") for contacts in rows["contacts"]])
    key = unit if len(rows) == len(table) else f"{unit}_of"
    x = said("plots", key, shown=len(rows), all=len(table))
    dressed(ax, title=said("plots", "touchpoints"), x=x, y="")
    ax.grid(visible=False, axis="y")
    return subtitled(ax, said("plots", "touchpoints_untold" if untold else "touchpoints_say", n=untold))


def _extremes(table: pd.DataFrame, most: int) -> pd.DataFrame:
    if len(table) <= most:
        return table
    first = (most + 1) // 2
    return pd.concat([table.head(first), table.tail(most - first)])
