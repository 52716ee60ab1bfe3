"""The events of one or several sources as one, in memory or in parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import pyarrow as pa

from cxchurn._core import DataError, logger
from cxchurn.interactions.log._spelling import alike, label_columns
from cxchurn.interactions.reading._only import TIE, check_asked, kept, narrowed, tie_places
from cxchurn.interactions.reading._reading import count_cells, read_source, schema_of
from cxchurn.interactions.reading._way import Reading, Way
from cxchurn.interactions.reading.sources._sources import Source, read_once
from cxchurn.interactions.schema._roles import ROLES
from cxchurn.interactions.schema._schema import named
from cxchurn.interactions.schema._younger import contradicting
from cxchurn.interactions.store._batch import NUMBER, canonical
from cxchurn.interactions.store._counts import demand_all_events
from cxchurn.interactions.store._crowd import strangers
from cxchurn.interactions.store._dividing import Folder, said_of_disk
from cxchurn.interactions.store._event_types import LATER, event_types
from cxchurn.interactions.store._gathered import Gathered
from cxchurn.interactions.store._labels import distinct
from cxchurn.interactions.store._memory import parts_for
from cxchurn.interactions.store._nobody import nobodies, rows_of
from cxchurn.interactions.store._parts import Parts
from cxchurn.interactions.store._repeats import shared

_INSTANT = ("customer_id", "known_at", "timestamp")


@dataclass(frozen=True)
class Combined:
    """What was read from some sources.

    Parameters
    ----------
    readings : list of Reading
        One a source.
    events : pyarrow.Table or Parts
        The events of all of them.
    """

    readings: list[Reading]
    events: pa.Table | Parts

    @property
    def ids(self) -> str:
        """The type of the customers' ids: "text" or "integer"."""
        return self.readings[0].ids

    def customers(self) -> Iterator[pa.Array]:
        """Yield the ids of the customers, each once, part by part."""
        for part in self._columns(["customer_id"]):
            yield distinct(part["customer_id"])

    def _columns(self, names: list[str]) -> Iterator[pa.Table]:
        if isinstance(self.events, pa.Table):
            yield self.events.select(names)
        else:
            yield from (self.events.read(part, names) for part in range(len(self.events)))

    @property
    def notes(self) -> list[str]:
        """What is worth a second look, though no rule is broken."""
        found = [note for reading in self.readings for note in reading.notes]
        types = self.events.types if isinstance(self.events, Parts) else self.events.schema
        words = label_columns(types)
        found += alike(self._columns(words), words)
        suspects = sorted({who for reading in self.readings for who in reading.crowd.nobodies})
        most = max(reading.crowd.hashes.size for reading in self.readings)
        counts = rows_of(suspects, (part["customer_id"] for part in self._columns(["customer_id"])))
        found += nobodies(counts, rows=sum(one.handed.kept + one.handed.made for one in self.readings), customers=most)
        return found + strangers([(reading.label, reading.crowd) for reading in self.readings])

    def names(self, what: str) -> tuple[str, ...]:
        """Return the names of all "measures" or all "categories" that are there."""
        types = self.events.types if isinstance(self.events, Parts) else self.events.schema
        return tuple(name for name in _names(self.readings, what) if name in types.names)


def read_combined(sources: Sequence[Source], way: Way) -> Combined:
    """Read sources and put their events together.

    Where only some columns are asked for and every row is plainly clean, nothing else is read. But events of one customer
    at one instant stand in the order of all columns: where there are such, all are read, and the order is kept in a column
    of its own.

    Parameters
    ----------
    sources : sequence of Source
        The data.
    way : Way
        How to read it.
    """
    sources = [replace(source, data=read_once(source.data)) for source in sources]
    given = [schema for source in sources if (schema := schema_of(source)) is not None]
    if way.only is not None and len(given) == len(sources):
        check_asked(way.only, given)
    some = None if way.only is None else _read(sources, way)
    if some is not None:
        return some
    found = _read(sources, replace(way, only=None))
    assert found is not None
    if way.only is None:
        return found
    check_asked(way.only, [reading.schema for reading in found.readings])
    return replace(found, events=_kept(found.events, way.only))


