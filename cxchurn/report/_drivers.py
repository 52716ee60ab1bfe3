"""What moves the probabilities, drawn."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes

from cxchurn.report._look import COLOURS, FAINT, INK, canvas, dressed, legend, literal, table_of

_MOST = 12


def plot_drivers(result: Any, ax: Axes | None = None) -> Axes:
    """Draw what pushes customers towards leaving and towards staying, the strongest drivers on top.

    Parameters
    ----------
    result : Explanation or DataFrame
        A table as ``explanation.drivers()``: driver, mean_abs, share, raises, lowers (log-odds). The 12 strongest are drawn.
    ax : Axes, optional
        Where to draw. Default: a new figure of pyplot, which notebooks show; it is the ``.figure`` of the answer.

    Returns
    -------
    Axes
    """
    table = table_of(result, "drivers", "driver", "mean_abs", "share", "raises", "lowers")
    top = table.sort_values("mean_abs", ascending=False, kind="stable").head(_MOST)
    ax = canvas(ax, height=1.4 + 0.29 * len(top))
    places = range(len(top))
    ax.barh(places, top["raises"].abs(), color=COLOURS[1], height=0.62, label="towards leaving")
    ax.barh(places, -top["lowers"].abs(), color=COLOURS[0], height=0.62, label="towards staying")
    ax.axvline(0, color=FAINT, linewidth=0.8)
    ax.set_yticks(places, [literal(name) for name in top["driver"]])
    ax.set_ylim(len(top) + 1.1, -0.7)  # the row below the last bar is the legend's
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
    dressed(ax, title="Drivers, and their share of all movement", x="mean push on the log-odds of churning", y="")
    ax.grid(visible=False, axis="y")
    return ax
