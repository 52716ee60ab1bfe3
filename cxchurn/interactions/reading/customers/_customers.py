"""Reading the customers table: who, since when, until when, and what each column holds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from cxchurn._core import DataError
from cxchurn.interactions.log._customer_table import FROM, ID, TO, CustomerTable
from cxchurn.interactions.log._validation import Finding, Validation
from cxchurn.interactions.reading._engine import said_plainly
from cxchurn.interactions.reading.casts._casts import Cast, cast
from cxchurn.interactions.reading.casts._engine_rows import EngineRows
from cxchurn.interactions.reading.customers._attribute_kinds import attributes_of, said_formats, texts_in
from cxchurn.interactions.reading.customers._customer_cells import CustomerCells, cells_of
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
from cxchurn.interactions.reading.rules._findings import findings_of, refused_rows
from cxchurn.interactions.reading.rules._tally import Tally
from cxchurn.interactions.reading.sources._opened import Opened, load, opened
from cxchurn.interactions.reading.sources._text_form import TextForm
from cxchurn.interactions.schema._customer_schema import CustomerSchema
from cxchurn.interactions.schema._roles import ROLES, plain
from cxchurn.interactions.schema._text import Formats
from cxchurn.interactions.store._counts import Handed, demand_all_rows


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
    percent: tuple[str, ...] = (),
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
    decimal, thousands, missing, percent : optional
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
        percent=percent,
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
            casts = {**_casts(source, columns, said), **{column: one.read for column, one in found.items()}}
            times = [column for column, one in found.items() if one.kind == "time"]
            cells = cells_of(source, casts, columns.validity, times, said.timezone or "UTC")
            tally = Tally(rules_of_customers(casts, columns.who, columns.validity, times), every=True)
            kept, all_rows = tally.look(cells, 0), EngineRows(source, count, staged=True)
            findings = findings_of(source, all_rows, tally, columns.places)
            refused = refused_rows(source, all_rows, tally.all_refused, [tally])
            table = _table(cells, kept)
        demand_all_rows(source.label, read=count, refused=refused.num_rows, handed=Handed(table.num_rows))
    return finished(table, found, columns.validity, said, refused if refused.num_rows else None), findings


def _form(about: CustomerSchema) -> TextForm:
    said = bool(about.delimiter or about.skip)
    return TextForm(delimiter=about.delimiter, skip=about.skip, encoding=about.encoding, said=said)


def _casts(source: Opened, columns: Columns, about: CustomerSchema) -> dict[str, Cast]:
    casts: dict[str, Cast] = {ID: id_cast(source, columns.who, about)}
    since, until = columns.validity.since, columns.validity.until
    if since is not None:
        casts[FROM] = _time(source, since, FROM, about)
        casts |= {} if until is None else {TO: _time(source, until, TO, about)}
    return casts


def _time(source: Opened, column: str, label: str, about: CustomerSchema) -> Cast:
    found = attributes_of(source, [column], about)[column]
    formats = found.formats if found.kind == "time" else said_formats(about, column) or ("iso",)
    kind, held = source.columns[column], source.held(column)
    return cast(column, kind, "instant", held=held, says=f"{label} (instant)", texts=texts_in(about, formats))


def _table(cells: CustomerCells, kept: np.ndarray | None) -> pa.Table:
    """Return the rows kept, in the order of customers and times."""
    table = pa.table(cells.columns)
    table = table if kept is None else table.filter(pa.array(kept))
    return table.sort_by([(label, "ascending") for label in (ID, FROM, TO) if label in cells.columns])
