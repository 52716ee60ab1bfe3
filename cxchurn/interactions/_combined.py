"""The events of one or several sources as one, in memory or in parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from cxchurn._core import DataError, logger
from cxchurn.interactions._batch import NUMBER, canonical
from cxchurn.interactions._counts import demand_all_events
from cxchurn.interactions._dividing import Folder, said_of_disk
from cxchurn.interactions._events import LATER, event_types
from cxchurn.interactions._gathered import Gathered
from cxchurn.interactions._memory import parts_for
from cxchurn.interactions._only import TIE, check_asked, kept, narrowed, tie_places
from cxchurn.interactions._parts import Parts
from cxchurn.interactions._reading import Reading, Way, count_cells, read_source, schema_of
from cxchurn.interactions._repeats import shared
from cxchurn.interactions._roles import ROLES
from cxchurn.interactions._schema import named
from cxchurn.interactions._sources import Source

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
        _check_alike(readings)
        events = _together(readings, folder, way.only)
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


def _given_up(folder: Folder | None, why: str) -> None:
    logger.debug("reading begins again or ends: %s", why)
    if folder is not None:
        folder.remove()


def _together(readings: list[Reading], folder: Folder | None, only: frozenset[str] | None) -> pa.Table | Parts:
    fields: dict[str, pa.Field] = {}
    for reading in readings:
        schema = reading.schema if only is None else narrowed(reading.schema, only)
        fields |= {field.name: field for field in event_types(schema, reading.ids)}
    names = [*ROLES, *_names(readings, "measures"), *_names(readings, "categories"), LATER]
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
    """Refuse sources that cannot be one log, because an id or a column means different things in them."""
    if len({reading.ids for reading in readings}) > 1:
        types = ", ".join(f"{reading.label}: {reading.ids}" for reading in readings)
        raise DataError(
            f"the sources' customer ids are of different types ({types}).",
            hint="make them alike in a Query: \"select cast(id as varchar) as id, ... from 'tickets.parquet'\".",
        )
    both = set(_names(readings, "measures")) & set(_names(readings, "categories"))
    if both:
        raise DataError(
            f"{', '.join(sorted(both))} is a measure in one source and a category in another.",
            hint="rename one of them.",
        )


def _names(readings: list[Reading], what: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for reading in readings for name in named(getattr(reading.schema, what))))