def _read(sources: Sequence[Source], way: Way) -> Combined | None:
    folder = None
    if way.memory is not None:
        cells = [count_cells(source) for source in sources]
        count, columns = sum(rows for rows, _ in cells), max(columns for _, columns in cells)
        folder = Folder(parts_for(count, columns, way.memory))
        way = replace(way, folder=folder)
    try:
        readings = []
        for source in sources:
            reading = read_source(source, way)
            if reading is None:
                _given_up(folder, "not every row is plainly clean")
                return None
            readings.append(reading)
        if len({reading.ids for reading in readings}) > 1:
            # whole numbers are the text they are written as; not every text is a whole number
            _given_up(folder, "customers' ids are whole numbers in some sources and text in others")
            return _alike(_read(sources, replace(way, folder=None, as_text=True)), readings)
        _check_alike(readings)
        events = together(readings, folder, way.only)
        count = sum(events.rows) if isinstance(events, Parts) else events.num_rows
        demand_all_events(count, [reading.handed for reading in readings])
    except BaseException:
        _given_up(folder, "reading failed")
        raise
    if way.only is not None:
        check_asked(way.only, [reading.schema for reading in readings])
        if any(narrowed(reading.schema, way.only) != reading.schema for reading in readings) and _has_ties(events):
            _given_up(folder, "events of one customer at one instant are ordered by all columns")
            return None
    return Combined(readings, events)


def _alike(found: Combined | None, before: list[Reading]) -> Combined | None:
    """Say that ids of two types were read as text; refuse them where that brought no customer together."""
    types = ", ".join(f"{reading.label}: {reading.ids}" for reading in before)
    if found is not None and not any(a.crowd.meets(b.crowd) for a, b in combinations(found.readings, 2)):
        raise DataError(
            f"the sources' customer ids are of different types ({types}), and no customer is in two of them.",
            hint="make them alike in a Query: \"select cast(id as varchar) as id, ... from 'tickets.parquet'\".",
        )
    if found is not None:
        found.readings[0].notes.append(f"the customers' ids are of different types ({types}): all are read as text.")
    return found


def _given_up(folder: Folder | None, why: str) -> None:
    logger.debug("reading begins again or ends: %s", why)
    if folder is not None:
        folder.remove()


def together(readings: list[Reading], folder: Folder | None, only: frozenset[str] | None) -> pa.Table | Parts:
    """Return the events of readings as one, with the columns of any of them; in a folder as parts."""
    fields: dict[str, pa.Field] = {}
    for reading in readings:
        schema = reading.schema if only is None else narrowed(reading.schema, only)
        fields |= {field.name: field for field in event_types(schema, reading.ids)}
    others = [*_names(readings, "measures"), *_names(readings, "categories")]
    names = [*(role for role in ROLES if role not in others), *others, LATER]
    types = pa.schema([fields[name] for name in names if name in fields])
    if folder is not None:
        return folder.finished(types)
    tables = [reading.store.events() for reading in readings if isinstance(reading.store, Gathered)]
    if len(tables) == 1:
        return tables[0]
    return canonical(pa.concat_tables(tables, promote_options="default").select(types.names))


def _has_ties(events: pa.Table | Parts) -> bool:
    if not isinstance(events, Parts):
        return bool(shared(events, "known_at", "timestamp").size)
    return any(shared(events.read(part, _INSTANT), "known_at", "timestamp").size for part in range(len(events)))


def _kept(events: pa.Table | Parts, only: frozenset[str]) -> pa.Table | Parts:
    if isinstance(events, Parts):
        with said_of_disk():
            return events.narrowed(kept(events.types, only), TIE, tie_places)
    places = tie_places(events)
    few = events.select(kept(events.schema, only))
    left_out = few.num_columns < events.num_columns
    return few.append_column(TIE, pa.array(places, NUMBER)) if left_out and places.any() else few


def _check_alike(readings: list[Reading]) -> None:
    """Refuse sources that cannot be one log, because a column means different things in them."""
    both = set(_names(readings, "measures")) & set(_names(readings, "categories"))
    if both:
        raise DataError(
            f"{', '.join(sorted(both))} is a measure in one source and a category in another.",
            hint="rename one of them.",
        )
    for name, role in contradicting(reading.schema for reading in readings):
        raise DataError(
            f"{name!r} is a measure or category in one source, and in another the role {role} is mapped, which goes with the"
            f" role {name.lower()}.",
            hint=f'give the measure or category another name, such as measures = {{number_{name} = "{name}"}}.',
        )


def _names(readings: list[Reading], what: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for reading in readings for name in named(getattr(reading.schema, what))))
