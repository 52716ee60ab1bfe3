"""The look that all plots share: restrained, legible at 600 pixels, safe for colour-blind eyes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

# Okabe and Ito's colours that stand out from white and from black alike; line styles say the same once more
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")
LINES = ("-", "--", ":", "-.")
INK = "#333333"
FAINT = "#888888"
Corner = Literal["upper left", "upper right", "lower right"]


def canvas(ax: Axes | None, *, height: float = 3.5) -> Axes:
    """Return `ax`, or the axes of a new figure that belongs to no window."""
    return ax if ax is not None else Figure(figsize=(5.2, height), layout="constrained").subplots()


def dressed(ax: Axes, *, title: str, x: str, y: str) -> Axes:
    """Give the axes their title and labels, and take away what only decorates."""
    ax.set_title(title, loc="left", fontsize=10, fontweight="bold", color=INK)
    ax.set_xlabel(x, fontsize=9, color=INK)
    ax.set_ylabel(y, fontsize=9, color=INK)
    ax.tick_params(labelsize=8.5, colors=INK, length=0, pad=5)
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["bottom", "left"]].set_color(FAINT)
    ax.grid(color=FAINT, alpha=0.25, linewidth=0.6)
    ax.set_axisbelow(True)
    return ax


def in_percent(*axes: Axis) -> None:
    """Write the numbers on the axes as percentages, with the decimals that their steps need."""
    for axis in axes:
        axis.set_major_formatter(PercentFormatter(xmax=1))


def legend(ax: Axes, place: Corner) -> None:
    """Name the lines in a corner of the axes, without a frame."""
    ax.legend(loc=place, frameon=False, fontsize=8.5, labelcolor=INK)


def by_model(table: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame, str, str]]:
    """Yield name, rows, colour and line style of each model, in the order of the table."""
    groups = table.groupby("model", sort=False) if "model" in table else [("model", table)]
    for place, (name, rows) in enumerate(groups):
        yield literal(name), rows, COLOURS[place % len(COLOURS)], LINES[place % len(LINES)]


def literal(text: object) -> str:
    """Return the text so that a dollar sign in it is drawn, not read as mathematics."""
    return str(text).replace("$", r"\$")
