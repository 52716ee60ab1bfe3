"""A log whose events are elsewhere: what is known of all shards together, checked as a log is when it is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Any

import numpy as np
import pyarrow as pa

from cxchurn._core import DataError, listed, logger
from cxchurn.interactions.log._currencies import check_currency
from cxchurn.interactions.log._customer_table import CustomerTable
from cxchurn.interactions.log._log import InteractionLog
from cxchurn.interactions.log._spelling import notes_on
from cxchurn.interactions.log._until import check_end, end_of, named_zones, say_zones, with_ends
from cxchurn.interactions.log._validation import Finding, Validation
from cxchurn.interactions.shards._reading import Sharding, arrivals_of, read_shard
from cxchurn.interactions.shards._report import ShardReport
from cxchurn.interactions.store._arrivals import Arrivals
from cxchurn.interactions.store._crowd import strangers
from cxchurn.interactions.store._nobody import nobodies


class LogOutline(InteractionLog):
    """What is known of a log whose events are divided over many machines; it has no events itself.

    Attributes
    ----------
    report : ShardReport
        What the shards found, together.
    """

    report: ShardReport

    @property
    def start(self) -> np.datetime64 | None:
        """When the first interaction happened, ``datetime64[us]``; None for a log without events."""
        return None if self.report.start is None else np.datetime64(self.report.start, "us")

    def __len__(self) -> int:
        return self.report.events

    def __repr__(self) -> str:
        return f"LogOutline: {len(self):,} interactions of {self.report.customers:,} customers, divided over machines"


def outline_of(
    report: ShardReport,
    about: Sharding,
    *,
    customers: CustomerTable | None = None,
    findings: tuple[Finding, ...] = (),
    notes: tuple[str, ...] = (),
    observed_until: Any = None,
    on_error: str = "raise",
) -> LogOutline:
    """Check what all shards found together, as `read_interactions` checks what it read, and return the log's outline.

    Parameters
    ----------
    report : ShardReport
    about : Sharding
    customers : CustomerTable, optional
    findings, notes : tuple
        What is to be said beside what the rows say.
    observed_until, on_error
        As in `read_interactions`.

    Raises
    ------
    DataError
        Where a rule is broken and `on_error` is "raise"; where a source has no row, or none is left; for several currencies.
    """
    _demand_rows(report, about)
    validation = validation_of(report, about, findings, notes)
    for note in validation.notes:
        logger.warning(note)
    if on_error == "raise":
        validation.raise_if_broken()
    check_currency(dict(report.currencies.most_common()))
    if validation.rows_kept == 0:
        raise DataError(
            f"no row is left.\n{validation}", hint="check the schema against the data: every row breaks a rule."
        )
    say_zones(about.schemas)
    arrivals = with_ends(arrivals_of(report, about), observed_until, named_zones(about.schemas)[0])
    end = end_of(arrivals, about.schemas, observed_until, about.now)
    given = observed_until is not None and not isinstance(observed_until, Mapping)
    log = without_events(report, about, customers, validation=validation, arrivals=arrivals, end=end, end_given=given)
    check_end(min([end, *(one.until for one in arrivals if one.until is not None)]), log.start)
    return log


def without_events(
    report: ShardReport,
    about: Sharding,
    customers: CustomerTable | None = None,
    *,
    validation: Validation | None = None,
    arrivals: tuple[Arrivals, ...] = (),
    end: np.datetime64 | None = None,
    end_given: bool = False,
) -> LogOutline:
    """Return the outline of a log, with the columns that its shards have."""
    empty, _ = read_shard([pa.table({})] * len(about.schemas), about)
    log = LogOutline(
        empty.events,
        schemas=about.schemas,
        measures=empty.measures,
        categories=empty.categories,
        customers=customers,
        validation=empty.validation if validation is None else validation,
        refused=None,
        observed_until=about.now if end is None else end,
        schema_guessed=False,
        arrivals=arrivals,
        end_given=end_given,
    )
    log.report = report
    return log


def validation_of(
    report: ShardReport, about: Sharding, findings: Iterable[Finding] = (), notes: Iterable[str] = ()
) -> Validation:
    """Return what reading found in all shards, and beside them."""
    found = (*(finding for one in report.sources for finding in one.findings), *findings)
    nobody = nobodies(report.nobodies, rows=report.events, customers=report.customers)
    said = [*_ids_notes(report, about), *notes_on(report.labels), *nobody, *_strangers(report, about), *notes]
    rows_read = sum(one.rows_read for one in report.sources)
    refused, repeated = (
        sum(getattr(one, what) for one in report.sources) for what in ("rows_refused", "rows_repeated")
    )
    return Validation(rows_read, refused, found, tuple(said), repeated)


def _demand_rows(report: ShardReport, about: Sharding) -> None:
    empty = [name for name, one in zip(about.names, report.sources, strict=True) if not one.rows_read]
    if empty:
        verb = "has" if len(empty) == 1 else "have"
        raise DataError(f"{listed(empty)} {verb} no rows.", hint="check that it is the right frame.")


def _ids_notes(report: ShardReport, about: Sharding) -> list[str]:
    found = [
        note for name, one in zip(about.names, report.sources, strict=True) for note in one.conventions.notes(name)
    ]
    if not about.mixed:
        return found
    crowds = [one.crowd for one in report.sources]
    types = "the customers' ids are whole numbers in some sources and text in others"
    if not any(a.meets(b) for a, b in combinations(crowds, 2)):
        raise DataError(
            f"{types}, and no customer is in two of them.",
            hint="make them alike: events.withColumn(..., ...cast('string')).",
        )
    return [*found, f"{types}: all are read as text."]


def _strangers(report: ShardReport, about: Sharding) -> list[str]:
    return strangers([(name, one.crowd) for name, one in zip(about.names, report.sources, strict=True)])
