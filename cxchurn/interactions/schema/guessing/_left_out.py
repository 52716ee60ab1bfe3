"""Why a column is left out of a guess, in words."""

from __future__ import annotations

import re

from cxchurn._core import listed
from cxchurn.interactions.schema._other_scripts import english_name
from cxchurn.interactions.schema._roles import ROLES, plain
from cxchurn.interactions.schema._younger import is_younger
from cxchurn.interactions.schema.guessing._facts import ColumnFacts, TableFacts
from cxchurn.interactions.schema.guessing._filled_later import PROMISED, event_of, is_booked, is_planned
from cxchurn.interactions.schema.guessing._lengths import length_in
from cxchurn.interactions.schema.guessing._no_amounts import is_code, no_amount

OWN_ID = "an id, another one in every row: as event_id it tells a row that comes twice from two equal events"
OF_CUSTOMER = (
    "it is the same in all rows of a customer, perhaps as of today: what was known then is for the customers table"
)
# a column with more different labels is no category
MOST_LABELS = 100
# ids of so few things, each in so many rows, are labels
_FEW_THINGS, _ROWS_EACH = 20, 50
CLOCK = re.compile(r"\d{1,2}:\d{2}(:\d{2}([.]\d+)?)?( ?[AaPp]\.?[Mm]\.?)?|([01]\d|2[0-3])[0-5]\d[0-5]\d")
_CLOCK_NAME = re.compile(r".*(time|clock|hour|uhrzeit|zeit|heure|hora|ora|tijd)(ofday)?|.*(start|end|call)tm")
_LENGTH_NAME = re.compile(
    r".*(wait|duration|handl|talk|hold|queue|respon|repl|elapsed|resolution|dauer|warte|ring|wrap|process)"
)
# times of the day in figures, of which spreadsheets may have taken the first zeros: 3207 is then 00:32:07
_BARE_CLOCK = re.compile(r"([01]?\d|2[0-3])[0-5]\d[0-5]\d")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+[.][^@\s]+")
_PERSON_NAME = re.compile(
    r"(customer|client|contact|user|member|guest|patient|caller|buyer|sender|recipient)?"
    r"(firstname|lastname|fullname|middlename|givenname|familyname|surname|forename|vorname|nachname|familienname|prenom|"
    r"nombre|apellidos?|cognome|voornaam|achternaam)|"
    r"(customer|client|contact|user|member|guest|patient|caller|buyer|sender|recipient|kunden|billto|shipto|full)name"
)
_ID_NAME = re.compile(
    r"[a-z]I[dD]s?$|(^|\W)(IDs?|Ids?|ids?|uuid|UUID|guid|GUID|[Nn]umber|[Nn]r[.]?|[Nn]o[.]|[Rr]ef)$|"
    r"[a-z](No|Nr|Number)$|_(no|nr|number|key|ref)$"
)
# of an amount not even the smallest is so large
_TOO_LARGE = 1e11
_UNNAMED = re.compile(r"column_\d+|unnamed: ?\d+(\.\d+)*|__index_level_\d+__")


def left_out(column: str, facts: TableFacts, timestamp: str | None) -> str | None:
    """Return in words why a column that plays no role is neither a measure nor a category by its name; None where it may be."""
    seen = facts.columns[column]
    if _UNNAMED.fullmatch(english_name(column).lower()):
        return "it has no name of its own: mostly the numbers of rows"
    if inside := [other for other in facts.columns if other.startswith(f"{column}.")]:
        return f"it holds structures, with the fields {listed(inside)}"
    if PROMISED.fullmatch(plain(column)) and seen.is_time:
        return "it says for when something is expected, and more than one column does"
    if seen.is_time and is_planned(column):
        return "it says when something goes on, such as a contract: it moves on with it"
    if timestamp is not None and seen.is_time and is_booked(column, timestamp):
        return "it says for when something was booked, be it called off or not"
    if seen.examples and all(map(_ADDRESS.fullmatch, seen.examples)):
        return "addresses, each of one person"
    if seen.holds == "text" and _PERSON_NAME.fullmatch(plain(column)):
        return "names of people"
    if is_clock_name(column) and seen.examples and all(map(_BARE_CLOCK.fullmatch, seen.examples)):
        return "a time of the day in figures, some without their first zeros: as text of six figures it is read beside a day"
    if timestamp is not None and _is_clock(column, seen) and all(map(is_day_text, facts.columns[timestamp].examples)):
        return f'the time of the day: timestamp = ["{timestamp}", "{column}"] under [roles] reads both as one'
    if seen.brief:
        return (
            "a length of time as brief as this is read in wait_s and duration_s alone; a query makes 0:12:30 of 12:30"
        )
    numbers = (seen.styles or seen.holds in ("integer", "number", "span")) and not is_label_name(column, seen)
    if column in facts.of_customer and (seen.is_time or numbers):
        return OF_CUSTOMER
    return _no_attribute(column, facts, timestamp)


