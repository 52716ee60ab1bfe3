"""What is said in the trade, beside what one's own log says, drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from cxchurn.report.plots._look import (
    COLOURS,
    FAINT,
    INK,
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
from cxchurn.words import said, value_words

_NEEDED = ("saying", "verdict", "difference", "low", "high")
# what holds is full, what does not is empty, and what cannot be told is small and faint
_LOOKS: dict[str, dict[str, Any]] = {
    "holds here": {"marker": "o", "color": COLOURS[1], "markersize": 7},
    "holds in direction, not in size": {"marker": "D", "color": COLOURS[1], "markersize": 6},
    "does not hold here": {"marker": "o", "color": COLOURS[0], "markersize": 7, "markerfacecolor": "white"},
    "cannot be told": {"marker": "s", "color": FAINT, "markersize": 4},
}
_WIDTH = 42


@speaks
def plot_claims(result: Any, ax: Axes | None = None) -> Axes:
    """Draw what goes with each saying: the difference to like customers with its interval, and whether the saying holds.

    Parameters
    ----------
    result : Claims or DataFrame
        A table as `Claims.table`: saying, verdict, difference, low, high. Claims that are set beside no like customers are
        left out and counted.
    ax : Axes, optional
        Where to draw. Default: a new figure of pyplot, which notebooks show; it is the ``.figure`` of the answer.

    Returns
    -------
    Axes

    Examples
    --------
    >>> axes = cx.plot_claims(cx.claims(log, churn))
    """
    table = table_of(result, "said" if hasattr(result, "texts") else "table", *_NEEDED)
    # what came on neither side differs by nothing, for certain: that says nothing of a claim
    rows = table[np.isfinite(table["difference"].to_numpy(dtype=float)) & (table["low"] < table["high"])]
    names = wrapped(rows["saying"], width=_WIDTH)
    ax = canvas(ax, height=1.5 + row_height(names) * max(1, len(rows)), width=7.4)
    for place, row in enumerate(rows.to_dict("records")):
        ax.hlines(place, 100 * row["low"], 100 * row["high"], color=INK, linewidth=1.2)
        ax.plot(100 * row["difference"], place, linestyle="none", **_LOOKS[row["verdict"]])
    if len(rows):
        ax.axvline(0, color=FAINT, linewidth=0.8)
    else:
        # an empty scale would look like a result
        ax.set_axis_off()
    in_rows(ax, names)
    at_the_right(ax, wrapped((value_words("claims", str(one)) for one in rows["verdict"]), width=20))
    dressed(ax, title=said("plots", "claims"), x=said("plots", "claims_x"), y="")
    ax.grid(visible=False, axis="y")
    left = len(table) - len(rows)
    return subtitled(ax, said("plots", "claims_left" if left else "claims_say", n=left))
