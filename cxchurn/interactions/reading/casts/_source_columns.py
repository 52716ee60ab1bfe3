"""The columns of a source by its schema: that they are there, and how each is read."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from cxchurn._core import DataError, did_you_mean, listed, toml_value, typed
from cxchurn.interactions.reading.casts._casts import Cast, cast, family
from cxchurn.interactions.reading.casts.hints._other_ways import refuse_other_ways
from cxchurn.interactions.reading.casts.texts._conventions import facts_of, times_of
from cxchurn.interactions.reading.casts.texts._texts import texts_of
from cxchurn.interactions.reading.sources._opened import Opened
from cxchurn.interactions.reading.sources._sniffed import sniffed
from cxchurn.interactions.reading.sources._text_files import usual_delimiter
from cxchurn.interactions.schema._roles import CONSTANTS, ROLES, RoleType
from cxchurn.interactions.schema._schema import Schema, columns_of, constants_of, mapping, named


def require_columns(data: Opened, schema: Schema, columns: list[str]) -> None:
    """Raise an error for columns that are not there, or there more than once, with what may have been meant."""
    missing = [column for column in columns if column not in data.columns]
    data.refuse_twice(columns)
    if not missing:
        return
    meant = {column: label for label, column in mapping(schema).items()} | {
        later.column: "later" for later in schema.later
    }
    guesses = [f"for {column!r} {guess}" for column in missing if (guess := did_you_mean(column, data.columns))]
    constants = [(meant[column], column) for column in missing if meant[column] in CONSTANTS]
    hint = "; ".join(guesses) or "give the schema the names the data has."
    seen = _as_seen(data, schema)
    if seen:
        hint = seen
    elif len(constants) == len(missing) and not guesses:
        hint = _meant_for_all(constants)
    elif len(data.columns) == 1 and not data.typed:
        hint = "only one column was found: say what separates them, such as "
        hint += typed("delimiter=';' or delimiter='whitespace'.", 'delimiter = ";" under [format], or "whitespace".')
    elif not data.typed and schema.columns is None and not guesses:
        hint = "a file without a header needs its columns named in the schema: "
        hint += typed("columns=('customer', 'when', ...).", 'columns = ["customer", "when", ...] under [format].')
    raise DataError(
        f"{data.label} has no column {listed(f'{column!r} ({meant[column]})' for column in missing)}.",
        allowed=listed(data.columns, most=40),
        hint=hint,
    )


def _meant_for_all(constants: list[tuple[str, str]]) -> str:
    """Say how a label is written that was given in the place of a column."""
    role, label = constants[0]
    said = ", ".join(f"{name!r}: {one!r}" for name, one in constants)
    lines = "".join(f"\n  {name} = {toml_value(one)}" for name, one in constants)
    return f"if {label!r} is no column, but the {role} of all rows, write " + typed(
        f"Schema(constants={{{said}}}, ...).", f"it as a constant:\n  [constants]{lines}"
    )


def meant_columns(data: Opened, schema: Schema) -> list[str]:
    """Return a note for every constant that is the name of a column which the schema does not use."""
    used = set(columns_of(schema))
    return [
        f"the {role} of all rows is {label!r}, which is a column too: if that says it, write "
        + typed(f"Schema({role}={label!r}, ...).", f"{role} = {toml_value(label)} under [roles].")
        for role, label in constants_of(schema).items()
        if label in data.columns and label not in used
    ]


def _as_seen(data: Opened, schema: Schema) -> str:
    """Return what a schema should say of a text file that looks otherwise, "" where it looks as it says."""
    if data.files is None:
        return ""
    file = data.files.files[0]
    look = sniffed(data.files.place(file))
    if look is None or look.columns <= len(data.columns):
        return ""
    usual = schema.delimiter or usual_delimiter(file)
    says = []
    if look.delimiter != usual:
        mark = look.delimiter.replace("\t", "\\t")
        says.append(f'what separates the columns is {look.delimiter!r} and not {usual!r}: delimiter = "{mark}"')
    if look.skip > schema.skip:
        says.append(f"line {look.skip + 1} looks like the header: skip = {look.skip}")
    return f"say under [format] in the schema: {'; '.join(says)}." if says else ""


def casts_of(data: Opened, schema: Schema, told: Collection[str] = ()) -> dict[str, Cast]:
    """Return how the engine reads each mapped column and the times of each later-known one, or all that it cannot in one error.

    Parameters
    ----------
    data : Opened
        The source.
    schema : Schema
        What its columns mean.
    told : collection of str
        What cells say of how others of their column are meant; see `Conventions`.
    """
    types: dict[str, RoleType] = {
        **{label: role.type for label, role in ROLES.items()},
        **dict.fromkeys(named(schema.measures), "number"),
        **dict.fromkeys(named(schema.categories), "category"),
    }
    asked: list[tuple[str, str, RoleType, str]] = [
        *((label, column, types[label], label) for label, column in mapping(schema).items()),
        *((times_of(later.column), later.column, "instant", "later") for later in schema.later),
    ]
    problems: list[str] = []
    casts: dict[str, Cast] = {}
    for label, column, role, says in asked:
        try:
            facts, held = facts_of(told, label), data.held(column)
            casts[label] = cast_column(column, data.columns[column], role, says, schema, held, facts)
            if facts:
                refuse_other_ways(data, schema, column, says, casts[label], facts)
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
    column: str,
    sql_type: str,
    role: RoleType,
    label: str,
    schema: Schema,
    held: str,
    told: Collection[str] | None = None,
) -> Cast:
    """Return how a column is read in a role, by what its schema says of how texts are written."""
    texts = texts_of(schema, column, label)
    return cast(column, sql_type, role, held=held, told=told, says=f"{label} ({role})", texts=texts)
