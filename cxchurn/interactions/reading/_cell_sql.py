"""SQL about one cell of a column: what it says as text, whether it says anything, and what was read of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from cxchurn.interactions.reading._engine import one_of
from cxchurn.interactions.reading._ids import EXACT, NOTHING

INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
YES, NO = ("true", "yes", "y", "1", "1.0", "t"), ("false", "no", "n", "0", "0.0", "f")
_WIDE = ("UBIGINT", "HUGEINT", "UHUGEINT")
_TIMES = ("TIMESTAMP", "TIMESTAMP_NS", "TIMESTAMP_MS", "TIMESTAMP_S", "DATE")
ZONED_TIMES = ("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ_NS")


@dataclass(frozen=True)
class Cast:
    """SQL for one column: its value, whether there was one at all, and whether it carries no zone where others do.

    Where the texts of a column are read by all of its cells, `tells` is SQL for "this cell says how others are meant", by what
    it says; `text` is the SQL of the text itself. What is `plain` was read for certain, and need not be looked at further.
    """

    value: str
    present: str
    without_zone: str | None = None
    certain: bool = False
    tells: Mapping[str, str] = field(default_factory=dict)
    text: str | None = None
    plain: str | None = None

    @property
    def unreadable(self) -> str | None:
        """SQL for "there is something, but it could not be read"; None where everything can be."""
        found = f"({self.present} AND ({self.value}) IS NULL)"
        # AND works out both sides of every row, CASE only the branch that is taken
        found = found if self.plain is None else f"(CASE WHEN {self.plain} THEN FALSE ELSE {found} END)"
        return None if self.certain else found


@dataclass(frozen=True)
class Texts:
    """How the texts of a column are written, as a schema says it.

    Parameters
    ----------
    timezone : str
        The zone of times that carry none.
    formats : tuple of str
        How times are written, the first that fits a cell first.
    decimal, thousands : str, optional
        What stands before the decimals of numbers, and between their thousands.
    missing : tuple of str, optional
        The texts that mean that there is nothing; default the usual ones, in labels none.
    spans : {"", "plain", "brief"}
        Whether numbers may be lengths of time that are written as such, and how briefly.
    unit : float
        How many seconds one is, where plain numbers are lengths of time; else 1.
    yes, no : tuple of str
        The words for yes and no beside the usual ones.
    percent : bool, optional
        Whether all numbers but 0 carry a percent sign, or none does; default either.
    """

    timezone: str = "UTC"
    formats: tuple[str, ...] = ("iso",)
    decimal: str | None = None
    thousands: str | None = None
    missing: tuple[str, ...] | None = None
    spans: str = ""
    unit: float = 1.0
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()
    percent: bool | None = None


def nothing_in(missing: tuple[str, ...] | None) -> tuple[str, ...]:
    """Return the words for nothing in ids, times, numbers and flags, in lower case."""
    return NOTHING if missing is None else tuple(word.strip().lower() for word in missing if word.strip())


def nothing_in_labels(missing: tuple[str, ...] | None) -> tuple[str, ...]:
    """Return the words for nothing in labels, in lower case: only those that were named, for NA may be a region."""
    return () if missing is None else nothing_in(missing)


@lru_cache(maxsize=256)
def flag_words(texts: Texts) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return the words for yes, for no, and for nothing in flags, in lower case: what was named goes before what is usual."""
    yes, no = (tuple(word.strip().lower() for word in words) for words in (texts.yes, texts.no))
    named = {*yes, *no}
    nothing = tuple(word for word in nothing_in(texts.missing) if word not in named)
    more = ((*own, *(word for word in usual if word not in named)) for own, usual in ((yes, YES), (no, NO)))
    return (*more, nothing)  # type: ignore[return-value]


def family(sql_type: str) -> str:
    """Return what kind of type the engine's type is: text, integer, number, flag, time, span or other."""
    if sql_type in ("VARCHAR", "UUID") or sql_type.startswith("ENUM"):
        return "text"
    if sql_type in INTEGERS or sql_type in _WIDE:
        return "integer"
    if sql_type in ("DOUBLE", "FLOAT") or sql_type.startswith("DECIMAL"):
        return "number"
    if sql_type in (*_TIMES, *ZONED_TIMES):
        return "time"
    return {"BOOLEAN": "flag", "INTERVAL": "span", "TIME": "span"}.get(sql_type, "other")


def whole(column: str) -> str:
    """SQL: a decimal number as the whole number it is."""
    return f"CASE WHEN {column} = trunc({column}) AND abs({column}) < {EXACT} THEN CAST({column} AS BIGINT) END"


def given(column: str) -> str:
    """SQL: the text of a cell without the blanks around it; NULL where that is nothing."""
    found = f"CAST({column} AS VARCHAR)"
    # most texts begin and end with a sign: only the others need the slow trim, which also takes tabs
    bare = f"ascii({found}) > 32 AND ascii(right({found}, 1)) > 32"
    return f"CASE WHEN {bare} THEN {found} ELSE nullif(trim({found}, E' \\t\\r\\n'), '') END"


def said(column: str, words: tuple[str, ...] = NOTHING) -> str:
    """SQL: the text of a cell that says something; none of some words (in lower case) for nothing."""
    if not words:
        return given(column)
    found, trimmed = f"CAST({column} AS VARCHAR)", given(column)
    longest = max(len(word.encode()) for word in words)
    # most texts are longer than those words, and begin and end with a sign
    plain = f"strlen({found}) > {longest} AND ascii({found}) > 32 AND ascii(right({found}, 1)) > 32"
    nothing = one_of(f"lower({trimmed})", words)
    return f"CASE WHEN {plain} THEN {found} WHEN NOT {nothing} THEN {trimmed} END"


def there(column: str, sql_type: str) -> str:
    """SQL: a cell that is no text says something."""
    return (
        f"({column} IS NOT NULL AND NOT isnan({column}))"
        if sql_type in ("DOUBLE", "FLOAT")
        else f"({column} IS NOT NULL)"
    )


def anywhere(condition: str, *, table: str, told: bool | None) -> str:
    """SQL: a condition holds for some cell of a column, by what was told or else by the table."""
    if told is not None:
        return "TRUE" if told else "FALSE"
    return f"(SELECT coalesce(bool_or({condition}), FALSE) FROM {table})"
