"""Rows that no id tells apart: copies of earlier ones, and those that are merely alike in the columns used."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from cxchurn._core import listed
from cxchurn.interactions.reading.casts._casting import Casting
from cxchurn.interactions.reading.casts._typed import Rows
from cxchurn.interactions.reading.rules._groups import codes_of, differing, groups_of, nth_of, some_at_once
from cxchurn.interactions.reading.rules._rules import Rule
from cxchurn.interactions.schema._roles import KEPT_BACK
from cxchurn.interactions.schema._schema import Schema, mapping

# so many columns are named
_NAMED = 6
_NONE = np.empty(0, dtype=np.int64)


class MoreColumns(Exception):
    """Some rows are alike in the columns read: whether they are copies is to be seen in all columns of the source."""


@dataclass
class Copies:
    """Rows equal to an earlier one in the columns used.

    Parameters
    ----------
    copies : ndarray of int64
        Those equal in all columns, by their numbers.
    alike : ndarray of int64
        The others.
    columns : set of str
        The columns, none of them used, in which rows differ that are alike.
    """

    copies: np.ndarray = field(default_factory=lambda: _NONE)
    alike: np.ndarray = field(default_factory=lambda: _NONE)
    columns: set[str] = field(default_factory=set)

    def says(self, rule: Rule, columns: list[str]) -> str:
        """Return what a rule says, with the columns that were compared; `columns` are all of the source."""
        if rule.name == "duplicate":
            return f"{rule.says} ({listed(columns, most=_NAMED)})"
        return f"{rule.says} (not in {listed([one for one in columns if one in self.columns], most=_NAMED)})"


def find_copies(
    rows: Rows, schema: Schema, casting: Casting, suspects: np.ndarray, hashes: np.ndarray, *, columns: list[str] | None
) -> Copies:
    """Compare rows that may be copies in the columns used, and those that are alike in all columns.

    Parameters
    ----------
    rows : Rows
        The rows of the source.
    schema : Schema
        What its columns mean.
    casting : Casting
        How its columns are read.
    suspects : ndarray of int64
        The rows that may be copies, by their numbers.
    hashes : ndarray of uint64
        Of each of them what it has in common with its copies.
    columns : list of str, optional
        All columns of the source; None where not all can be had.

    Raises
    ------
    MoreColumns
        Where rows are alike, and not all columns can be had.
    """
    found, used = Copies(), _content_of(schema)
    for some in some_at_once(suspects, hashes):
        numbers, near = _near(rows, casting, some, used)
        if not numbers.size:
            continue
        if columns is None:
            raise MoreColumns
        table = rows.take(numbers, columns)
        codes = {column: codes_of(table.column(place)) for place, column in enumerate(columns)}
        copy = nth_of(groups_of(codes.values(), numbers.size)) > 0
        found.columns |= {one for one in columns if one not in used and differing(codes[one], near).any()}
        found.copies = np.union1d(found.copies, numbers[copy])
        found.alike = np.union1d(found.alike, numbers[~copy & (nth_of(near) > 0)])
    return found


def _near(rows: Rows, casting: Casting, numbers: np.ndarray, used: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows without an id that equal another one in some columns, and their groups."""
    if "event_id" in casting.labels:
        items, read = casting.one("event_id")
        numbers = numbers[read(rows.take(numbers, items)).missing]
    table = rows.take(numbers, used)
    groups = groups_of(map(codes_of, table.columns), numbers.size)
    several = np.bincount(groups, minlength=1)[groups] > 1
    return numbers[several], np.unique(groups[several], return_inverse=True)[1]


def _content_of(schema: Schema) -> list[str]:
    """Return the user's columns that say what happened: all that a schema needs, but for the ids of events."""
    said = [column for label, column in mapping(schema).items() if label not in KEPT_BACK]
    return list(dict.fromkeys([*said, *(later.column for later in schema.later)]))
