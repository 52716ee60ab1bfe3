"""Guessing a schema from the names columns have: helpful, never silent."""

from __future__ import annotations

import re
from collections.abc import Mapping

from cxchurn._core import DataError, did_you_mean, listed
from cxchurn.interactions.reading._casts import family
from cxchurn.interactions.reading._engine import LINE, SOURCE, name, rows
from cxchurn.interactions.reading._sources import Opened
from cxchurn.interactions.schema._roles import ROLES, plain
from cxchurn.interactions.schema._schema import Later, Schema, mapping, named

_UNNAMED = re.compile(r"column_\d+|unnamed: ?\d+|__index_level_\d+__")
_SAMPLE = 10_000
_FEW = 100
_FITS = {
    "id": ("text", "integer", "number"),
    "instant": ("time", "text", "integer", "number"),
    "category": ("text", "integer", "flag"),
    "number": ("integer", "number", "flag", "span"),
    "flag": ("flag", "integer", "text"),
}


def facts_of(data: Opened) -> tuple[dict[str, str], dict[str, int], int]:
    """Return what kind each column of opened data is, and of its first rows how many different values each column holds, and
    how many different rows they are.

    Columns of text files whose every value is a number count as numbers.
    """
    types = {column: family(sql_type) for column, sql_type in data.columns.items()}
    asked = []
    for column in types:
        given = f"nullif(trim(CAST({data.held(column)} AS VARCHAR)), '')"
        asked.append(
            f"count(DISTINCT {given}), count({given}) > 0 AND count({given}) = count(TRY_CAST({given} AS DOUBLE))"
        )
    whole = f"count(DISTINCT hash({', '.join(map(data.held, types))}))"
    sample = f"(SELECT * FROM {SOURCE} WHERE {name(LINE)} IS NULL LIMIT {_SAMPLE})"
    *found, different = rows(data.con, f"SELECT {', '.join([*asked, whole])} FROM {sample}")[0]
    if not data.typed:
        types = {column: "number" if numeric else "text" for column, numeric in zip(types, found[1::2], strict=True)}
    return types, dict(zip(types, found[::2], strict=True)), different


def guess_schema(
    columns: Mapping[str, str], *, distinct: Mapping[str, int] | None = None, rows: int | None = None
) -> Schema:
    """Guess what columns mean from the names they have.

    Columns with exactly a role's name play that role; others are found by names such columns often have (``cust_id``,
    ``event_time``, ``channel``, ``amount``). Of the rest, numbers become measures and labels with few values
    categories; ids are left out, and so is everything that looks filled in later (``closed_code`` beside
    ``closed_at``): reading it as known from the start would be a leak. An ``event_id`` has to be another one in each
    different row.

    Parameters
    ----------
    columns : mapping
        Each column's name and what it holds: "text", "integer", "number", "flag", "time", "span" or "other".
    distinct : mapping, optional
        How many different values each column has; labels with more than 100 become no category.
    rows : int, optional
        How many different rows those values are of.

    Returns
    -------
    Schema
        The guess. Print it, correct it, and keep it in a file: ``guess.to_toml()``.

    Examples
    --------
    >>> guess_schema({"cust_id": "integer", "event_time": "time", "type": "text", "amount": "number"})
    Schema(customer_id='cust_id', timestamp='event_time', kind='type', value='amount')
    """
    roles = _roles_of(columns)
    if not _names_events(roles.get("event_id"), distinct, rows):
        roles.pop("event_id", None)
    missing = [role for role in ("customer_id", "timestamp", "kind") if role not in roles]
    if missing:
        _raise_missing(missing, columns)
    later: tuple[Later, ...] = ()
    if "resolved" in roles and columns.get("resolved_at") in ("time", "text"):
        later = (Later(at="resolved_at", columns=("resolved",)),)
    rest = [column for column in columns if column not in roles.values() and not _left_out(column, columns, roles)]
    few = {column for column in rest if distinct is None or 1 <= distinct.get(column, 0) <= _FEW}
    measures = tuple(column for column in rest if columns[column] in ("integer", "number", "span"))
    categories = tuple(column for column in rest if columns[column] in ("text", "flag") and column in few)
    return Schema(**roles, measures=measures, categories=categories, later=later)  # type: ignore[arg-type]


def _roles_of(columns: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {role: role for role in ROLES if role in columns}
    for label, role in ROLES.items():
        for synonym in (plain(label), *role.synonyms):
            fits = [
                column
                for column, kind in columns.items()
                if plain(column) == synonym and kind in _FITS[role.type] and column not in found.values()
            ]
            if label not in found and fits:
                found[label] = fits[0]
    return {role: found[role] for role in ROLES if role in found}


def _names_events(column: str | None, distinct: Mapping[str, int] | None, rows: int | None) -> bool:
    """Whether a column's values may be ids of events: where they were counted, each row has its own."""
    if column is None or distinct is None or rows is None:
        return column == "event_id"
    return distinct.get(column, 0) == rows


def _left_out(column: str, columns: Mapping[str, str], roles: Mapping[str, str]) -> bool:
    lower = column.lower()
    # the names that readers and writers give columns without one: mostly the numbers of rows
    is_id = (
        bool(_UNNAMED.fullmatch(lower))
        or lower in ("id", "index", "row", "number")
        or lower.endswith(("_id", "uuid", "_at", "_date", "_time"))
    )
    stems = [
        other.lower().removesuffix("_at")
        for other in columns
        if other.lower().endswith("_at") and other not in roles.values()
    ]
    taken = column in ROLES or lower == "later"
    return is_id or taken or any(lower == stem or lower.startswith(stem + "_") for stem in stems)


def _raise_missing(missing: list[str], columns: Mapping[str, str]) -> None:
    near = [f"for {role}: {guess}" for role in missing if (guess := did_you_mean(role, columns))]
    example = ", ".join(f"{role}='...'" for role in ("customer_id", "timestamp", "kind"))
    raise DataError(
        f"no column was recognised as {listed(missing)}.\nFound: {listed(columns, most=40)}",
        hint=("; ".join(near) + " Or " if near else "")
        + f"write a schema: Schema({example}), or kind_is='purchase' where all rows are of one kind.",
    )


def guessed_message(schema: Schema, columns: Mapping[str, str], label: str) -> str:
    """Return what was guessed in words, or "" where every column carries the name of its role."""
    guesses = [f"{column} as {role}" for role, column in mapping(schema).items() if role in ROLES and role != column]
    guesses += [f"{column} as a measure" for column in named(schema.measures)]
    guesses += [f"{column} as a category" for column in named(schema.categories)]
    guesses += [f"{listed(later.columns)} as known from {later.at} on" for later in schema.later]
    used = {*mapping(schema).values(), *(later.at for later in schema.later)}
    unused = [column for column in columns if column not in used]
    if not guesses and not unused:
        return ""
    parts = [f"{label} has no schema; guessed: {listed(guesses, most=40)}." if guesses else f"{label} has no schema."]
    if unused:
        parts.append(f"Left out: {listed(unused, most=40)}.")
    return " ".join([*parts, "Say it in a schema to make sure."])
