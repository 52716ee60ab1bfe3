"""The look that all plots share: restrained, legible at 600 pixels, safe for colour-blind eyes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Literal

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from cxchurn._core import UsageError, as_pandas, listed

# Okabe and Ito's colours that stand out from white and from black alike; line styles say the same once more
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")
LINES = ("-", "--", ":", "-.")
INK = "#333333"
FAINT = "#888888"
Corner = Literal["upper left", "upper right", "lower right"]
_displayed: ContextVar[bool] = ContextVar("displayed", default=True)


@contextmanager
def undisplayed() -> Iterator[None]:
    """Draw everything inside on figures of its own, which are gone when nobody holds them: for files and pages."""
    token = _displayed.set(False)
    try:
        yield
    finally:
        _displayed.reset(token)


def canvas(ax: Axes | None, *, height: float = 3.5) -> Axes:
    """Return `ax`, or the axes of a new figure: one of pyplot, which notebooks and windows show, unless `undisplayed`."""
    if ax is not None:
        return ax
    if not _displayed.get():
        return Figure(figsize=(5.2, height), layout="constrained").subplots()
    # here, not above: pages and files are drawn without it
    from matplotlib import pyplot

    return pyplot.figure(figsize=(5.2, height), layout="constrained").subplots()


def table_of(given: Any, name: str, *needed: str) -> pd.DataFrame:
    """Return the table to draw: it is given, or it is what a result calls by this name.

    Parameters
    ----------
    given : DataFrame, or a result such as an Evaluation, a Backtest, an Explanation or a Panel
    name : str
        The attribute, or the method without arguments, of results that have the table.
    *needed : str
        The columns that are drawn.
    """
    found = as_pandas(given)
    if not isinstance(found, pd.DataFrame):
        found = getattr(given, name, None)
        found = as_pandas(found() if callable(found) else found)
    if not isinstance(found, pd.DataFrame) or not set(needed) <= set(found):
        columns = f" with the columns {listed(found)}" if isinstance(found, pd.DataFrame) else ""
        raise UsageError(
            f"there is nothing to draw here in a {type(given).__name__}{columns}.",
            allowed=f"a result that has `{name}`, or a table with the columns {listed(needed)}",
        )
    return found


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
