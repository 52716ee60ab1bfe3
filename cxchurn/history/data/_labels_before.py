"""Which labels a column had before an instant: what training may know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import reduce
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from cxchurn.history.data._attributes import attribute_history
from cxchurn.history.data._columns import Labels, flat, single, to_column
from cxchurn.history.data._history import Columns
from cxchurn.history.data._order import customer_codes
from cxchurn.history.data._where import Where
from cxchurn.history.kernels import _label_kernels
from cxchurn.interactions import InteractionLog


class KnownLabels(NamedTuple):
    """The labels of columns, the most frequent first, and how many labels too few customers have to be among them."""

    labels: dict[str, tuple[str, ...]]
    rare: dict[str, int]


def labels_before(
    log: InteractionLog,
    column: str,
    at: np.datetime64,
    *,
    since: np.datetime64 | None = None,
    most: int | None = None,
    where: Where | None = None,
) -> tuple[str, ...]:
    """Return the labels of a column among events known before `at`, the most frequent first, ties by text.

    Parameters
    ----------
    since : instant, optional
        Events known before it are left out. Default: none are.
    most : int, optional
        How many at most.
    where : Where, optional
        Which events count.
    """
    return labels_by_condition(log, [column], at, [where], since=since)[0].labels.get(column, ())[:most]


def labels_by_condition(
    log: InteractionLog,
    columns: Sequence[str],
    at: np.datetime64,
    conditions: Sequence[Where | None],
    *,
    since: np.datetime64 | None = None,
    fewest: int = 1,
    spared: Mapping[str, Collection[str]] | None = None,
) -> list[KnownLabels]:
    """Return for each condition the labels that columns have among its events, as `labels_before` does, in one pass.

    Parameters
    ----------
    log : InteractionLog
    columns : list of str
        Those that hold no labels are left out.
    at : datetime64
        Only what was known before counts.
    conditions : list of Where or None
        Which events count; None for all.
    since : datetime64, optional
        What was known before it is left out.
    fewest : int, default 1
        The labels that fewer customers have are left out, and counted.
    spared : mapping of column to labels, optional
        Those that are kept however few customers have them.

    Returns
    -------
    list of KnownLabels
        In the order of the conditions.
    """
    types = log.types
    asked = [name for name in columns if name in types.names and pa.types.is_dictionary(types.field(name).type)]
    counts = [{name: _Counts(fewest) for name in asked} for _ in conditions]
    tested = {test[0] for condition in conditions if condition for test in condition.tests} & set(types.names)
    first = np.iinfo(np.int64).min if since is None else _microseconds(since)
    needed = sorted({*asked, *tested, "known_at", *(["customer_id"] if fewest > 1 else [])})
    for table in _tables(log, needed) if asked else ():
        rows, known = _Rows(table), flat(single(table["known_at"]).cast(pa.int64()))
        who = customer_codes(table["customer_id"])[1] if fewest > 1 else None
        for condition, found in zip(conditions, counts, strict=True):
            masks = condition.masks(rows) if condition else []
            past = reduce(np.logical_and, masks, (known >= first) & (known < _microseconds(at)))
            for name in asked:
                found[name].add(single(table[name]), past, who)
    return [_known({name: one.kept((spared or {}).get(name, ())) for name, one in each.items()}) for each in counts]


class _Counts:
    """How many events and customers (of these, as many as matter) have each label."""

    def __init__(self, fewest: int) -> None:
        self._fewest = fewest
        self._events = Counter[str]()
        self._customers = Counter[str]()

    def add(self, labels: pa.DictionaryArray, chosen: np.ndarray, who: np.ndarray | None) -> None:
        """Count the chosen ones of a part's events; a customer's events are all in one part."""
        codes = flat(labels.indices.fill_null(-1) if labels.null_count else labels.indices)
        count = np.zeros(len(labels.dictionary), dtype=np.int64)
        _label_kernels.count_chosen(codes, chosen, count)
        self._events.update(_named(labels.dictionary, count))
        if who is not None:
            holders = np.zeros(count.size, dtype=np.int64)
            # no more customers a label than decide whether they are enough
            met = np.empty((count.size, self._fewest), dtype=who.dtype)
            _label_kernels.count_holders(codes, who, chosen, met, holders)
            self._customers.update(_named(labels.dictionary, holders))

    def kept(self, spared: Collection[str]) -> tuple[tuple[str, ...], int]:
        """Return the labels that enough customers have, the most frequent first, and how many others there are."""
        return _enough(self._events, self._customers, self._fewest, spared)


def _enough(
    events: Counter[str], customers: Counter[str], fewest: int, spared: Collection[str] = ()
) -> tuple[tuple[str, ...], int]:
    kept = Counter(
        {name: n for name, n in events.items() if fewest <= 1 or customers[name] >= fewest or name in spared}
    )
    return _by_frequency(kept, None), len(events) - len(kept)


def _known(found: dict[str, tuple[tuple[str, ...], int]]) -> KnownLabels:
    return KnownLabels(
        {name: labels for name, (labels, _) in found.items()}, {name: rare for name, (_, rare) in found.items() if rare}
    )


class _Rows:
    """Rows of a table in the order they stand, as conditions look at events."""

    def __init__(self, table: pa.Table) -> None:
        self.columns = Columns(table.column_names, lambda name: to_column(table[name], ordered=True))
        self.cache: dict[Any, Any] = {}
        self._size = table.num_rows

    def __len__(self) -> int:
        return self._size


def attribute_labels_before(
    log: InteractionLog, name: str, at: np.datetime64, *, most: int | None = None
) -> tuple[str, ...]:
    """Return the labels of a customer attribute on file before `at`, the most frequent first, ties by text."""
    return attribute_labels(log, [name], at).labels.get(name, ())[:most]


def attribute_labels(log: InteractionLog, names: Sequence[str], at: np.datetime64, *, fewest: int = 1) -> KnownLabels:
    """Return the labels of customers' attributes on file before `at`, as `labels_by_condition` does those of events."""
    attributes = attribute_history(log.customers)
    found = {}
    for name in names:
        data = None if attributes is None else attributes.columns.get(name)
        if attributes is not None and isinstance(data, Labels):
            past = (attributes.valid_from < _microseconds(at)) & data.present
            who = np.repeat(np.arange(attributes.ids.size), np.diff(attributes.offsets))[past]
            # a customer with ten dated rows of one label is one customer
            pairs = np.unique(np.column_stack([data.values[past], who]), axis=0)
            events, customers = (
                Counter(_named(data.names, np.bincount(codes, minlength=len(data.names))))
                for codes in (data.values[past], pairs[:, 0])
            )
            found[name] = _enough(events, customers, fewest)
    return _known(found)


def _microseconds(at: np.datetime64) -> int:
    return int(at.astype("datetime64[us]").astype(np.int64))


def _tables(log: InteractionLog, names: list[str]) -> Iterator[pa.Table]:
    if log.parts is None:
        yield log.events.select(names)
    else:
        yield from (log.parts.read(part, names) for part in range(len(log.parts)))


def _named(names: pa.Array, count: np.ndarray) -> dict[str, int]:
    there = np.flatnonzero(count)
    return dict(zip(names.take(pa.array(there)).to_pylist(), count[there].tolist(), strict=True))


def _by_frequency(counts: Counter[str], most: int | None) -> tuple[str, ...]:
    # ties by text: an order by place in the log would change with its chunks
    return tuple(sorted(counts, key=lambda label: (-counts[label], label)))[:most]
