"""Reading a request: the user's columns, as they came through Python or JSON, become a log of the customers in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from cxchurn._core import DataError, UsageError, did_you_mean, instant, iso, listed
from cxchurn.interactions import (
    CustomerSchema,
    InteractionLog,
    Schema,
    Source,
    constants_of,
    log_ids,
    mapping,
    narrowed,
    read_interactions,
)
from cxchurn.model import ChurnModel
from cxchurn.tracking.served._columns import ATTRIBUTE, SOURCE, attributes_needed, dates_of, needed_roles
from cxchurn.tracking.served._unknown import PARAMETERS

_MOST_REASONS = 20


@dataclass(frozen=True)
class Asked:
    """What is asked about the customers of a request.

    Parameters
    ----------
    at : str or None
        The cut-off; None for the end of the day of the last interaction.
    reasons : int
        How many reasons for each customer.
    """

    at: str | None = None
    reasons: int = 3


def asked_of(params: dict[str, Any] | None) -> Asked:
    """Return what inference parameters ask for, or say what is wrong with them."""
    given = dict(params or {})
    known = PARAMETERS
    unknown = [name for name in given if name not in known]
    if unknown:
        raise UsageError(
            f"there is no parameter {listed(map(repr, unknown))}.",
            allowed=listed(known),
            hint=did_you_mean(str(unknown[0]), known),
        )
    reasons = given.get("reasons")
    if isinstance(reasons, (bool, np.bool_)) or not (reasons is None or 0 <= reasons <= _MOST_REASONS):
        raise UsageError(f"reasons is {reasons!r}.", allowed=f"a whole number from 0 to {_MOST_REASONS}")
    at = given.get("at")
    return Asked(at if at is None or str(at).strip() else None, 3 if reasons is None else int(reasons))


def read_request(model: ChurnModel, frame: pd.DataFrame, at: str | None) -> InteractionLog:
    """Return the log that a request holds.

    Parameters
    ----------
    model : ChurnModel
    frame : DataFrame
        One row an interaction, in the columns of the log the model learned from; what is on file about a customer in columns
        that begin with ``customers.``, on any of the customer's rows (rows with nothing else count as no interaction); of a
        model of several sources ``log.source`` says which one a row is of, counted from 0.
    at : str or None
        The cut-off: the request is taken to be complete until then.
    """
    about = [name for name in frame.columns if str(name).startswith(ATTRIBUTE)]
    events = frame.drop(columns=about)
    bare = _bare(model, events) if about else np.zeros(len(frame), dtype=bool)
    parts = list(_by_source(model, events[~bare]))
    sources = [Source(_with_ids(model, schema, part), schema) for schema, part in parts]
    mapped = {name for schema, _ in parts for name in (*mapping(schema), *constants_of(schema))}
    only = [name for name in model.features_.columns_ if name in mapped]
    log = read_interactions(sources, customers=_customers(model, frame, about), only=only)
    return log if at is None else _complete_until(log, instant(at, name="at", timezone=model.features_.timezone_))


def _complete_until(log: InteractionLog, at: np.datetime64) -> InteractionLog:
    """Return the log, complete until an instant where that is after the last interaction: nothing was done since."""
    now = np.datetime64("now", "us")
    if at > now:
        raise UsageError(f"at is {iso(at)}, which is after the present ({iso(now)}).")
    if at <= log.observed_until:
        return log
    return InteractionLog(
        log.events,
        schemas=log.schemas,
        measures=log.measures,
        categories=log.categories,
        customers=log.customers,
        validation=log.validation,
        refused=None,
        observed_until=at,
        schema_guessed=False,
        arrivals=log.arrivals,
        end_given=True,
    )


def _by_source(model: ChurnModel, events: pd.DataFrame) -> Iterator[tuple[Schema, pd.DataFrame]]:
    """Yield the rows of each source with what its columns mean; a source without rows only where there is one alone."""
    schemas = model.schemas_
    if len(schemas) == 1:
        yield _there(model, schemas[0], events), events
        return
    places = _places(events, len(schemas))
    for number, schema in enumerate(schemas):
        rows = events[places == number]
        if len(rows):
            yield _there(model, schema, rows), rows


def _places(events: pd.DataFrame, sources: int) -> np.ndarray:
    said = pd.to_numeric(events[SOURCE], errors="coerce") if SOURCE in events else pd.Series(np.nan, events.index)
    odd = ~said.isin(range(sources))
    if odd.any():
        raise UsageError(
            f"{SOURCE} does not say of {odd.sum():,} of {len(events):,} rows which source they are of.",
            allowed=f"0 to {sources - 1}, in the order in which the sources of the training log were given",
        )
    return said.to_numpy(dtype=np.int64)


def _there(model: ChurnModel, schema: Schema, rows: pd.DataFrame) -> Schema:
    """Return a schema without what the request lacks and the model does not look at."""
    needed, names = needed_roles(model), mapping(schema)
    absent = {name for name, column in names.items() if column not in rows and name not in needed}
    later = tuple(one for one in schema.later if one.at in rows or set(one.columns) & needed)
    # how a text file was written says nothing about a request
    plain = replace(schema, columns=None, delimiter=None, later=later, customers=_attributes(model))
    return narrowed(plain, frozenset({*names, *constants_of(schema)} - absent))


def _attributes(model: ChurnModel) -> CustomerSchema:
    """Return what the customers table of the training log meant, of the attributes that the model looks at."""
    said = next((schema.customers for schema in model.schemas_ if schema.customers is not None), CustomerSchema())
    needed = tuple(attributes_needed(model))
    ahead, percent = (tuple(name for name in names if name in needed) for names in (said.known_ahead, said.percent))
    return replace(said, attributes=needed, known_ahead=ahead, percent=percent)


def _bare(model: ChurnModel, events: pd.DataFrame) -> np.ndarray:
    """Return which rows only say what is on file about a customer: they have no time; bool, shape ``(n,)``."""
    times = [schema.timestamp for schema in model.schemas_ if schema.timestamp in events]
    return events[times].isna().all(axis=1).to_numpy() if times else np.zeros(len(events), dtype=bool)


def _customers(model: ChurnModel, frame: pd.DataFrame, about: list[str]) -> pd.DataFrame | None:
    """Return what is on file about the customers of a request as a table, each row once."""
    if not about:
        return None
    said = next((schema.customers for schema in model.schemas_ if schema.customers is not None), None)
    who = (said.customer_id if said is not None else None) or "customer_id"
    table = frame[about].rename(columns=lambda name: name.removeprefix(ATTRIBUTE))
    table.insert(0, who, _ids(model, frame))
    says = table.drop(columns=who).notna().any(axis=1)
    if says.any():
        return table[says].drop_duplicates(ignore_index=True)
    # nothing is on file about anybody: since when says nothing either
    return table.drop(columns=[name for name in table if name in dates_of(model)]).drop_duplicates(ignore_index=True)


def _ids(model: ChurnModel, frame: pd.DataFrame) -> np.ndarray:
    names = list(dict.fromkeys(schema.customer_id for schema in model.schemas_ if schema.customer_id in frame))
    if not names:
        raise DataError(
            "the request does not say whose interactions these are.",
            allowed=f"a column {listed(dict.fromkeys(repr(schema.customer_id) for schema in model.schemas_))}",
        )
    found = frame[names[0]]
    for name in names[1:]:
        found = found.where(found.notna(), frame[name])
    return log_ids(found, model.ids_, what="the request")


def _with_ids(model: ChurnModel, schema: Schema, rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows with ids as the log had them that the model learned from: through JSON, numbers become text or decimals."""
    if schema.customer_id not in rows or not len(rows):
        return rows
    return rows.assign(**{schema.customer_id: log_ids(rows[schema.customer_id], model.ids_, what="the request")})
