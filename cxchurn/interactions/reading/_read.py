"""Reading interactions: one or several sources, checked at once, become one log."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from cxchurn._core import DataError, UsageError, instant, logger, step
from cxchurn.interactions.log._currencies import check_currency, currencies_in, mixed
from cxchurn.interactions.log._customer_table import CustomerTable
from cxchurn.interactions.log._log import InteractionLog
from cxchurn.interactions.log._noticed import noticed
from cxchurn.interactions.log._until import check_end, end_of, named_zones, say_zones, with_ends
from cxchurn.interactions.log._validation import Finding, Validation
from cxchurn.interactions.log.description._describe import describe
from cxchurn.interactions.reading._combined import Combined, read_combined
from cxchurn.interactions.reading._only import asked_columns
from cxchurn.interactions.reading._outputs import check_not_read, harmless
from cxchurn.interactions.reading._source_files import names_sources, sources_of
from cxchurn.interactions.reading._way import Way
from cxchurn.interactions.reading.customers._customer_ids import check_fit, with_ids
from cxchurn.interactions.reading.customers._customers import load_customers
from cxchurn.interactions.reading.sources._sources import Source
from cxchurn.interactions.reading.sources._tables import stacked
from cxchurn.interactions.schema._about_customers import about_customers
from cxchurn.interactions.schema._schema import Schema
from cxchurn.interactions.store._memory import memory_of, say_what_is_possible


def read_interactions(
    data: Any,
    schema: Schema | str | Path | None = None,
    *,
    customers: Any = None,
    on_error: str = "raise",
    quarantine: str | Path | None = None,
    observed_until: Any = None,
    now: Any = None,
    only: Sequence[str] | None = None,
    memory_limit: str | None = None,
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
        Attributes of the customers: one row a customer, or dated by ``valid_from`` (and ``valid_to``). Where its columns
        have unusual names, say them in the schema (`Schema.customers`), or read it with `read_customers`.
    on_error : {"raise", "quarantine"}
        What happens to rows that break a rule: an error with the report, or they are set aside in ``log.refused``.
    quarantine : path, optional
        Where the rows set aside are written too, as ``.parquet``, or as ``.csv`` with an apostrophe before texts that a
        spreadsheet would run; those of the customers table beside it, as ``...-customers``. Never what is read.
    observed_until : instant or mapping of str to instant, optional
        The log is complete before this instant: also where interactions seem to stop earlier, which is not looked into
        then. By default the midnight (of the log's zone) after its last interaction, but never after `now`. Of several
        sources, some may be complete until another instant: by their names in reports (such as ``"orders.parquet"``) or
        as ``Source(..., observed_until=)``. Text without a zone is on the clock of the schema's.
    now : instant, optional
        Times after this one are in the future, and refused; by default the present.
    only : sequence of str, optional
        The roles, measures and categories the log shall have, beside who, when and what kind; by default all that the
        schema maps. Of Parquet files nothing else is read, nor checked, unless it has to be: for rows that may break a
        rule, and for events of one customer at one instant, whose order is that of all columns.
    memory_limit : str, optional
        Such as ``"2GB"``, for a log larger than memory: the events are divided by customer into parts in a temporary
        folder (``TMPDIR`` says where), and ``log.parts`` reads them one at a time. A part takes about a thirty-second of
        the limit. Reading takes some hundred megabytes whatever the limit: where it is smaller than that, it is said before
        the work begins. By default the log is in memory.

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
    _check_options(on_error, quarantine)
    if quarantine is not None:
        check_quarantine(quarantine, [*_sources(data, schema), customers])
    keep = on_error == "quarantine"
    way = Way(
        np.datetime64("now", "us") if now is None else instant(now, name="now"),
        keep,
        memory=None if memory_limit is None else memory_of(memory_limit),
        only=asked_columns(only),
    )
    if way.memory is not None:
        say_what_is_possible(way.memory)
    with step("reading interactions"):
        found, attributes, validation = _read_all(_sources(data, schema), customers, way)
    for note in validation.notes:
        logger.warning(note)
    if not keep:
        validation.raise_if_broken()
    check_currency(currencies_in(found.events))
    refused = stacked([reading.refused for reading in found.readings]) if keep else None
    if quarantine is not None:
        _set_aside(refused, attributes, Path(quarantine))
    if validation.rows_kept == 0:
        usual = "check the schema against the data: every row breaks a rule."
        raise DataError(f"no row is left.\n{validation}", hint=" ".join(validation.advice) or usual)
    return _log(found, attributes, validation, refused, observed_until, way.now)


def _log(
    found: Combined,
    attributes: CustomerTable | None,
    validation: Validation,
    refused: pa.Table | None,
    observed_until: Any,
    now: np.datetime64,
) -> InteractionLog:
    schemas = tuple(reading.schema for reading in found.readings)
    say_zones(schemas)
    arrivals = with_ends([one.arrivals for one in found.readings], observed_until, named_zones(schemas)[0])
    log = InteractionLog(
        found.events,
        schemas=schemas,
        measures=found.names("measures"),
        categories=found.names("categories"),
        customers=attributes,
        validation=validation,
        refused=refused,
        arrivals=arrivals,
        observed_until=end_of(arrivals, schemas, observed_until, now),
        end_given=observed_until is not None and not isinstance(observed_until, Mapping),
        schema_guessed=any(reading.guess for reading in found.readings),
    )
    check_end(min([log.observed_until, *(one.until for one in arrivals if one.until is not None)]), log.start)
    return log


def _check_options(on_error: str, quarantine: str | Path | None) -> None:
    if on_error not in ("raise", "quarantine"):
        raise UsageError(f"on_error is {on_error!r}.", allowed="'raise' or 'quarantine'")
    if quarantine is not None and on_error == "raise":
        raise UsageError(
            "quarantine= says where refused rows go, but none are set aside.", hint="add on_error='quarantine'."
        )


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
        Rows read, kept and refused, every rule with counts and examples, and what is worth a look: sources and kinds that
        stopped arriving, and holes of days; with a `Description` of the rows kept.

    Raises
    ------
    DataError
        Where the data cannot be read at all: no such file, no such column.
    """
    present = np.datetime64("now", "us") if now is None else instant(now, name="now")
    found, attributes, validation = _read_all(_sources(data, schema), customers, Way(present, keep_refused=False))
    silences = noticed([reading.arrivals for reading in found.readings])
    validation = replace(validation, notes=(*validation.notes, *silences))
    if validation.rows_kept:
        log = _log(found, attributes, validation, None, None, present)
        validation = replace(validation, description=describe(log))
    several = mixed(currencies_in(found.events))
    if several is None:
        return validation
    source = validation.findings[0].source if len(found.readings) == 1 else ""
    return replace(validation, findings=(*validation.findings, replace(several, source=source)))


