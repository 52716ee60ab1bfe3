"""Reading the customers table: who, since when, until when, and what each column holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from cxchurn._core import DataError, logger
from cxchurn.interactions.log._customer_table import FROM, ID, TO, CustomerTable
from cxchurn.interactions.log._validation import Finding, Validation
from cxchurn.interactions.reading._engine import arrow, name, rows, said_plainly
from cxchurn.interactions.reading.casts._casts import Cast, cast
from cxchurn.interactions.reading.casts._ends import End, end_of, made, make
from cxchurn.interactions.reading.casts._engine_rows import EngineRows
from cxchurn.interactions.reading.customers._attribute_kinds import attributes_of, said_formats, texts_in
from cxchurn.interactions.reading.customers._customer_columns import (
    Columns,
    check_types,
    columns_of,
    found_column,
    id_cast,
    require_columns,
)
from cxchurn.interactions.reading.customers._customer_rules import rules_of_customers
from cxchurn.interactions.reading.customers._finished import finished
from cxchurn.interactions.reading.customers._no_times import without_no_times
from cxchurn.interactions.reading.rules._findings import findings_of, refused_rows
from cxchurn.interactions.reading.rules._rules import Rule
from cxchurn.interactions.reading.rules._tally import Tally
from cxchurn.interactions.reading.sources._opened import Opened, load, opened
from cxchurn.interactions.reading.sources._text_form import TextForm
from cxchurn.interactions.schema._customer_schema import CustomerSchema
from cxchurn.interactions.schema._roles import ROLES, plain
from cxchurn.interactions.schema._schema import Schema
from cxchurn.interactions.schema._text import Formats
from cxchurn.interactions.store._counts import Handed, demand_all_rows

# an end later than this is a word for never
_NEVER = np.datetime64("9000-01-01", "us")
_DAY = 86_400_000_000


def read_customers(
    data: Any,
    *,
    customer_id: str | None = None,
    valid_from: str | None = None,
    valid_to: str | None = None,
    attributes: tuple[str, ...] | None = None,
    known_ahead: tuple[str, ...] = (),
    timezone: str = "UTC",
    time_format: Formats | None = None,
    decimal: str | None = None,
    thousands: str | None = None,
    missing: tuple[str, ...] | None = None,
) -> CustomerTable:
    """Read and check a table of customers' attributes.

    Parameters
    ----------
    data : path, frame, table, relation or Query
        One row a customer, or one for every change of a customer's attributes.
    customer_id, valid_from, valid_to : str, optional
        The columns for the id, for since when a row holds and until when; by default found by their usual names.
    attributes : tuple of str, optional
        The columns to use; by default all but those that only keep the table's books.
    known_ahead : tuple of str
        Dates that are fixed beforehand, such as the end of a contract: they may lie after a cut-off.
    timezone : str, default "UTC"
        The zone of times that carry none.
    time_format : str, tuple of str, or mapping of column to these, optional
        How times are written that are not ISO 8601, such as ``"%d.%m.%Y"``.
    decimal, thousands, missing : optional
        How numbers are written, and which texts mean that there is nothing, as in `CustomerSchema`, which can say more: as
        `Schema.customers`.

    Returns
    -------
    CustomerTable
        The attributes.

    Raises
    ------
    DataError
        Where ids are missing or there twice (with `valid_from`: at the same instant), times cannot be read, or a row ends
        before it begins.

    Examples
    --------
    >>> import pandas as pd
    >>> read_customers(pd.DataFrame({"customer_id": [1], "plan": ["basic"], "dbt_valid_from": ["2024-05-01"]}))
    CustomerTable: 1 rows, dated: plan (text)
    """
    about = CustomerSchema(
        customer_id=customer_id,
        valid_from=valid_from,
        valid_to=valid_to,
        attributes=attributes,
        known_ahead=known_ahead,
        timezone=timezone,
        time_format=time_format,
        decimal=decimal,
        thousands=thousands,
        missing=missing,
    )
    table, findings = load_customers(data, about)
    refused = table.refused.num_rows if table.refused is not None else 0
    Validation(len(table) + refused, refused, tuple(findings)).raise_if_broken(
        hint="correct these rows in the customers table."
    )
    return table


def load_customers(data: Any, about: CustomerSchema | None = None) -> tuple[CustomerTable, list[Finding]]:
    """Read a table of customers, set the rows that break a rule aside, and return it with what was found."""
    said = CustomerSchema() if about is None else about
    check_types(said)
    with opened(data, form=_form(said)) as source:
        who = said.customer_id or found_column(source, [plain(ID), *ROLES[ID].synonyms])
        require_columns(source, said, who)
        count = load(source, list(source.columns))
        if count == 0:
            raise DataError(f"{source.label} has no rows.", hint="leave customers= out where there are no attributes.")
        with said_plainly(source.label):
            columns = columns_of(source, who, said)
            source.refuse_twice([*columns.places, *(said.attributes or ()), *said.known_ahead])
            found = attributes_of(source, columns.attributes, said)
            times = {column: one.read for column, one in found.items() if one.kind == "time"}
            dated, no_times = without_no_times(source, times, said.timezone or "UTC")
            casts = _casts(source, columns, {column: one.read for column, one in found.items()} | dated, said)
            rules = rules_of_customers(casts, columns.who, columns.validity, no_times)
            tally, all_rows = _checked(source, rules), EngineRows(source, count, staged=True)
            findings = findings_of(source, all_rows, tally, columns.places)
            refused = refused_rows(source, all_rows, tally.all_refused, [tally])
            table = _table(source, casts, tally.all_refused)
        demand_all_rows(source.label, read=count, refused=refused.num_rows, handed=Handed(table.num_rows))
    return finished(table, found, columns.validity, said, refused if refused.num_rows else None), findings


def about_customers(schemas: Sequence[Schema]) -> CustomerSchema:
    """Return what is said of the customers table; zone and format of times are those of the interactions if not said."""
    said = next((schema.customers for schema in schemas if schema.customers is not None), CustomerSchema())
    first = schemas[0]
    alike = ("timezone", "time_format", "decimal", "thousands", "missing")
    return replace(said, **{name: getattr(first, name) for name in alike if getattr(said, name) is None})


def _form(about: CustomerSchema) -> TextForm:
    said = bool(about.delimiter or about.skip)
    return TextForm(delimiter=about.delimiter, skip=about.skip, encoding=about.encoding, said=said)


def _casts(source: Opened, columns: Columns, found: Mapping[str, Cast], about: CustomerSchema) -> dict[str, Cast]:
    casts: dict[str, Cast] = {ID: id_cast(source, columns.who, about)}
    zone = about.timezone or "UTC"
    since, until = columns.validity.since, columns.validity.until
    if since is not None:
        read = _time(source, since, FROM, about)
        start = source.held(since)
        make(source.con, {start: read.value})
        casts[FROM] = replace(read, value=made(start))
    if since is not None and until is not None:
        read, held = _time(source, until, TO, about), source.held(until)
        end = end_of(read, held, source.columns[until], start=source.held(since), now=_NEVER, timezone=zone)
        make(source.con, {held: end.reads})
        casts[TO] = _through(source, end, casts, columns)
    return {**casts, **found}


def _time(source: Opened, column: str, label: str, about: CustomerSchema) -> Cast:
    found = attributes_of(source, [column], about)[column]
    formats = found.formats if found.kind == "time" else said_formats(about, column) or ("iso",)
    kind, held = source.columns[column], source.held(column)
    return cast(column, kind, "instant", held=held, says=f"{label} (instant)", texts=texts_in(about, formats))


def _through(source: Opened, end: End, casts: dict[str, Cast], columns: Columns) -> End:
    """Move ends that name the last moment of a row, as in "valid through 31 March", to where it has ended."""
    key, since = casts[ID].value, f"({casts[FROM].value})"
    following = f"lead({since}) OVER (PARTITION BY {key} ORDER BY {since})"
    pairs = f"SELECT epoch_us({following}) - epoch_us({end.value}) AS gap FROM raw"
    found = rows(
        source.con, f"SELECT gap, count(*) FROM ({pairs}) WHERE gap IS NOT NULL GROUP BY gap ORDER BY 2 DESC, 1"
    )
    if not found or not 0 < found[0][0] <= _DAY or 2 * found[0][1] <= sum(count for _, count in found):
        return end
    logger.info(
        "the customers table's %s names the last moment of a row: the next one begins %s later.",
        columns.validity.until,
        "a day" if found[0][0] == _DAY else f"{found[0][0] / 1e6:g} s",
    )
    return replace(end, value=f"(({end.value}) + to_microseconds({int(found[0][0])}))")


def _checked(source: Opened, rules: list[Rule[str]]) -> Tally:
    """Return which rows of ``raw`` break which rules."""
    tally = Tally(rules, every=True)
    masks = ", ".join(f"({rule.broken}) AS {name(f'r{place}')}" for place, rule in enumerate(rules))
    tally.take(arrow(source.con, f"SELECT {masks} FROM raw"))
    return tally


def _table(source: Opened, casts: dict[str, Cast], refused: np.ndarray) -> pa.Table:
    source.con.register("refused", pa.table({"r": pa.array(refused, pa.int64())}))
    source.con.execute("DELETE FROM raw WHERE rowid IN (SELECT r FROM refused)")
    # by their places: the engine does not tell names apart that differ by case alone
    values = ", ".join(f"{read.value} AS {name(f'v{place}')}" for place, read in enumerate(casts.values()))
    order = ", ".join(name(f"v{place}") for place, label in enumerate(casts) if label in (ID, FROM, TO))
    return arrow(source.con, f"SELECT * FROM (SELECT {values} FROM raw) ORDER BY {order}").rename_columns(list(casts))
