"""Reading one source: open it, check every row against the rules, and turn the rows kept into events."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from cxchurn._core import DataError, instant, zone
from cxchurn.interactions.reading._casts import Cast, family
from cxchurn.interactions.reading._checking import check, nothing_found, refuse, refused_rows
from cxchurn.interactions.reading._conventions import Conventions, told_by
from cxchurn.interactions.reading._copies import MoreColumns, find_copies, with_columns
from cxchurn.interactions.reading._ends import End, make
from cxchurn.interactions.reading._engine import SOURCE, arrow_batches, engine, held, rows, said_plainly, text
from cxchurn.interactions.reading._event_ids import settle_repeats
from cxchurn.interactions.reading._events import event_selects
from cxchurn.interactions.reading._guess import facts_of, guess_schema, guessed_message
from cxchurn.interactions.reading._id_columns import settled_ids
from cxchurn.interactions.reading._only import narrowed
from cxchurn.interactions.reading._quick import read_quickly
from cxchurn.interactions.reading._rules import Rule, rules_between, rules_of
from cxchurn.interactions.reading._source_columns import cast_column, casts_of, require_columns, times_of
from cxchurn.interactions.reading._sources import Opened, Source, load, opened
from cxchurn.interactions.reading._typed import BATCH, Unit, typed_rows, units_of
from cxchurn.interactions.reading._way import Reading, Way
from cxchurn.interactions.schema._contradictions import check_schema
from cxchurn.interactions.schema._schema import Schema, columns_of, mapping
from cxchurn.interactions.store._batch import batch_of
from cxchurn.interactions.store._counts import Handed, demand_all_rows
from cxchurn.interactions.store._crowd import Crowd
from cxchurn.interactions.store._dividing import Divided
from cxchurn.interactions.store._event_types import event_types
from cxchurn.interactions.store._gathered import Gathered, Store
from cxchurn.interactions.store._once import Once, OnceOnDisk
from cxchurn.interactions.store._threads import in_turn


def read_source(source: Source, way: Way) -> Reading | None:
    """Read one source; None where some columns are not to be read alone, for not every row is plainly clean.

    Parameters
    ----------
    source : Source
        The data and its schema.
    way : Way
        How to read it.
    """
    try:
        return _read_source(source, way)
    except MoreColumns:
        return _read_source(source, way, again=True)


def _read_source(source: Source, way: Way, *, again: bool = False) -> Reading | None:
    given = schema_of(source)
    whole = again or given is None or way.keep_refused
    needed = None if whole or given is None else columns_of(given)
    with opened(source.data, **text_options(given), memory=way.engine_memory, needed=needed) as data:
        schema, guess = (given, "") if given is not None else _guessed(data)
        columns = columns_of(schema)
        require_columns(data, schema, columns)
        wanted = schema if way.only is None else narrowed(schema, way.only)
        casts, at = casts_of(data, wanted, way)
        rules = rules_of(wanted, casts, at, way.now)
        is_text = family(data.columns[schema.customer_id]) == "text"
        ids = "text" if is_text or way.as_text else "integer"
        if way.as_text and not is_text:
            casts["customer_id"] = replace(casts["customer_id"], value=f"CAST({casts['customer_id'].value} AS VARCHAR)")
        found = Reading(data.label, schema, guess, ids, _store(wanted, ids, way), until=_until(source, schema))
        loaded = list(data.columns) if whole else columns
        if again or not _read_quickly(data, found, wanted, rules, way):
            if way.only is not None:
                return None
            all_loaded = whole or (len(loaded) == len(data.columns) and not isinstance(data.given, pa.Table))
            _read_thoroughly(data, found, rules, (casts, at), loaded, whole=all_loaded, conventions=way.conventions)
        elif way.keep_refused:
            load(data, loaded, empty=True)
            refuse(data, [])
        if way.keep_refused:
            found.refused = refused_rows(data)
            _demand_all(found, found.refused.num_rows)
    _demand_all(found, found.rows_refused)
    found.crowd = Crowd.of(found.store.customers())
    return found


def _demand_all(found: Reading, refused: int) -> None:
    repeated = found.rows_repeated
    demand_all_rows(found.label, read=found.rows_read, refused=refused, handed=found.handed, repeated=repeated)


def _until(source: Source, schema: Schema) -> np.datetime64 | None:
    said = source.observed_until
    return None if said is None else instant(said, name="observed_until", timezone=schema.timezone)


def _store(schema: Schema, ids: str, way: Way) -> Gathered | Divided:
    types, clock = event_types(schema, ids), zone(schema.timezone)
    if way.folder is not None:
        return Divided(way.folder, types, clock=clock)
    at_once = schema.known_at is None and not schema.later and schema.arrives is None
    return Gathered(types, at_once=at_once, clock=clock)


def _read_quickly(data: Opened, found: Reading, schema: Schema, rules: list[Rule], way: Way) -> bool:
    rows = typed_rows(data.given)
    # events of one instant may be copies by columns that are not read: whoever reads some alone looks for them
    copies = schema.duplicates == "refuse" and schema == found.schema
    if rows is None or not rows.rows:
        return False
    once = Once() if way.folder is None else OnceOnDisk(way.folder)
    try:
        handed = read_quickly(rows, schema, rules, found.store, once=once, ids=found.ids, now=way.now, copies=copies)
    finally:
        once.close()
    if handed is None:
        return False
    found.handed = handed
    found.rows_read = rows.rows
    found.findings = nothing_found([*rules, *rules_between(schema)], data.label)
    found.quick = True
    return True


def _read_thoroughly(
    data: Opened,
    found: Reading,
    rules: list[Rule],
    casts: tuple[dict[str, Cast], dict[str, End]],
    loaded: list[str],
    *,
    whole: bool,
    conventions: Conventions | None,
) -> None:
    found.rows_read = load(data, loaded)
    if data.given is not None and (there := typed_rows(data.given)) is not None:
        demand_all_rows(data.label, read=there.rows, refused=0, handed=Handed(found.rows_read))
    if found.rows_read == 0:
        raise DataError(f"{data.label} has no rows.", hint="check that it is the right file, folder or query.")
    with said_plainly(data.label):
        _read_ends(data, found.schema, *casts)
        at = {times_of(column): end for column, end in casts[1].items()}
        found.conventions = Conventions(told_by(data.con, casts[0] | at))
        if found.schema.duplicates == "refuse":
            # what was taken in on the way here is forgotten: there may be another beginning
            found.store.begin(0)
            find_copies(data, found.schema, casts[0], loaded=loaded, whole=whole)
        _settle(data, found, rules, casts, None if conventions is None else conventions.whole)
        found.store.begin(_kept(found) * (1 + len(found.schema.later)))
        for table, select in enumerate(event_selects(found.schema, *casts, held=data.held)):
            found.handed += _take_in(units_of(arrow_batches(data.con, select, BATCH)), found.store, table)


def _settle(
    data: Opened,
    found: Reading,
    rules: list[Rule],
    casts: tuple[dict[str, Cast], dict[str, End]],
    whole_ids: bool | None,
) -> None:
    """Leave in ``raw`` the rows that are kept: those that break no rule by themselves, and then each event once."""
    schema = found.schema
    findings = with_columns(check(data, rules, columns_of(schema)), data, schema, casts[0])
    broken = [rule for rule, finding in zip(rules, findings, strict=True) if finding.rows and rule.refuses]
    found.rows_refused = refuse(data, broken)
    found.conventions |= settled_ids(data, schema.customer_id, whole=whole_ids)
    found.notes += found.conventions.notes(data.label)
    between, refused, found.rows_repeated = settle_repeats(data, schema, *casts)
    found.rows_refused += refused
    found.findings = [*findings, *between]


def _kept(found: Reading) -> int:
    return found.rows_read - found.rows_refused - found.rows_repeated


def _read_ends(data: Opened, schema: Schema, casts: dict[str, Cast], at: dict[str, End]) -> None:
    ends = {data.held(column): end.reads for column, end in at.items()}
    make(data.con, {data.held(schema.timestamp): casts["timestamp"].value, **ends} if ends else {})


def _take_in(units: Iterable[Unit], store: Store, table: int) -> Handed:
    def work(unit: Unit) -> Any:
        at, read = unit
        taking, handed = store.unit(at, table=table), Handed()
        for batch in map(batch_of, read()):
            handed += Handed.of([batch], table=table)
            taking.add([batch])
        return taking.finished(), handed

    total = Handed()
    for finished, handed in in_turn(work, units):
        store.take(finished)
        total += handed
    return total


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
    with opened(source.data, needed=columns_of(schema)) as data:
        data.label = label
        require_columns(data, schema, columns_of(schema))
        casts_of(data, schema, way)
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
    return {"columns": schema.columns, "delimiter": schema.delimiter, "is_time": _time_test(schema)}


def _time_test(schema: Schema) -> Callable[[list[str]], bool]:
    def is_time(cells: list[str]) -> bool:
        place = (
            (schema.columns or ()).index(schema.timestamp) if schema.timestamp in (schema.columns or ()) else len(cells)
        )
        if place >= len(cells):
            return False
        with engine() as con:
            con.execute(f"CREATE TEMP TABLE raw AS SELECT {text(cells[place])} AS {held(0)}")
            reading = cast_column(schema.timestamp, "VARCHAR", "instant", "timestamp", schema, held(0))
            return bool(rows(con, f"SELECT ({reading.value}) IS NOT NULL FROM raw")[0][0])

    return is_time


def _guessed(data: Opened) -> tuple[Schema, str]:
    with said_plainly(data.label):
        types, distinct, different = facts_of(data)
    schema = guess_schema(types, distinct=distinct, rows=different)
    return schema, guessed_message(schema, types, data.label)
