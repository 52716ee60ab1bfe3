"""One event a customer's matter: of those made of rows that repeat the final value the earliest stands."""

from __future__ import annotations

import numpy as np

from cxchurn.interactions.reading.casts._casting import Casting
from cxchurn.interactions.reading.casts._typed import Rows
from cxchurn.interactions.reading.rules._groups import codes_of, first_of, groups_of
from cxchurn.interactions.schema._roles import KEPT_BACK
from cxchurn.interactions.schema._schema import Schema, mapping
from cxchurn.interactions.store._batch import AT, EVENT, KNOWN
from cxchurn.interactions.store._dividing import Store

_NONE = np.empty(0, dtype=np.int64)


def find_later_ones(store: Store, rows: Rows, schema: Schema, casting: Casting) -> np.ndarray:
    """Return the numbers of the events that are not the earliest of their matter.

    The earliest ended first; then it was known first; and of those that are equal in both the first by what their rows say
    stands, wherever the rows are. A row without a case stands for itself.

    Parameters
    ----------
    store : Store
        Where the events are.
    rows : Rows
        The rows they were made of.
    schema : Schema
        What the columns of those mean.
    casting : Casting
        How they are read.
    """
    found, tables = [_NONE], 1 + len(schema.later)
    for part in store.chosen(["customer_id", "case_id"]):
        part = part.filter(part["case_id"].is_valid())
        event, at, known = (part[name].to_numpy() for name in (EVENT, AT, KNOWN))
        if not event.size:
            continue
        matter = groups_of([codes_of(part["customer_id"]), codes_of(part["case_id"]), event % tables], event.size)
        tied = groups_of([matter, codes_of(at), codes_of(known)], event.size)
        order = np.zeros(event.size, dtype=np.int64)
        several = np.flatnonzero(np.bincount(tied)[tied] > 1)
        if several.size:
            order[several] = _by_content(rows, schema, casting, event[several] // tables)
        found.append(event[~first_of(matter, [at, known, order, event])])
    return np.concatenate(found)


def _by_content(rows: Rows, schema: Schema, casting: Casting, numbers: np.ndarray) -> np.ndarray:
    """Return the places of rows in the order of what they say, column by column."""
    wanted, back = np.unique(numbers, return_inverse=True)
    cells = casting.cells(rows.take(wanted, casting.items))
    said = [cells[label].values for label in mapping(schema) if label not in KEPT_BACK]
    keys = [codes_of(values) for values in [*said, *(end.values for end in cells.ends.values())]]
    places = np.empty(wanted.size, dtype=np.int64)
    places[np.lexsort(keys[::-1])] = np.arange(wanted.size)
    return places[back]
