"""Reading interactions: one or several sources, checked at once, become one log."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cxchurn._core import DAY, DataError, UsageError, instant, logger, step
from cxchurn.interactions._customers import CustomerTable, load_customers, with_ids
from cxchurn.interactions._events import LATER, canonical
from cxchurn.interactions._log import InteractionLog
from cxchurn.interactions._reading import Reading, read_source
from cxchurn.interactions._roles import ROLES
from cxchurn.interactions._schema import Schema, named
from cxchurn.interactions._sources import Source
from cxchurn.interactions._tables import stacked
from cxchurn.interactions._validation import Finding, Validation


def read_interactions(
    data: Any,
    schema: Schema | str | Path | None = None,
    *,
    customers: Any = None,
    on_error: str = "raise",
    quarantine: str | Path | None = None,
    observed_until: Any = None,
    now: Any = None,
) -> InteractionLog:
    """Read the interactions your customers had with you, and check every row.

    Parameters
    ----------
    data : path, frame, table, relation, Query, Source or list of Source
        A file (Parquet, CSV, TSV, text, JSON lines), a folder, a pattern, a frame of pandas or polars, an Arrow table,
        a DuckDB relation, a `Query`; or several `Source`, each with its schema, that become one log.
    schema : Schema or path, optional
        What the columns mean, or the TOML file that says so. By default columns that carry the names of roles play
        them and the others are guessed; what was guessed is logged as a warning.
    customers : path, frame, table or CustomerTable, optional
        Attributes of the customers: one row a customer, or dated by ``valid_from``. Where its columns have other
        names, read it with `read_customers`.
    on_error : {"raise", "quarantine"}
        What happens to rows that break a rule: an error with the report, or they are set aside in ``log.refused``.
    quarantine : path, optional
        Where the rows set aside are written too, as Parquet; those of the customers table beside it, as
        ``...-customers.parquet``.
    observed_until : instant, optional
        The log is complete before this instant; by default the midnight (UTC) after its last interaction.
    now : instant, optional
        Times after this one are in the future, and refused; by default the present.

    Returns
    -------
    InteractionLog
        The log.

    Raises
    ------
    DataError
        Where the data cannot be read, or a rule is broken and `on_error` is "raise"; the text is the whole report.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"customer_id": [1], "timestamp": ["2024-05-01T10:00:00Z"], "kind": ["purchase"]})
    >>> read_interactions(frame)
    InteractionLog: 1 interactions of 1 customers, 2024-05-01T10:00:00 .. 2024-05-02
      roles: customer_id, kind, known_at, timestamp
    """
    if on_error not in ("raise", "quarantine"):
        raise UsageError(f"on_error is {on_error!r}.", allowed="'raise' or 'quarantine'")
    if quarantine is not None and on_error == "raise":
        raise UsageError(
            "quarantine= says where refused rows go, but none are set aside.", hint="add on_error='quarantine'."
        )
    keep = on_error == "quarantine"
    end = None if observed_until is None else instant(observed_until, name="observed_until")
    with step("reading interactions"):
        readings, attributes, validation = _read_all(data, schema, customers, now, keep)
    if not keep:
        validation.raise_if_broken()
    refused = stacked([reading.refused for reading in readings]) if keep else None
    if quarantine is not None:
        _write(refused, Path(quarantine))
        if attributes is not None and attributes.refused is not None:
            _write(attributes.refused, Path(quarantine).with_name(f"{Path(quarantine).stem}-customers.parquet"))
    if validation.rows_kept == 0:
        raise DataError(
            f"no row is left.\n{validation}", hint="check the schema against the data: every row breaks a rule."
        )
    return _log(readings, attributes, validation, refused, end)


def validate_interactions(
    data: Any, schema: Schema | str | Path | None = None, *, customers: Any = None, now: Any = None
) -> Validation:
    """Check every row of interactions and of the customers table, and return the report instead of raising it.

    Parameters
    ----------
    data, schema, customers, now
        As in `read_interactions`.

    Returns
    -------
    Validation
        Rows read, kept and refused, and every rule with counts and examples.

    Raises
    ------
    DataError
        Where the data cannot be read at all: no such file, no such column.
    """
    return _read_all(data, schema, customers, now, keep=False)[2]


def _read_all(
    data: Any, schema: Any, customers: Any, now: Any, keep: bool
) -> tuple[list[Reading], CustomerTable | None, Validation]:
    present = np.datetime64("now", "us") if now is None else instant(now, name="now")
    sources = _sources(data, schema)
    readings = [read_source(source, now=present, keep_refused=keep) for source in sources]
    for reading in readings:
        if reading.guess:
            logger.warning(reading.guess)
    _check_alike(readings)
    findings = [found for reading in readings for found in reading.findings]
    attributes, more = _attributes(customers, readings[0].ids)
    rows = sum(reading.rows_read for reading in readings), sum(reading.rows_refused for reading in readings)
    return readings, attributes, Validation(*rows, (*findings, *more))


def _sources(data: Any, schema: Any) -> list[Source]:
    several = isinstance(data, Sequence) and not isinstance(data, str)
    if not several and not isinstance(data, Source):
        return [Source(data, schema)]
    sources = list(data) if several else [data]
    if schema is not None or not sources or not all(isinstance(source, Source) for source in sources):
        raise UsageError(
            "several sources are given as a list of Source, each with its own schema.",
            hint="[Source('orders.parquet', 'orders.toml'), Source('tickets.parquet', 'tickets.toml')]",
        )
    return sources


def _attributes(customers: Any, ids: str) -> tuple[CustomerTable | None, list[Finding]]:
    if customers is None:
        return None, []
    table, findings = (customers, []) if isinstance(customers, CustomerTable) else load_customers(customers)
    return with_ids(table, ids), findings


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


def _log(
    readings: list[Reading],
    attributes: CustomerTable | None,
    validation: Validation,
    refused: pa.Table | None,
    observed_until: np.datetime64 | None,
) -> InteractionLog:
    events = pa.concat_tables([reading.events for reading in readings], promote_options="default")
    measures, categories = _names(readings, "measures"), _names(readings, "categories")
    order = [*(role for role in ROLES if role in events.column_names), *measures, *categories, LATER]
    events = canonical(events.select(order))
    if observed_until is None:
        last = np.datetime64(pc.max(events["timestamp"]).value, "us").astype("int64")
        observed_until = np.datetime64((int(last) // DAY + 1) * DAY, "us")
    return InteractionLog(
        events,
        schemas=tuple(reading.schema for reading in readings),
        measures=measures,
        categories=categories,
        customers=attributes,
        validation=validation,
        refused=refused,
        observed_until=observed_until,
        schema_guessed=any(reading.guess for reading in readings),
    )


def _write(table: pa.Table | None, path: Path) -> None:
    # under another name until it is whole: a file that looks complete is
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            pq.write_table(table, part, compression="zstd")
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(
            f"the refused rows cannot be written to {path}: {error.strerror or error}.",
            hint="choose a file in a folder you may write to.",
        ) from error
