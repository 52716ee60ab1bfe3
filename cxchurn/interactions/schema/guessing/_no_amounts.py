"""Numbers that are no amounts, whose sums say nothing: places, telephone numbers, parts of a date, codes."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cxchurn.interactions.schema._other_scripts import english_name
from cxchurn.interactions.schema._roles import plain
from cxchurn.interactions.schema.guessing._facts import ColumnFacts

# by the last word of a name, or by how a name of one word ends
_PLACE = ("lat", "lon", "lng", "long", "easting", "northing", ".*(latitude|longitude)", ".*(breiten|langen)grad")
_PHONE = (
    "tel",
    "fax",
    ".*phone",
    ".*telefon",
    "mobile",
    "handy",
    ".*rufnummer",
    "msisdn",
    "whatsapp",
    "calling",
    "called",
    "caller",
    "callee",
)
_CODE = (
    ".*(code|zip[345]?|postal|plz)", "pin", "ean", "upc", "gtin", "isbn", "imei", "iban", "bic", "mcc", "mnc", "naics", "sic",
    "fips", "sku", "vat", "ssn",
)  # fmt: skip
# whole numbers that stand for a group of things
_GROUP = (".*(class|cluster|segment)", "category|group|region|district|zone|type|channel|reason|cause|status")
# parts of a date, alone or of what they may be, each with the numbers that it can be
_OF = (
    "(birth|built|model|order|event|invoice|start|end|signup|join|date|purchase|call|contract|fiscal|calendar|cohort)?"
)
_PARTS = {
    "yob|year|yr|jahr|annee|ano|anno": (1900, 2100),
    "quarter|quartal": (1, 4),
    "month|monthofyear|monat|mois|mes|mese": (1, 12),
    "week|weekofyear|woche|kw": (0, 53),
    "weekday|dayofweek|dow|wochentag": (0, 7),
    "day|dayofmonth|dom": (1, 31),
    "dayofyear|doy": (1, 366),
    "hour|hourofday|stunde": (0, 24),
}


def no_amount(column: str, seen: ColumnFacts) -> str | None:
    """Return in words why a column's numbers are no amounts and no labels either, by its name and its values; else None."""
    if seen.holds not in ("integer", "number"):
        return None
    if seen.holds == "number" and _ends_in(column, _PLACE):
        return "a place on the map, which does not add up"
    if _ends_in(column, _PHONE) and all(re.fullmatch(r"\d{6,}([.]0*)?", one) for one in seen.examples):
        return "a telephone number"
    words = _words(column)
    for part, (low, high) in _PARTS.items():
        named = re.fullmatch(f"{_OF}({part})", "".join(words[-2:])) or re.fullmatch(part, "".join(words))
        if named and _lie_within(seen.examples, low, high):
            return "a part of a date"
    return None


def is_code(column: str, seen: ColumnFacts) -> bool:
    """Whether a column's numbers are no amounts but stand for something, by its name."""
    return _ends_in(column, _CODE) or (seen.holds == "integer" and _ends_in(column, _GROUP))


def _ends_in(column: str, words: Iterable[str]) -> bool:
    """Whether the last word of a column's name is one of some."""
    return any(re.fullmatch(word, last) for last in _words(column)[-1:] for word in words)


def _words(column: str) -> list[str]:
    """Return the words of a column's name, without numbers and without that it is one."""
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", english_name(column))
    words = (plain(word) for word in re.split(r"[\W_]+", name))
    return [word for word in words if word and not re.fullmatch(r"\d+|no|nr|number|nummer|num", word)]


def _lie_within(values: Iterable[str], low: int, high: int) -> bool:
    return all(re.fullmatch(r"\d{1,4}([.]0*)?", value) and low <= float(value) <= high for value in values)
