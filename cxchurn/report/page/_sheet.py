"""Tables as text, ready for a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cxchurn.words import said, written


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


def titled(section: str, writers: dict[str, Callable[[Any], str]]) -> Columns:
    """Give columns their titles: those that a section of the language file has for them."""
    return {name: (said(section, f"head_{name}"), write) for name, write in writers.items()}


def whole(value: Any) -> str:
    """Write a count."""
    return written(int(value), ",")


def percent(value: Any) -> str:
    """Write a share; a dash where there is none."""
    return "–" if pd.isna(value) else written(value, ".1%")


def number(value: Any) -> str:
    """Write a number with three decimals; a dash where there is none."""
    return "–" if pd.isna(value) else written(value, ".3f")


def money(value: Any) -> str:
    """Write an amount of money in whole units; a dash where there is none."""
    return "–" if pd.isna(value) else written(value, ",.0f")


def about(value: Any) -> str:
    """Write an expected number of customers: whole, or "less than 1"."""
    if pd.isna(value):
        return "–"
    return said("page", "less_than_one") if 0 < value < 0.5 else whole(value + 0.5)


def adding_up(expected: pd.Series) -> pd.Series:
    """Round expected numbers of customers so that they add up to the rounded whole: largest remainders go up.

    A number below one half may stay as it is, to be written as "less than 1".
    """
    down = np.floor(expected)
    missing = int(np.floor(expected.sum() + 0.5) - down.sum())
    up = (expected - down).sort_values(ascending=False, kind="stable").index[:missing]
    parts = down + expected.index.isin(up)
    # whose turn to go up was not reached: fewer than one, and not none
    return parts.where((parts > 0) | (expected == 0), expected.clip(upper=0.49))


def capital(text: str) -> str:
    """Return a text that begins a sentence."""
    return text[:1].upper() + text[1:]


def about_said(value: Any) -> str:
    """Say an expected number of customers in a sentence: "about 12", or "fewer than 1"."""
    return said("page", "about_less_than_one") if 0 < value < 0.5 else said("page", "about", number=about(value))


def of_hundred(share: Any) -> str:
    """Write a share as so many of a hundred: "13 of 100"; a share too small for that as so many of a thousand."""
    if pd.isna(share):
        return "–"
    if share >= 0.01 or share == 0:
        return said("page", "of_hundred", number=written(100 * share, ".0f"))
    return said("page", "of_thousand", number=written(1000 * share, ".0f"))


def points(value: Any) -> str:
    """Write points of probability with two decimals; a dash where there are none."""
    return "–" if pd.isna(value) else written(value, ".2f")


def few(value: Any) -> str:
    """Write a number of customers that may be a part of one: ``0.4``, ``12``."""
    return "–" if pd.isna(value) else written(value, ".1f" if abs(value) < 9.95 else ",.0f")


def between(low: Any, high: Any, write: Callable[[Any], str]) -> str:
    """Write two ends: ``0.4 to 2.1``."""
    return said("page", "from_to", low=write(low), high=write(high))


def as_it_is(text: Any) -> str:
    """Return text that stands to the right, as numbers do."""
    return str(text)
