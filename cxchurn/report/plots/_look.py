"""The look that all plots share: restrained, legible at 600 pixels, in print, in grey, and for colour-blind eyes."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, Literal, ParamSpec

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import PercentFormatter

from cxchurn._core import UsageError, as_pandas, listed
from cxchurn.words import language_in, speaking, spoken, value_words

P = ParamSpec("P")

# Okabe and Ito's colours that stand out from white and from black alike; line styles and markers say the same once more
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")
LINES = ("-", "--", ":", "-.")
MARKERS = "osD^vPX*"
INK = "#333333"
FAINT = "#888888"
# on a page it takes the colour of the page, which may be dark
PAPER = "#fefefe"
STAYING, LEAVING = COLOURS[0], COLOURS[1]
# an edge that lifts what is drawn off what lies below it
ON_PAPER = withStroke(linewidth=2.8, foreground=PAPER)
# bars towards leaving are full and those towards staying striped, which a grey print shows too
HATCH = "////"
Corner = Literal["upper left", "upper right", "lower right", "lower left"]
_displayed: ContextVar[bool] = ContextVar("displayed", default=True)
_WIDTH, _WORDS = 5.2, 28


@contextmanager
def undisplayed() -> Iterator[None]:
    """Draw everything inside on figures of its own, which are gone when nobody holds them: for files and pages."""
    token = _displayed.set(False)
    try:
        yield
    finally:
        _displayed.reset(token)


def canvas(ax: Axes | None, *, height: float = 3.5, width: float = _WIDTH) -> Axes:
    """Return `ax`, or the axes of a new figure: one of pyplot, which notebooks and windows show, unless `undisplayed`."""
    if ax is not None:
        return ax
    if not _displayed.get():
        return Figure(figsize=(width, height), layout="constrained").subplots()
    # here, not above: pages and files are drawn without it
    from matplotlib import pyplot

    return pyplot.figure(figsize=(width, height), layout="constrained").subplots()


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


def subtitled(ax: Axes, says: str) -> Axes:
    """Write a sentence between the title and the picture, on as many lines as it takes."""
    lines = textwrap.wrap(says, 74)
    ax.set_title(
        ax.get_title(loc="left"), loc="left", fontsize=10, fontweight="bold", color=INK, pad=7 + 12 * len(lines)
    )
    ax.annotate(
        literal("\n".join(lines)),
        (0, 1),
        xycoords="axes fraction",
        xytext=(0, 5),
        textcoords="offset points",
        va="bottom",
        fontsize=8.5,
        color=INK,
    )
    return ax


class Percent(PercentFormatter):
    """Percentages with the decimals that the steps of an axis need, with the signs of the language that is spoken."""

    def __init__(self, whole: float = 1.0) -> None:
        super().__init__(xmax=whole, symbol="")
        self._language = spoken()

    def format_pct(self, x: float, display_range: float) -> str:
        """Write one number."""
        figures = self._language.figures(super().format_pct(x, display_range))
        return literal(self._language.word("numbers", "percent").format(figures))

    def set_locs(self, locs: Any) -> None:
        """Take the places of the ticks, whose distances say how many decimals are needed."""
        super().set_locs(locs)
        steps = np.diff(np.asarray(locs, dtype=float)) * 100 / self.xmax
        self.decimals = next((n for n in range(5) if np.allclose(steps, steps.round(n), atol=1e-6)), 5)


def in_percent(*axes: Axis) -> None:
    """Write the numbers on the axes as percentages, with the decimals that their steps need."""
    for axis in axes:
        axis.set_major_formatter(Percent())


def speaks(plot: Callable[P, Axes]) -> Callable[P, Axes]:
    """Let a plot say everything in the language of the result it draws."""

    @wraps(plot)
    def drawn(*given: P.args, **named: P.kwargs) -> Axes:
        with speaking(language_in(given[0]) if given else None):
            return plot(*given, **named)

    return drawn


def wrapped(names: Iterable[object], *, width: int = _WORDS) -> list[str]:
    """Write names of rows on at most two lines of `width` letters each; what is longer is cut."""
    found = []
    for name in names:
        lines = textwrap.wrap(str(name), width) or [""]
        found.append("\n".join(lines[:2]) + ("…" if len(lines) > 2 else ""))
    return found


def row_height(names: list[str]) -> float:
    """Return how high a row is to be, in inches, so that its name and its neighbours' fit."""
    return 0.36 if any("\n" in name for name in names) else 0.29


def in_rows(ax: Axes, names: list[str], *, below: float = 0.6) -> None:
    """Name the rows of a plot from the top down; `below` leaves room under the last."""
    ax.set_yticks(range(len(names)), [literal(name) for name in names])
    ax.set_ylim(len(names) - 1 + below, -0.6)


def legend(ax: Axes, place: Corner) -> None:
    """Name the lines in a corner of the axes, without a frame."""
    ax.legend(loc=place, frameon=False, fontsize=8.5, labelcolor=INK)


def legend_below(ax: Axes, *, columns: int = 3, down: float = -0.18) -> None:
    """Name the lines under the axes, where nothing can be hidden."""
    ax.legend(
        loc="upper center", bbox_to_anchor=(0.5, down), ncols=columns, frameon=False, fontsize=8.5, labelcolor=INK
    )


def beside(ax: Axes, text: str, at: tuple[float, float], *, right: bool = True, **options: Any) -> None:
    """Write a short text beside a point of the data, to its right or left."""
    ax.annotate(
        text,
        at,
        xytext=(4 if right else -4, 0),
        textcoords="offset points",
        va="center",
        ha="left" if right else "right",
        fontsize=8.5,
        color=INK,
        **options,
    )


def whiskers(ax: Axes, places: Any, low: Any, high: Any) -> None:
    """Draw an interval over each row's bar; its edge shows it on a dark bar in a grey print."""
    ax.hlines(places, low, high, color=INK, linewidth=1.2, path_effects=[ON_PAPER])


def at_the_right(ax: Axes, texts: Iterable[str]) -> None:
    """Write a short text beside each row, outside the axes."""
    for place, text in enumerate(texts):
        beside(ax, text, (1, place), xycoords=ax.get_yaxis_transform())


def some_labels(ax: Axes, labels: list[str], *, most: int) -> None:
    """Name the places on the x axis, counted from 0: all of them, or about `most` in equal steps."""
    step = max(1, -(-len(labels) // most))
    ax.set_xticks(range(0, len(labels), step), [literal(one) for one in labels[::step]])
    ax.set_xlim(-0.5, max(len(labels), 1) - 0.5)


def by_model(table: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame, str, str]]:
    """Yield name, rows, colour and line style of each model, in the order of the table."""
    groups = table.groupby("model", sort=False) if "model" in table else [("model", table)]
    for place, (name, rows) in enumerate(groups):
        yield (
            literal(value_words("evaluation", str(name))),
            rows,
            COLOURS[place % len(COLOURS)],
            LINES[place % len(LINES)],
        )


def literal(text: object) -> str:
    """Return the text so that a dollar sign in it is drawn, not read as mathematics."""
    return str(text).replace("$", r"\$")
