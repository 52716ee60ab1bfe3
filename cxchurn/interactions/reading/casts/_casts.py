"""How a column of any type is read as an id, an instant, a number, a flag or a label: SQL that fails on no row."""

from __future__ import annotations

from collections.abc import Collection

from cxchurn._core import DataError
from cxchurn.interactions.reading._cell_sql import (
    INTEGERS,
    NO,
    YES,
    Cast,
    Texts,
    anywhere,
    family,
    flag_words,
    given,
    nothing_in,
    nothing_in_labels,
    said,
    there,
    whole,
)
from cxchurn.interactions.reading._engine import one_of
from cxchurn.interactions.reading._ids import ROUNDED
from cxchurn.interactions.reading.casts.texts._instants import CLOCK_YEARS, EPOCH, ODD, instant_cast, to_utc
from cxchurn.interactions.reading.casts.texts._numbers import number_sql, plain_number, points, times_unit
from cxchurn.interactions.schema._roles import RoleType
from cxchurn.interactions.schema._sql import text

__all__ = ["CLOCK_YEARS", "EPOCH", "NO", "ODD", "YES", "Cast", "Texts", "cast", "family", "to_utc"]

_PLAIN = Texts()
# what a cell tells of its column, where it is to be a number
COMMA = "comma"


def cast(
    column: str,
    sql_type: str,
    role: RoleType,
    *,
    held: str,
    says: str,
    texts: Texts = _PLAIN,
    table: str = "raw",
    told: Collection[str] | None = None,
) -> Cast:
    """Return the SQL that reads a column in a role.

    Parameters
    ----------
    column, sql_type : str
        The user's column and the engine's type of it.
    role : {"id", "instant", "category", "number", "flag"}
        How to read it.
    held : str
        The engine's name of the column, quoted.
    says : str
        What the column is for, in an error.
    texts : Texts
        How its texts are written.
    table : str
        The table the column stands in.
    told : collection of str, optional
        What the cells of the column say of how others are meant (`Cast.tells`), where that is known of all of its cells and
        the table holds some of them. Default: the table says it.
    """
    kind, cell = family(sql_type), f"{table}.{held}"

    def somewhere(condition: str, fact: str) -> str:
        return anywhere(condition, table=table, told=None if told is None else fact in told)

    found: Cast | None = None
    if role == "instant" and kind in ("time", "text", "integer", "number"):
        facts = () if told is None else told
        return instant_cast(column, sql_type, kind, cell, says=says, texts=texts, told=facts, anywhere=somewhere)
    if role == "number":
        found = _number(cell, sql_type, kind, texts, somewhere(_comma(cell), COMMA))
    elif role in _READERS:
        found = _READERS[role](cell, sql_type, kind, texts)
    if found is None:
        raise DataError(
            f"the column {column!r} is of type {sql_type}, which cannot be read as {says}.", hint="map another column."
        )
    return found


def _id(column: str, sql_type: str, kind: str, texts: Texts) -> Cast | None:
    if kind == "text":
        # ids are kept to the letter, but for the blanks around them
        found = said(column, nothing_in(texts.missing))
        told_apart = f"CASE WHEN NOT regexp_full_match({found}, {text(ROUNDED)}) THEN {found} END"
        return Cast(told_apart, f"(({found}) IS NOT NULL)")
    if kind == "integer":
        return Cast(f"TRY_CAST({column} AS BIGINT)", f"({column} IS NOT NULL)", certain=sql_type in INTEGERS)
    if kind == "number" and sql_type.startswith("DECIMAL"):
        return Cast(
            f"CASE WHEN {column} = trunc({column}) THEN TRY_CAST({column} AS BIGINT) END", there(column, sql_type)
        )
    if kind == "number":
        return Cast(whole(column), there(column, sql_type))
    return None


