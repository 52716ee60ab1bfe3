"""Reasons in words: the sentence of each, with the customer's number and the usual one, and what it weighs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cxchurn._core import Deferred
from cxchurn.explanation.reasons._chosen import Chosen
from cxchurn.explanation.reasons._telling import Telling
from cxchurn.words import said, written

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")

# points of probability below which tenths are said
_SMALL = 1.95


def reason_table(telling: Telling, chosen: Chosen, features: np.ndarray) -> pd.DataFrame:
    """Return the reasons of some rows as a table.

    Parameters
    ----------
    telling : Telling
    chosen : Chosen
        From `choose_reasons`.
    features : ndarray, shape (n, columns)

    Returns
    -------
    DataFrame
        ``reason_1`` (text, empty where nothing more moves the risk), ``points_1`` (float64, NaN there), ``subject_1``
        (text, empty there), and so on.
    """
    table = {}
    for columns, points, names in zip(*chosen, reason_names(len(chosen.columns)), strict=True):
        table[names.text] = sentences(columns, features, telling)
        table[names.points] = points
        table[names.subject] = telling.matters_of(columns)
    return pd.DataFrame(table, index=range(len(features)))


class ReasonNames(NamedTuple):
    """What the columns of one reason are called in every table of scores.

    Attributes
    ----------
    text, points, subject : str
        The sentence, what its subject weighs, and what it is about: a theme, of experience the driver.
    """

    text: str
    points: str
    subject: str


def reason_names(top: int) -> list[ReasonNames]:
    """Return what the columns of the reasons are called, the weightiest first.

    Examples
    --------
    >>> reason_names(1)
    [ReasonNames(text='reason_1', points='points_1', subject='subject_1')]
    """
    return [ReasonNames(f"reason_{k}", f"points_{k}", f"subject_{k}") for k in range(1, top + 1)]


def reasons_said(row: Mapping[Any, Any]) -> list[str]:
    """Return the reasons of a row of scores as people read them: the sentence, and what it weighs.

    Examples
    --------
    >>> reasons_said({"customer_id": "C-1", "reason_1": "Waited 2 hours", "points_1": 5.8, "reason_2": ""})
    ['Waited 2 hours (+6 points)']
    """
    told = []
    for names in reason_names(sum(str(name).startswith("reason_") for name in row)):
        sentence, weight = row.get(names.text), row.get(names.points)
        if isinstance(sentence, str) and sentence:
            told.append(sentence if weight is None or weight != weight else with_points(sentence, weight))
    return told


def with_points(sentence: str, points: float) -> str:
    """Return a sentence with what it weighs behind it."""
    return said("explain", "reason", sentence=sentence, points=points_said(points))


def points_said(points: float, *, signed: bool = True) -> str:
    """Return a weight in points of probability: in tenths below two points, else whole, halves away from zero.

    Parameters
    ----------
    points : float
    signed : bool, default True
        Whether with its sign.

    Examples
    --------
    >>> points_said(0.64), points_said(-12.4), points_said(5.5, signed=False)
    ('+0.6 points', '-12 points', '6 points')
    """
    # small ones would otherwise all read alike, as one point
    step = 10 if abs(points) < _SMALL else 1
    size = math.floor(step * abs(points) + 0.5) / step
    shown = written(-size if points < 0 else size, f"{'+' if signed else ''},.{0 if step == 1 else 1}f")
    return said("explain", "point", n=size if step > 1 else int(size), number=shown)


def sentences(columns: np.ndarray, features: np.ndarray, telling: Telling) -> np.ndarray:
    """Return the sentence of each row's column, "" for -1; the same number is put into words once.

    Parameters
    ----------
    columns : ndarray of int64, shape (n,)
        One of the lines of `Chosen`.
    features : ndarray, shape (n, columns)
    telling : Telling
    """
    found = np.full(columns.size, "", dtype=object)
    for column in np.unique(columns[columns >= 0]).tolist():
        rows = np.flatnonzero(columns == column)
        values, place = np.unique(features[rows, column], return_inverse=True)
        texts = [reason(telling, column, value) for value in values.tolist()]
        found[rows] = np.array(texts, dtype=object)[place]
    return found


def reason(telling: Telling, column: int, value: float) -> str:
    """Return one reason: the sentence for the customer's value and, where it differs, what is usual."""
    return telling.says[column].told(value, usual=telling.usual_said[column])
