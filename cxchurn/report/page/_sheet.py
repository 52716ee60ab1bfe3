"""Tables as text, ready for a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True)
class Sheet:
    """A table of text.

    Parameters
    ----------
    head : list of str
        Titles of the columns.
    rows : list of lists of str
        The cells.
    words : frozenset of int
        Positions of the columns that hold words, which stand to the left; numbers stand to the right.
    """

    head: list[str]
    rows: list[list[str]]
    words: frozenset[int] = frozenset({0})


Columns = dict[str, tuple[str, Callable[[Any], str]]]


def sheet(frame: pd.DataFrame, columns: Columns) -> Sheet:
    """Write some columns of a frame as text.

    Parameters
    ----------
    frame : DataFrame
        The numbers.
    columns : dict of str to (str, callable)
        For each column its title and how to write a cell; ``str`` marks a column of words.
    """
    shown = {name: how for name, how in columns.items() if name in frame.columns}
    words = frozenset(place for place, (_, write) in enumerate(shown.values()) if write is str)
    cells = [[write(value) for value in frame[name]] for name, (_, write) in shown.items()]
    return Sheet([title for title, _ in shown.values()], [list(row) for row in zip(*cells, strict=True)], words)


def whole(value: Any) -> str:
    """Write a count."""
    return f"{int(value):,}"


def percent(value: Any) -> str:
    """Write a share; a dash where there is none."""
    return "–" if pd.isna(value) else f"{value:.1%}"


def number(value: Any) -> str:
    """Write a number with three decimals; a dash where there is none."""
    return "–" if pd.isna(value) else f"{value:.3f}"


def money(value: Any) -> str:
    """Write an amount of money in whole units; a dash where there is none."""
    return "–" if pd.isna(value) else f"{value:,.0f}"


def about(value: Any) -> str:
    """Write an expected number of customers: whole, or "less than 1"."""
    return "–" if pd.isna(value) else "less than 1" if 0 < value < 0.5 else f"{int(value + 0.5):,}"


def of_hundred(share: Any) -> str:
    """Write a share as so many of a hundred: "13 of 100"; a share too small for that as so many of a thousand."""
    if pd.isna(share):
        return "–"
    return f"{100 * share:.0f} of 100" if share >= 0.01 or share == 0 else f"{1000 * share:.0f} of 1,000"


def points(value: Any) -> str:
    """Write points of probability with two decimals; a dash where there are none."""
    return "–" if pd.isna(value) else f"{value:.2f}"


def few(value: Any) -> str:
    """Write a number of customers that may be a part of one: ``0.4``, ``12``."""
    return "–" if pd.isna(value) else f"{value:.1f}" if abs(value) < 9.95 else f"{value:,.0f}"


def day(moment: pd.Timestamp) -> str:
    """Write a day as people do: ``1 January 2025``."""
    hour = "" if moment == moment.normalize() else f", {moment:%H:%M}"
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}{hour}"
