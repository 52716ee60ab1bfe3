"""Reading one source: open it, check every row against the rules, and turn the rows kept into events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from cxchurn._core import instant, zone
from cxchurn.interactions.reading._engine import SOURCE, engine, held, rows, said_plainly
from cxchurn.interactions.reading._only import narrowed
from cxchurn.interactions.reading._way import Reading, Way
from cxchurn.interactions.reading.casts._casts import family
from cxchurn.interactions.reading.casts._source_columns import cast_column, casts_of, meant_columns, require_columns
from cxchurn.interactions.reading.casts._source_rows import SourceRows
from cxchurn.interactions.reading.casts._typed import typed_rows
from cxchurn.interactions.reading.casts.hints._hints import hinted
from cxchurn.interactions.reading.casts.texts._conventions import are_whole, with_units
from cxchurn.interactions.reading.guessing._fields import fields_of
from cxchurn.interactions.reading.guessing._guess import guessed
from cxchurn.interactions.reading.rules._as_events import carried
from cxchurn.interactions.reading.rules._copies import MoreColumns
from cxchurn.interactions.reading.rules._passing import Passed, look_at_all
from cxchurn.interactions.reading.rules._rules import Broken, Rule, rules_of
from cxchurn.interactions.reading.rules._settled import Settled
from cxchurn.interactions.reading.sources._opened import opened
from cxchurn.interactions.reading.sources._sources import Source
from cxchurn.interactions.reading.sources._text_form import TextForm
from cxchurn.interactions.schema._contradictions import check_schema
from cxchurn.interactions.schema._later import column_of
from cxchurn.interactions.schema._schema import Schema, columns_of, derived_in, mapping
from cxchurn.interactions.schema._sql import text
from cxchurn.interactions.schema._younger import said_of_given_way
from cxchurn.interactions.store._counts import demand_all_rows
from cxchurn.interactions.store._crowd import Crowd
from cxchurn.interactions.store._dividing import Divided
from cxchurn.interactions.store._event_types import event_types
from cxchurn.interactions.store._gathered import Gathered
from cxchurn.interactions.store._once import Once, OnceOnDisk


def read_source(source: Source, way: Way) -> Reading | None:
    """Read one source; None where some columns are not to be read alone, for not every row is plainly clean.

    Parameters
    ----------
    source : Source
        The data and its schema.
    way : Way
        How to read it.
    """
    begun = 0 if way.folder is None else len(way.folder.starts)
    try:
        return _read_source(source, way)
    except MoreColumns:
        if way.folder is not None:
            way.folder.back(begun)
        return _read_source(source, way, again=True)


def _read_source(source: Source, way: Way, *, again: bool = False) -> Reading | None:
    given = schema_of(source)
    whole = again or given is None or way.keep_refused
    needed = None if whole or given is None else columns_of(given)
    how = {"derived": fields_of(source.data)} if given is None else text_options(given)
    with opened(source.data, **how, memory=way.engine_memory, needed=needed) as data:
        schema, guess = (given, "") if given is not None else guessed(data)
        require_columns(data, schema, columns_of(schema))
        meant = meant_columns(data, schema)
        wanted = schema if way.only is None else narrowed(schema, way.only)
        if way.only is not None and _carries_less(wanted, schema, way.only):
            return None
        is_text = family(data.columns[schema.customer_id]) == "text"
        ids = "text" if is_text or way.as_text else "integer"
        found = Reading(data.label, schema, guess, ids, _store(wanted, ids, way), until=_until(source, schema))
        given_way = [] if given is None else said_of_given_way(schema)
        found.notes += [*data.notes, *meant, *given_way]
        with said_plainly(data.label):
            read = SourceRows(data, wanted, way, as_text=way.as_text and not is_text, whole=whole)
            if way.only is not None and read.by_engine:
                return None
            _settle(read, found, way)
            if way.only is not None and any(one.rows for one in found.findings):
                return None
    demand_all_rows(
        found.label, read=found.rows_read, refused=found.rows_refused, handed=found.handed, repeated=found.rows_repeated
    )
    found.crowd = Crowd.of(found.store.customers())
    return found


def _carries_less(few: Schema, whole: Schema, only: frozenset[str]) -> bool:
    """Whether events known later take less along of what is asked for, because what it explains is not asked for."""
    pairs = zip(few.later, whole.later, strict=True)
    return any((set(carried(all_of)) - set(carried(some)) - set(some.columns)) & only for some, all_of in pairs)


def _until(source: Source, schema: Schema) -> np.datetime64 | None:
    said = source.observed_until
    return None if said is None else instant(said, name="observed_until", timezone=schema.timezone)


def _store(schema: Schema, ids: str, way: Way) -> Gathered | Divided:
    types, clock = event_types(schema, ids), zone(schema.timezone)
    if way.folder is not None:
        return Divided(way.folder, types, clock=clock)
    at_once = schema.known_at is None and not schema.later and schema.arrives is None
    return Gathered(types, at_once=at_once, clock=clock)


def _settle(read: SourceRows, found: Reading, way: Way) -> None:
    """Put into the store the events of the rows that are kept: those that break no rule, and each event once."""
    rules = rules_of(read.schema, read.casts, read.latest)
    once = Once() if way.folder is None else OnceOnDisk(way.folder)
    try:
        passed = _passed(read, found, rules, once, way)
        settled = Settled(read, found.store, passed)
        # events of one instant may be copies by columns that are not read: whoever reads some alone looks for them
        if read.schema.duplicates == "refuse" and read.schema == found.schema:
            settled.refuse_copies(all_named=once.size == passed.handed.kept)
        if read.schema.event_id is not None:
            settled.settle_repeats(once.repeated())
    finally:
        once.close()
    settled.choose_earliest()
    found.rows_read = read.rows.rows
    found.rows_refused, found.rows_repeated = settled.refused.size, settled.repeated
    found.handed = settled.handed
    found.findings = hinted(read.data, read.schema, settled.findings())
    found.conventions = replace(passed.conventions, told=read.told)
    found.schema = with_units(found.schema, read.told)
    found.notes += found.conventions.notes(found.label)
    if way.keep_refused:
        found.refused = settled.refused_rows()


def _passed(read: SourceRows, found: Reading, rules: list[Rule[Broken]], once: Once | OnceOnDisk, way: Way) -> Passed:
    def look() -> Passed:
        return look_at_all(read.rows, read.schema, read.casting, rules, found.store, once, every=way.keep_refused)

    passed, told = look(), way.conventions
    if not passed.conventions.pointed:
        return passed
    whole = are_whole(found.store.customers()) if told is None else told.whole
    if whole and told is None:
        # only now that all ids were seen is it known how these are meant
        read.read_ids_without_point()
        once.forget()
        passed = look()
    passed.conventions = replace(passed.conventions, whole=whole)
    return passed


def ids_of_source(source: Source, way: Way, *, label: str) -> str:
    """Return what a source's ids are, "text" or "integer", once it has all columns that its schema names, of types that fit.

    Parameters
    ----------
    source : Source
        Some of its rows, or none.
    way : Way
    label : str
        What the source is called in an error.
    """
    schema = schema_of(source)
    assert schema is not None
    with opened(source.data, needed=columns_of(schema), derived=derived_in(schema)) as data:
        data.label = label
        require_columns(data, schema, columns_of(schema))
        casts_of(data, schema)
        return "text" if family(data.columns[schema.customer_id]) == "text" else "integer"


def empty_reading(schema: Schema, ids: str, way: Way, *, label: str = "") -> Reading:
    """Return what is read of a source that has no row among those looked at."""
    found = Reading(label, schema, "", ids, _store(schema, ids, way))
    found.store.begin(0)
    return found


def count_cells(source: Source) -> tuple[int, int]:
    """Return how many rows a source has, and how many columns are mapped."""
    schema = schema_of(source)
    needed = None if schema is None else columns_of(schema)
    with opened(source.data, **text_options(schema), needed=needed) as data:
        found = typed_rows(data.given)
        with said_plainly(data.label):
            count = found.rows if found else int(rows(data.con, f"SELECT count(*) FROM {SOURCE}")[0][0])
        return count, len(data.columns if schema is None else mapping(schema))


def schema_of(source: Source) -> Schema | None:
    """Return the schema given with a source, once it is known not to contradict itself; None where there is none."""
    schema = Schema.from_toml(source.schema) if isinstance(source.schema, (str, Path)) else source.schema
    if schema is not None:
        check_schema(schema)
    return schema


def text_options(schema: Schema | None) -> dict[str, Any]:
    """Return how text files are written, as `opened` takes it."""
    if schema is None:
        return {}
    form = TextForm(schema.columns, schema.delimiter, schema.skip, schema.encoding, said=True)
    return {"form": form, "is_time": _time_test(schema), "derived": derived_in(schema)}


def _time_test(schema: Schema) -> Callable[[list[str]], bool]:
    def is_time(cells: list[str]) -> bool:
        columns, column = schema.columns or (), column_of(schema.timestamp)
        place = columns.index(column) if column in columns else len(cells)
        if place >= len(cells):
            return False
        with engine() as con:
            con.execute(f"CREATE TEMP TABLE raw AS SELECT {text(cells[place])} AS {held(0)}")
            reading = cast_column(column, "VARCHAR", "instant", "timestamp", schema, held(0))
            return bool(rows(con, f"SELECT ({reading.value}) IS NOT NULL FROM raw")[0][0])

    return is_time