def _no_attribute(column: str, facts: TableFacts, timestamp: str | None) -> str | None:
    """Return in words why a column is a role's, a time, an id or filled in later; None where nothing says so."""
    seen, lower = facts.columns[column], english_name(column).lower()
    if (column in ROLES and not is_younger(column)) or lower == "later":
        return "it has the name of a role, and is of another type"
    if seen.is_time and (seen.holds == "time" or not seen.styles) and (seen.holds != "integer" or says_time(column)):
        return f"a time that is not after {timestamp}" if facts.before and timestamp else "a time"
    if is_id_name(column) and not _are_few(seen, facts):
        return OWN_ID if seen.distinct is not None and seen.distinct == facts.rows else "an id"
    if lower.endswith(("_at", "_date", "_time")):
        return "a time"
    if (none := no_amount(column, seen)) is not None:
        return none
    if seen.low is not None and seen.low >= _TOO_LARGE:
        return "numbers as large as these are times since 1970 or ids, and no amounts"
    stems = [event_of(other).lower() for other in facts.columns if other.lower().endswith("_at")]
    stems = [stem for stem in stems if stem not in ("", event_of(timestamp or "").lower())]
    if not facts.before and any(lower == stem or lower.startswith(stem + "_") for stem in stems):
        return "by its name it is filled in later"
    return None


def is_label_name(column: str, seen: ColumnFacts) -> bool:
    """Whether a column's numbers stand for something, by its name."""
    return is_code(column, seen) or is_id_name(column)


def is_id_name(column: str) -> bool:
    """Whether a column's values are ids, by its name."""
    named = english_name(column)
    lower = named.lower()
    return (
        lower.split(".")[-1] in ("id", "index", "row", "number", "account", "iban")
        or lower.endswith(("_id", "uuid"))
        # in Spanish, Portuguese and French
        or lower.startswith("id_")
        or _ID_NAME.search(named) is not None
    )


def _are_few(seen: ColumnFacts, facts: TableFacts) -> bool:
    """Whether ids stand for so few things, each in so many rows, that they are labels: of plans, shops or products."""
    return 1 < (seen.distinct or 0) <= _FEW_THINGS and (facts.rows or 0) >= _ROWS_EACH * (seen.distinct or 0)


def _is_clock(column: str, seen: ColumnFacts) -> bool:
    return is_clock_name(column) and bool(seen.examples) and all(map(CLOCK.fullmatch, seen.examples))


def is_clock_name(column: str) -> bool:
    """Whether a column holds what a clock shows, by its name, and no length of time."""
    return _CLOCK_NAME.fullmatch(plain(column)) is not None and not is_length_name(column)


def is_length_name(column: str) -> bool:
    """Whether a column holds lengths of time, by its name."""
    return _LENGTH_NAME.match(plain(column)) is not None or length_in(column) is not None


def is_day_text(text: str) -> bool:
    """Whether a time is a day without a time of the day."""
    return ":" not in text.removesuffix(" 00:00:00")


def says_time(column: str) -> bool:
    """Whether a column's name says that it holds times."""
    return (
        re.search(
            r"(created|updated|date|since|time|timestamp|day|_at|_on|_ts|_dt|_dttm|date_?(id|key|sk))$|^ts$|At$",
            english_name(column),
            re.IGNORECASE,
        )
        is not None
    )


def no_label(seen: ColumnFacts) -> str:
    """Return in words why a column's values are no labels."""
    if seen.distinct == 0:
        return "it is empty"
    if seen.holds == "other":
        return "it holds structures: a field inside is named with a dot, such as user.id"
    return f"texts of more than {MOST_LABELS} kinds"
