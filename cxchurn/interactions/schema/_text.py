"""How values are written where they are text: what a schema may say of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

Formats = str | tuple[str, ...] | Mapping[str, str | tuple[str, ...]]

EPOCHS = ("epoch_s", "epoch_ms", "epoch_us", "epoch_ns")
# words for how times are written; anything else is a format
TIMES = ("iso", "epoch", *EPOCHS, "excel")
# those that are looked for; any other that Python knows may be named
ENCODINGS = ("utf-8", "utf-16", "latin-1", "cp1252")
DECIMALS = (".", ",")
THOUSANDS = (".", ",", " ", "'", "")
# what lengths of time that are plain numbers may be counted in, each in seconds
DURATIONS = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0, "D": 86_400.0}
# what discounts may be counted in, each as a part of the usual price
DISCOUNTS = {"share": 1.0, "percent": 0.01}
# roles that are lengths of time
LENGTHS = ("wait_s", "duration_s")
# beside the usual yes/no, true/false, y/n, t/f and 1/0: words for yes and no in languages of which a guess knows them
YES_NO = (
    ("ja", "nein"), ("ja", "nee"), ("ja", "nej"), ("ja", "nei"), ("oui", "non"), ("s\u00ed", "no"), ("si", "no"),
    ("s\u00ec", "no"), ("sim", "n\u00e3o"), ("sim", "nao"), ("tak", "nie"), ("ano", "ne"), ("\u00e1no", "nie"), ("igen", "nem"),
    ("da", "nu"), ("da", "ne"), ("kyll\u00e4", "ei"), ("evet", "hay\u0131r"), ("\u0434\u0430", "\u043d\u0435\u0442"),
    ("\u0442\u0430\u043a", "\u043d\u0456"), ("\u03bd\u03b1\u03b9", "\u03cc\u03c7\u03b9"),
    ("\u306f\u3044", "\u3044\u3044\u3048"), ("\u662f", "\u5426"),
)  # fmt: skip


def formats_in(time_format: Formats | None) -> tuple[str, ...]:
    """Return all that a schema says of how times are written, whatever the column."""
    if isinstance(time_format, Mapping):
        return tuple(one for each in time_format.values() for one in formats_in(each))
    return () if time_format is None else (time_format,) if isinstance(time_format, str) else tuple(time_format)


def seconds_in(duration_unit: str | Mapping[str, str] | None, column: str) -> float:
    """Return how many seconds one is, in a column of lengths of time that are plain numbers; 1 where nothing is said."""
    unit = duration_unit.get(column) if isinstance(duration_unit, Mapping) else duration_unit
    return 1.0 if unit is None else DURATIONS[unit]


def yes_and_no(words: Iterable[str]) -> tuple[str, str] | None:
    """Return the words for yes and no that a column's words are, one or both, in a language other than English.

    Examples
    --------
    >>> yes_and_no(["Nein", "Ja"]), yes_and_no(["open", "closed"]), yes_and_no(["no", "yes"])
    (('ja', 'nein'), None, None)
    """
    given = {word.strip().lower() for word in words}
    usual = {"yes", "no", "y", "n", "true", "false"}
    return next((pair for pair in YES_NO if given and given <= set(pair) and not given <= usual), None)


def formats_of(time_format: Formats | None, column: str) -> tuple[str, ...]:
    """Return how the times of a column may be written, the first that fits a cell first; ISO 8601 goes without saying."""
    if isinstance(time_format, Mapping):
        time_format = time_format.get(column)
    return formats_in(time_format) or ("iso",)
