"""Rows that share an ``event_id``: repeats of one event, which are read once, and contradictions, which are refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from cxchurn._core import Deferred, listed
from cxchurn.interactions.reading._ids import POINT_ZERO, WHOLE, without_point_zero
from cxchurn.interactions.reading.casts._casting import Casting
from cxchurn.interactions.reading.casts._cells import id_bits
from cxchurn.interactions.reading.casts._typed import Rows
from cxchurn.interactions.reading.rules._events import event_values
from cxchurn.interactions.reading.rules._groups import codes_of, differing, first_of, some_at_once
from cxchurn.interactions.reading.rules._rules import Rule
from cxchurn.interactions.schema._schema import Schema, mapping
from cxchurn.interactions.store._batch import Values, absent
from cxchurn.interactions.store._labels import Labels

pc = Deferred("pyarrow.compute")

ID = "event_id"
# so many columns are shown in which rows of one id differ
_SHOWN = 3
_NONE = np.empty(0, dtype=np.int64)


@dataclass
class Repeats:
    """Rows that share their id with others, by their numbers, those of one id one after the other.

    Parameters
    ----------
    contradicted : ndarray of int64
        Rows of ids of which rows say different things.
    repeated : ndarray of int64
        Rows that say again what another one said: the one that was known first, and of those the first.
    columns : list of str
        The user's columns in which rows of one id differ.
    """

    contradicted: np.ndarray = field(default_factory=lambda: _NONE)
    repeated: np.ndarray = field(default_factory=lambda: _NONE)
    columns: list[str] = field(default_factory=list)

    def says(self, rule: Rule) -> tuple[str, tuple[str, ...]]:
        """Return what a rule says, and the user's columns that show it."""
        if rule.name != "event_id_contradicted" or not self.columns:
            return rule.says, rule.shows
        return f"{rule.says} (they differ in {listed(self.columns)})", (*rule.shows, *self.columns[:_SHOWN])


def find_repeats(rows: Rows, schema: Schema, casting: Casting, bits: np.ndarray, refused: np.ndarray) -> Repeats:
    """Compare the rows that share their id.

    Parameters
    ----------
    rows : Rows
        The rows of the source.
    schema : Schema
        What its columns mean.
    casting : Casting
        How its columns are read.
    bits : ndarray of uint64
        What ids that may be there twice have in common.
    refused : ndarray of int64
        Rows that are refused, and have no say.
    """
    numbers, own, pointed = _sharing(rows, casting, bits, refused)
    found: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    columns: dict[str, None] = {}
    for some in some_at_once(numbers, own):
        cells = casting.cells(rows.take(some, casting.items))
        ids = codes_of(_as_compared(cells[ID].values, pointed))
        values = event_values(cells, schema)
        known = values.pop("known_at")
        said = [(column, values[label]) for label, column in mapping(schema).items() if label in values]
        said += [(at, end.values) for at, end in cells.ends.items()]
        apart = {k: differing(codes_of(value), ids) for k, (_, value) in enumerate(said)}
        columns |= {said[k][0]: None for k, differs in apart.items() if differs.any()}
        contradicts = np.any(list(apart.values()), axis=0)[np.unique(ids, return_inverse=True)[1]]
        again = ~contradicts & ~first_of(ids, [known, some])  # type: ignore[list-item]
        first = _first_rows(ids, some)
        found.append((np.where(contradicts, 1, np.where(again, 2, 0)), first, some))
    if not found:
        return Repeats()
    what, first, row = (np.concatenate(each) for each in zip(*found, strict=True))
    order = np.lexsort([row, first])
    what, row = what[order], row[order]
    names = [column for column in dict.fromkeys([*mapping(schema).values(), *columns]) if column in columns]
    return Repeats(row[what == 1], row[what == 2], names)


def _first_rows(ids: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return for each row the first row of its id."""
    first = np.full(int(ids.max()) + 1, np.iinfo(np.int64).max)
    np.minimum.at(first, ids, rows)
    return first[ids]


def _sharing(
    rows: Rows, casting: Casting, bits: np.ndarray, refused: np.ndarray
) -> tuple[np.ndarray, np.ndarray, bool]:
    """Return the rows whose ids may be there twice, the bits of each, and whether ``1001.0`` is the id ``1001``."""
    numbers, own, whole, some_pointed = [_NONE], [np.empty(0, np.uint64)], True, False
    for at, ids in _ids(rows, casting):
        there = ~absent(ids)
        there[refused[slice(*np.searchsorted(refused, (at, at + there.size)))] - at] = False
        places = np.flatnonzero(there)
        given = id_bits(ids)[places]
        hit = np.isin(given, bits)
        numbers.append(places[hit] + at)
        own.append(given[hit])
        texts = _texts(ids, places)
        if texts is not None:
            whole &= pc.all(pc.match_substring_regex(texts, f"^{WHOLE}$")).as_py() is not False
            some_pointed |= pc.any(pc.match_substring_regex(texts, f"^{POINT_ZERO}$")).as_py() is True
    return np.concatenate(numbers), np.concatenate(own), whole and some_pointed


def _ids(rows: Rows, casting: Casting) -> Iterator[tuple[int, Values]]:
    items, read = casting.one(ID)
    for start, batches in rows.units(items):
        at = start
        for table in batches():
            yield at, read(table).values
            at += table.num_rows


def _texts(ids: Values, places: np.ndarray) -> pa.Array | None:
    if isinstance(ids, Labels):
        return ids.levels.take(pa.array(np.unique(ids.codes[places])))
    return ids.take(pa.array(places)) if isinstance(ids, pa.Array) else None


def _as_compared(ids: Values, pointed: bool) -> Values:
    if not pointed or isinstance(ids, np.ndarray):
        return ids
    return Labels(ids.codes, without_point_zero(ids.levels)) if isinstance(ids, Labels) else without_point_zero(ids)
