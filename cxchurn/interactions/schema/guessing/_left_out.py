"""Why a column is left out of a guess, in words."""

from __future__ import annotations

import re

from cxchurn._core import listed
from cxchurn.interactions.schema._roles import ROLES, plain
from cxchurn.interactions.schema._younger import is_younger
from cxchurn.interactions.schema.guessing._facts import ColumnFacts, TableFacts
from cxchurn.interactions.schema.guessing._filled_later import event_of
from cxchurn.interactions.schema.guessing._lengths import length_in

# a column with more different labels is no category
MOST_LABELS = 100
_CLOCK = re.compile(r"(\d{1,2}:\d{2}(:\d{2}([.]\d+)?)?|\d{1,2}:\d{2}(:\d{2})? ?[AaPp][Mm])")
_CLOCK_NAME = re.compile(r".*(time|clock|hour|uhrzeit|zeit|heure|hora|ora|tijd)(ofday)?")
_LENGTH_NAME = re.compile(r".*(wait|duration|handl|talk|hold|queue|respon|repl|elapsed|resolution|dauer|warte)")
_UNNAMED = re.compile(r"column_\d+|unnamed: ?\d+|__index_level_\d+__")


def left_out(column: str, facts: TableFacts, timestamp: str | None) -> str | None:
    """Return in words why a column that plays no role is neither a measure nor a category by its name; None where it may be."""
    seen, lower = facts.columns[column], column.lower()
    if inside := [other for other in facts.columns if other.startswith(f"{column}.")]:
        return f"it holds structures, with the fields {listed(inside)}"
    if _UNNAMED.fullmatch(lower):
        return "it has no name of its own: mostly the numbers of rows"
    if timestamp is not None and _is_clock(column, seen) and _is_day(facts.columns[timestamp]):
        return f'the time of the day: timestamp = ["{timestamp}", "{column}"] under [roles] reads both as one'
    if (column in ROLES and not is_younger(column)) or lower == "later":
        return "it has the name of a role, and is of another type"
    if seen.is_time and (seen.holds == "time" or not seen.styles) and (seen.holds != "integer" or says_time(column)):
        return f"a time that is not after {timestamp}" if facts.before else "a time"
    if (
        lower.split(".")[-1] in ("id", "index", "row", "number")
        or lower.endswith(("_id", "uuid"))
        or re.search(r"[a-z]I[dD]$|(^|\W)(ID|Id|id|uuid|UUID|guid|GUID|[Nn]umber|[Nn]r[.]?|[Nn]o[.])$", column)
    ):
        return "an id"
    if lower.endswith(("_at", "_date", "_time")):
        return "a time"
    stems = [event_of(other).lower() for other in facts.columns if other.lower().endswith("_at")]
    stems = [stem for stem in stems if stem not in ("", event_of(timestamp or "").lower())]
    if not facts.before and any(lower == stem or lower.startswith(stem + "_") for stem in stems):
        return "by its name it is filled in later"
    return None


def _is_clock(column: str, seen: ColumnFacts) -> bool:
    """Whether a column holds what a clock shows, and is no length of time by its name."""
    name = plain(column)
    said = _CLOCK_NAME.fullmatch(name) is not None and _LENGTH_NAME.match(name) is None and length_in(column) is None
    return said and bool(seen.examples) and all(map(_CLOCK.fullmatch, seen.examples))


def _is_day(seen: ColumnFacts) -> bool:
    """Whether times are days without a time of the day."""
    return not any(":" in one.removesuffix(" 00:00:00") for one in seen.examples)


def says_time(column: str) -> bool:
    """Whether a column's name says that it holds times."""
    return (
        re.search(r"(created|updated|date|since|time|timestamp|day|_at|_on|_ts)$|^ts$|At$", column, re.IGNORECASE)
        is not None
    )


def no_label(seen: ColumnFacts) -> str:
    """Return in words why a column's values are no labels."""
    if seen.distinct == 0:
        return "it is empty"
    if seen.holds == "other":
        return "it holds structures: a field inside is named with a dot, such as user.id"
    return f"texts of more than {MOST_LABELS} kinds"
