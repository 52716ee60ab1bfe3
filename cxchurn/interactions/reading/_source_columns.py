"""The columns of a source by its schema: that they are there, and how each is read."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from cxchurn._core import DataError, did_you_mean, listed
from cxchurn.interactions.reading._casts import Cast, cast, family
from cxchurn.interactions.reading._conventions import times_of
from cxchurn.interactions.reading._sources import Opened
from cxchurn.interactions.schema._roles import ROLES, RoleType
from cxchurn.interactions.schema._schema import Schema, mapping, named


def require_columns(data: Opened, schema: Schema, columns: list[str]) -> None:
    """Raise an error for columns that are not there, or there more than once, with what may have been meant."""
    missing = [column for column in columns if column not in data.columns]
    data.refuse_twice(columns)
    if not missing:
        return
    meant = {column: label for label, column in mapping(schema).items()} | {later.at: "later" for later in schema.later}
    guesses = [f"for {column!r} {guess}" for column in missing if (guess := did_you_mean(column, data.columns))]
    hint = "; ".join(guesses) or "give the schema the names the data has."
    if len(data.columns) == 1 and not data.typed:
        hint = "only one column was found: say what separates them, such as delimiter=';' or delimiter='whitespace'."
    elif not data.typed and schema.columns is None and not guesses:
        hint = "a file without a header needs its columns named in the schema: columns=('customer', 'when', ...)."
    raise DataError(
        f"{data.label} has no column {listed(f'{column!r} ({meant[column]})' for column in missing)}.",
        allowed=listed(data.columns, most=40),
        hint=hint,
    )


def casts_of(data: Opened, schema: Schema, told: Collection[str] = ()) -> dict[str, Cast]:
    """Return how the engine reads each mapped column and the times of each later-known one, or all that it cannot in one error.

    Parameters
    ----------
    data : Opened
        The source.
    schema : Schema
        What its columns mean.
    told : collection of str
        The columns some of whose cells say how others are meant; see `Conventions`.
    """
    types: dict[str, RoleType] = {
        **{label: role.type for label, role in ROLES.items()},
        **dict.fromkeys(named(schema.measures), "number"),
        **dict.fromkeys(named(schema.categories), "category"),
    }
    asked: list[tuple[str, str, RoleType, str]] = [
        *((label, column, types[label], label) for label, column in mapping(schema).items()),
        *((times_of(later.at), later.at, "instant", "later") for later in schema.later),
    ]
    problems: list[str] = []
    casts: dict[str, Cast] = {}
    for label, column, role, says in asked:
        try:
            kind, held = data.columns[column], data.held(column)
            casts[label] = cast_column(column, kind, role, says, schema, held, label in told)
        except DataError as error:
            problems.append(str(error))
    if problems:
        raise DataError(f"{data.label} and its schema do not fit:\n" + "\n".join(problems))
    if "event_id" in casts and family(data.columns[str(schema.event_id)]) == "integer":
        # to the last figure, however many there are: nothing is counted with these
        exact = f"CAST(raw.{data.held(str(schema.event_id))} AS VARCHAR)"
        casts["event_id"] = replace(casts["event_id"], value=exact, certain=True)
    return casts


def cast_column(
    column: str, sql_type: str, role: RoleType, label: str, schema: Schema, held: str, told: bool | None = None
) -> Cast:
    """Return how a column is read in a role, by what its schema says of zones and times."""
    how = {"says": f"{label} ({role})", "timezone": schema.timezone, "time_format": schema.time_format}
    return cast(column, sql_type, role, held=held, told=told, **how)  # type: ignore[arg-type]