def _read_all(sources: list[Source], customers: Any, way: Way) -> tuple[Combined, CustomerTable | None, Validation]:
    found = read_combined(sources, way)
    for reading in found.readings:
        if reading.guess:
            logger.warning(reading.guess)
    findings = [finding for reading in found.readings for finding in reading.findings]
    attributes, more, notes = _attributes(customers, found)
    notes = [*found.notes, *notes]
    rows_read = sum(reading.rows_read for reading in found.readings)
    rows_refused = sum(reading.rows_refused for reading in found.readings)
    repeated = sum(reading.rows_repeated for reading in found.readings)
    return found, attributes, Validation(rows_read, rows_refused, (*findings, *more), tuple(notes), repeated)


def _sources(data: Any, schema: Any) -> list[Source]:
    several = isinstance(data, Sequence) and not isinstance(data, str)
    if names_sources(data):
        if schema is not None:
            raise UsageError(f"{data} says itself what its columns mean.", hint="leave the schema out.")
        return sources_of(data)
    if not several and not isinstance(data, Source):
        return [Source(data, schema)]
    sources = list(data) if several else [data]
    if schema is not None or not sources or not all(isinstance(source, Source) for source in sources):
        raise UsageError(
            "several sources are given as a list of Source, each with its own schema.",
            hint="[Source('orders.parquet', 'orders.toml'), Source('tickets.parquet', 'tickets.toml')]",
        )
    return sources


def _attributes(customers: Any, found: Combined) -> tuple[CustomerTable | None, list[Finding], list[str]]:
    if customers is None:
        return None, [], []
    given = isinstance(customers, CustomerTable)
    about = about_customers([reading.schema for reading in found.readings])
    table, findings = (customers, []) if given else load_customers(customers, about)
    fitting, notes = with_ids(table, found.ids)
    return fitting, findings, [*notes, *check_fit(fitting, found.customers())]


def check_quarantine(path: str | Path, inputs: Iterable[Any]) -> tuple[Path, Path]:
    """Refuse a file for refused rows that is read, or is of a type that is not written.

    Returns
    -------
    (Path, Path)
        The files that are written: for rows of the log, and for rows of the customers table.
    """
    target, inputs = Path(path), list(inputs)
    if target.suffix.lower() not in (".parquet", ".csv"):
        raise UsageError(
            f"the refused rows cannot be written to {target}.", allowed="a file ending in .parquet or .csv"
        )
    files = (target, _beside(target))
    for file in files:
        check_not_read(file, inputs)
    return files


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.stem}-customers{path.suffix}")


def _set_aside(refused: pa.Table | None, attributes: CustomerTable | None, path: Path) -> None:
    _write(refused, path)
    if attributes is not None and attributes.refused is not None:
        _write(attributes.refused, _beside(path))


def _write(table: pa.Table | None, path: Path) -> None:
    # under another name until it is whole: a file that looks complete is
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            if path.suffix.lower() == ".csv":
                harmless((table or pa.table({})).to_pandas()).to_csv(part, index=False)
            else:
                pq.write_table(table, part, compression="zstd")
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(
            f"the refused rows cannot be written to {path}: {error.strerror or error}.",
            hint="choose a file in a folder you may write to.",
        ) from error