def _category(column: str, sql_type: str, kind: str, texts: Texts) -> Cast | None:
    if kind == "other":
        return None
    if kind == "number":
        # whole numbers that became decimal for the sake of missing values read as the whole numbers they were
        label = f"coalesce(CAST({whole(column)} AS VARCHAR), CAST({column} AS VARCHAR))"
        value = f"CASE WHEN {there(column, sql_type)} THEN {label} END"
        return Cast(value, there(column, sql_type), certain=True)
    found = said(column, nothing_in_labels(texts.missing))
    return Cast(found, f"(({found}) IS NOT NULL)", certain=True)


def _number(column: str, sql_type: str, kind: str, texts: Texts, beside_comma: str) -> Cast | None:
    if kind in ("time", "other"):
        return None
    if kind == "span":
        return None if texts.percent else Cast(f"epoch({column})", f"({column} IS NOT NULL)", certain=True)
    if kind == "text":
        return _number_in_text(column, texts, beside_comma)
    number = times_unit(f"CAST({column} AS DOUBLE)", texts)
    value = f"CASE WHEN NOT isnan({column}) THEN {number} END" if sql_type in ("DOUBLE", "FLOAT") else number
    # without a percent sign: 0 alone is the same as with it
    value = f"CASE WHEN CAST({column} AS DOUBLE) = 0 THEN {value} END" if texts.percent else value
    return Cast(value, there(column, sql_type), certain=not texts.percent)


def _number_in_text(column: str, texts: Texts, beside_comma: str) -> Cast:
    words, shown = nothing_in(texts.missing), given(column)
    number, something = plain_number(shown, texts), f"({said(column, words)}) IS NOT NULL"
    # few words for nothing are numbers, and then alone all cells have to be looked at
    is_word = one_of(f"lower({shown})", words) if _hold_a_number(words) else "FALSE"
    plain = f"WHEN {number} IS NOT NULL THEN NOT isnan({number}) AND NOT {is_word}"
    present = f"(CASE WHEN {column} IS NULL THEN FALSE {plain} ELSE {something} END)"
    said_so = texts.decimal is not None or bool(texts.thousands)
    beside_comma = "FALSE" if said_so else beside_comma
    value = number_sql(shown, texts, beside_comma=beside_comma)
    if is_word != "FALSE":
        value = f"CASE WHEN NOT {is_word} THEN {value} END"
    tells = {} if said_so else {COMMA: _comma(column), **points(shown, number)}
    tells[ODD] = f"(CASE WHEN {column} IS NULL OR {number} IS NOT NULL THEN FALSE ELSE {something} END)"
    certain = f"NOT isnan({number})" if beside_comma == "FALSE" and not texts.percent else None
    return Cast(value, present, tells=tells, text=shown, plain=certain)


_INFINITE = ("inf", "infinity")


def _comma(column: str) -> str:
    return f"contains(CAST({column} AS VARCHAR), ',')"


def _hold_a_number(words: tuple[str, ...]) -> bool:
    """Whether some of these words, in lower case, would otherwise be read as numbers."""
    return any(map(str.isdigit, "".join(words))) or any(word.lstrip("+-") in _INFINITE for word in words)


def _flag(column: str, sql_type: str, kind: str, texts: Texts) -> Cast | None:
    if kind == "flag":
        return Cast(column, f"({column} IS NOT NULL)", certain=True)
    if kind in ("integer", "number"):
        return Cast(f"CASE WHEN {column} = 1 THEN TRUE WHEN {column} = 0 THEN FALSE END", there(column, sql_type))
    if kind != "text":
        return None
    yes, no, nothing = flag_words(texts)
    found = said(column, nothing)
    word = f"lower({found})"
    return Cast(
        f"CASE WHEN {one_of(word, yes)} THEN TRUE WHEN {one_of(word, no)} THEN FALSE END",
        f"(({found}) IS NOT NULL)",
    )


_READERS = {"id": _id, "category": _category, "flag": _flag}
