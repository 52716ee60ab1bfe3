"""What one part of a log holds, in small tables that add up: a part has all events of its customers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from cxchurn._core import Deferred, Zone
from cxchurn.interactions.log.description._lengths import binned
from cxchurn.interactions.log.description._ordered import Ordered, changes, ordered
from cxchurn.interactions.store._batch import flat
from cxchurn.interactions.store._labels import coded

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")

pc = Deferred("pyarrow.compute")

Tally = dict[str, "pd.DataFrame"]
BUSIEST = 10
# so many cells are counted in a plain array
_DENSE = 1 << 24
ALL, OWN = "all", "own"
_HOUR = 3_600_000_000


def tally(part: pa.Table, clock: Zone, source_of: Mapping[str, int]) -> Tally:
    """Count what a part holds.

    Parameters
    ----------
    part : pyarrow.Table
        ``customer_id``, ``timestamp``, ``known_at``, ``kind``, ``later`` and, where there is one, ``direction``.
    clock : Zone
        Whose months count.
    source_of : mapping of str to int
        The source of each kind, where its kinds tell a source.

    Returns
    -------
    dict of DataFrame
        ``months``, ``kinds``, ``kind_months``, ``sources``, ``activity`` (customers by how many interactions they have),
        ``busiest``, and ``gaps``, ``delays``, ``spans`` in bins.
    """
    events, customers, names = ordered(part, clock)
    sorted_ = events.by_customer()
    by_kind = sorted_.by_kind()
    rows = sorted_.rows()
    return {
        "months": _of_months(sorted_),
        "kind_months": _of_kinds_and_months(by_kind, names),
        "kinds": _of_kinds(by_kind, names),
        "sources": _of_sources(sorted_, names, source_of),
        "gaps": pd.concat([_gaps(rows, ALL), *_own_gaps(part, events), _gaps_by_kind(by_kind.rows(), names)]),
        "delays": _delays(part, events, names),
        **_of_customers(rows, customers),
    }


def added(tallies: list[Tally]) -> Tally:
    """Return what the parts hold together."""
    keys = {
        "months": ["month"], "kinds": ["kind"], "kind_months": ["month", "kind"], "sources": ["source"],
        "activity": ["interactions"], "gaps": ["group", "bin"], "delays": ["group", "bin"], "spans": ["group", "bin"],
    }  # fmt: skip
    found = {name: _summed(pd.concat([one[name] for one in tallies]), by) for name, by in keys.items()}
    busiest = pd.concat([one["busiest"] for one in tallies])
    order = busiest.sort_values(["rows", "customer_id"], ascending=[False, True], kind="stable")
    return found | {"busiest": order.head(BUSIEST).reset_index(drop=True)}


def _summed(table: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    how = {name: {"first": "min", "last": "max"}.get(name, "sum") for name in table.columns if name not in by}
    return table.groupby(by, sort=True, as_index=False).agg(how)  # type: ignore[arg-type]


def _of_months(events: Ordered) -> pd.DataFrame:
    found, place = _places(events.month)
    new = changes(events.who, events.month)
    return pd.DataFrame({"month": found, **_counts(place, new, found.size)})


def _of_kinds_and_months(events: Ordered, names: list[str]) -> pd.DataFrame:
    found, place = _places(events.month * len(names) + events.kind)
    new = changes(events.kind, events.who, events.month)
    kinds = pd.Series([names[cell] for cell in (found % len(names)).tolist()], dtype=object)
    return pd.DataFrame({"month": found // len(names), "kind": kinds, **_counts(place, new, found.size)})


def _counts(place: np.ndarray, new: np.ndarray, size: int) -> dict[str, np.ndarray]:
    return {"rows": np.bincount(place, minlength=size), "customers": np.bincount(place[new], minlength=size)}


def _places(cells: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the different cells in order, and which of them each row is in."""
    first, last = int(cells.min(initial=0)), int(cells.max(initial=0))
    if last - first > _DENSE:
        return np.unique(cells, return_inverse=True)
    found = np.flatnonzero(np.bincount(cells - first, minlength=1)) + first
    where = np.zeros(last - first + 1, dtype=np.int64)
    where[found - first] = np.arange(found.size)
    return found, where[cells - first]


def _of_kinds(events: Ordered, names: list[str]) -> pd.DataFrame:
    starts = np.flatnonzero(changes(events.kind))
    kinds = events.kind[starts]
    new = changes(events.kind, events.who)
    again = ~changes(events.kind, events.who, events.times) & ~events.later
    timed = events.times % _HOUR != 0
    size = len(names)
    return pd.DataFrame(
        {
            "kind": pd.Series([names[place] for place in kinds.tolist()], dtype=object),
            "rows": np.bincount(events.kind, minlength=size)[kinds],
            "made": np.bincount(events.kind[events.later], minlength=size)[kinds],
            "customers": np.bincount(events.kind[new], minlength=size)[kinds],
            "at_once": np.bincount(events.kind[again], minlength=size)[kinds],
            "timed": np.bincount(events.kind[timed], minlength=size)[kinds],
            "first": np.minimum.reduceat(events.times, starts) if starts.size else events.times,
            "last": np.maximum.reduceat(events.times, starts) if starts.size else events.times,
        }
    )


def _of_sources(events: Ordered, names: list[str], source_of: Mapping[str, int]) -> pd.DataFrame:
    """How many customers each source has; nothing where kinds do not tell the source."""
    places = np.array([source_of.get(name, -1) for name in names])
    source, who = places[events.kind], int(events.who.max(initial=-1)) + 1
    there = np.zeros((int(places.max()) + 1, who), dtype=bool)
    known = np.flatnonzero(source >= 0)
    there[source[known], events.who[known]] = True
    return pd.DataFrame({"source": np.arange(len(there)), "customers": there.sum(axis=1)})


def _gaps(events: Ordered, name: str) -> pd.DataFrame:
    same = ~changes(events.who)[1:]
    lengths = np.diff(events.times)[same]
    return binned(lengths, np.zeros(lengths.size, np.int8), [name])


def _own_gaps(part: pa.Table, events: Ordered) -> list[pd.DataFrame]:
    """Gaps between what customers did themselves, where rows say who reached out."""
    if "direction" not in part.column_names or not part.num_rows:
        return []
    direction = coded(part["direction"])
    sent = np.array([level == "outbound" for level in [*direction.levels.to_pylist(), None]])[direction.codes]
    return [_gaps(events.take(np.flatnonzero(~sent)).rows().by_customer(), OWN)]


def _gaps_by_kind(events: Ordered, names: list[str]) -> pd.DataFrame:
    same = np.flatnonzero(~changes(events.kind, events.who)[1:])
    named = [f"kind {name}" for name in names]
    return binned(np.diff(events.times)[same], events.kind[same], named)


def _delays(part: pa.Table, events: Ordered, names: list[str]) -> pd.DataFrame:
    """How much later than they happened rows became known, where they did."""
    known = flat(part["known_at"].cast(pa.int64()), 0)
    late = np.flatnonzero((known > events.times) & ~events.later)
    lengths = (known - events.times)[late]
    both = [binned(lengths, np.zeros(late.size, np.int8), [ALL])]
    return pd.concat([*both, binned(lengths, events.kind[late], [f"kind {name}" for name in names])])


def _of_customers(events: Ordered, customers: pa.Array) -> Tally:
    starts = np.flatnonzero(changes(events.who))
    ends = np.append(starts, events.who.size)[1:]
    counts, spans = ends - starts, events.times[ends - 1] - events.times[starts]
    found, many = np.unique(counts, return_counts=True)
    whose = pa.table({"customer_id": customers.take(pa.array(events.who[starts])), "rows": counts})
    return {
        "activity": pd.DataFrame({"interactions": found, "customers": many}),
        "spans": binned(spans, np.zeros(spans.size, np.int8), [ALL]),
        "busiest": _top(whose),
    }


def _top(whose: pa.Table) -> pd.DataFrame:
    """Return those with most rows; of equals the first by id, whatever part they are in."""
    keys = [("rows", "descending"), ("customer_id", "ascending")]
    # of no rows the library cannot choose any
    found = whose.take(pc.select_k_unstable(whose, BUSIEST, keys)) if whose.num_rows else whose
    return pd.DataFrame(
        {"customer_id": pd.Series(found["customer_id"].to_pylist(), dtype=object), "rows": found["rows"]}
    )
