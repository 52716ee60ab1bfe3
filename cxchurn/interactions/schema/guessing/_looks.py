"""How texts look: the ways of writing times and numbers that fit all of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import lru_cache
from itertools import product
from typing import Any

from cxchurn.interactions.schema._currency_signs import NO_CENTS
from cxchurn.interactions.schema._dressed import BLANK, TICK, undressed
from cxchurn.interactions.schema._months import in_english, months_in
from cxchurn.interactions.schema._time_ways import NO_DAY, WAYS

_ISO = re.compile(r"\d{4}-\d{1,2}-\d{1,2}([T ]\d{1,2}:\d{2}(:\d{2}([.]\d+)?)?( ?([Zz]|UTC|[+-]\d{2}(:?\d{2})?))?)?")
_FIGURES = re.compile(r"\d\D*\d")
_NO_WORD = re.compile(r"[^\w\s]")
# a day of a spreadsheet may have a decimal comma
_WHOLE = re.compile(r"\d+([.]\d+)?|\d{5},\d+", re.ASCII)
# seconds, milliseconds and so on since 1970, of the years 1990 to 2090 alone: numbers of other things are mostly smaller
_SINCE_1970 = {"epoch_s": 1.0, "epoch_ms": 1e3, "epoch_us": 1e6, "epoch_ns": 1e9}
# 1990 to 2089: whole numbers that are times of a customer log lie there, and amounts and ids mostly do not
_FIRST, _LAST = 631_152_000, 3_786_912_000
# months are no days
_MONTH = re.compile(r"(19|20)\d{2}(0[1-9]|1[0-2])")
# the days of 1955 to 2064 as spreadsheets count them
_SHEET_DAYS = (20_000, 60_000)
_SHEET_BEGIN = datetime(1899, 12, 30, tzinfo=UTC).timestamp()
# in seconds: what a log tells of lies no further ahead than a contract
_FAR_AHEAD = 2 * 366 * 86_400
# the share of a column's different texts that fit, where some may be mistyped; and how many are tried with every way
NEARLY_ALL, _FEW = 0.9, 25
# plain numbers whose point may stand before thousands, and those that are whole; figures with zeros before them are labels
_IN_DOUBT, _WHOLES, _LABELS = re.compile(r"[+-]?[1-9]\d{0,2}[.]\d{3}"), re.compile(r"[+-]?\d+"), re.compile(r"0\d+")
_PLAIN = re.compile(r"[+-]?(\d+[.]?\d*|[.]\d+)([eE][+-]?\d+)?", re.ASCII)
_NO_CENTS = re.compile(NO_CENTS)
# the sign before decimals, and that between thousands
_STYLES = tuple((d, t) for d, t in product(".,", ("", ".", ",", " ", "'")) if d != t and (d, t) != (".", ""))


def time_formats(values: Iterable[str], *, named_so: bool = True, share: float = 1.0) -> tuple[str, ...]:
    """Return every way of writing times that fits all values, as `Schema.time_format` has them; none for no values.

    Parameters
    ----------
    values : iterable of str
        Texts that say something.
    named_so : bool
        Whether the column's name says that it holds times: without, plain numbers are none.
    share : float
        The share of the different values that have to fit: one cell that somebody mistyped does not make a column of times one
        of texts. Of ways that fit so many, one that fits less than another is not meant; two that each fit what the other does
        not are both returned, to be decided.

    Examples
    --------
    >>> time_formats(["2/11/2013", "3/15/2015"])
    ('%m/%d/%Y',)
    >>> time_formats(["1/2/2024", "3/4/2024"])
    ('%m/%d/%Y', '%d/%m/%Y')
    """
    texts = [one for one in dict.fromkeys(value.strip() for value in values) if not re.fullmatch(NO_DAY, one)]
    if not texts:
        return ()
    if _fit(texts, share, _WHOLE.fullmatch):
        return _as_numbers(texts, share) if named_so else ()
    if _fit(texts, share, lambda one: _ISO.fullmatch(one) and moment(one, "iso") is not None):
        return ("iso",)
    few = texts[:: len(texts) // _FEW + 1]
    if not _fit(few, 0.5, _FIGURES.search):
        return ()
    likely = [way for way in WAYS if sum(_read(one, way) is not None for one in few) > len(few) / 2]
    return _fitting(texts, likely, share)


def _fit(texts: list[str], share: float, fits: Callable[[str], Any]) -> bool:
    return sum(bool(fits(one)) for one in texts) >= share * len(texts)


def _fitting(texts: list[str], ways: Iterable[str], share: float) -> tuple[str, ...]:
    """Return the ways that fit so many texts, without those that fit only texts that another fits beside more."""
    fits = {way: frozenset(one for one in texts if moment(one, way) is not None) for way in ways}
    near = {way: own for way, own in fits.items() if len(own) >= share * len(texts)}
    most = _not_ahead([way for way, own in near.items() if not any(own < other for other in near.values())], texts)
    # of ways that read all alike, such as those of short and long names of months in May, one is enough
    meant = {tuple(moment(one, way) for one in texts): way for way in reversed(most)}
    return tuple(reversed(meant.values()))


def _not_ahead(ways: list[str], texts: list[str]) -> list[str]:
    """Return the ways that read no year of two figures as one far ahead, where some do: 31/12/23 in the year 2031."""
    if len(ways) < 2:
        return ways
    most = datetime.now(UTC).timestamp() + _FAR_AHEAD
    here = [way for way in ways if "%y" not in way or all((moment(one, way) or 0.0) <= most for one in texts)]
    return here or ways


def _as_numbers(texts: list[str], share: float) -> tuple[str, ...]:
    days: tuple[str, ...] = ("%Y%m%d", "%Y%m%d%H%M%S") if _fit(texts, share, lambda one: len(one) in (8, 14)) else ()
    if _fit(texts, share, lambda one: len(one) == 6) and not all(map(_MONTH.fullmatch, texts)):
        days = ("%y%m%d", "%d%m%y", "%m%d%y")
    return _fitting(texts, (*days, *_SINCE_1970, "excel"), share)


def moment(text: str, way: str) -> float | None:
    """Return a time in seconds since 1970, by a way of writing it; None where it does not fit."""
    if way == "iso":
        try:
            # what Python takes for it beyond that is none to the reader
            found = datetime.fromisoformat(_padded(text)) if _ISO.fullmatch(text.strip()) else None
        except ValueError:
            return None
        return None if found is None else (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    if way != "excel" and way not in _SINCE_1970:
        return _read(text, way)
    if not _WHOLE.fullmatch(text):
        return None
    if way != "excel" and "," in text:
        return None
    number = float(text.replace(",", "."))
    if way == "excel":
        return _SHEET_BEGIN + 86_400 * number if _SHEET_DAYS[0] <= number <= _SHEET_DAYS[1] else None
    since = number / _SINCE_1970[way]
    return since if _FIRST <= since <= _LAST else None


def _padded(text: str) -> str:
    day, *clock = re.split(r"[T ]", text.strip().replace("UTC", "Z"), maxsplit=1)
    day = "-".join(part.zfill(2) for part in day.split("-"))
    time = re.sub(r" ?([+-]\d{2})$", r"\1:00", clock[0].replace(" ", "")) if clock else ""
    return f"{day}T{time.zfill(5) if len(time) == 4 else time}" if clock else day


def _read(text: str, way: str) -> float | None:
    # most ways have other signs than a text, and a try by a way is a thousand times the work
    needed, more = _signs_of(way)
    signs = _signs_in(text)
    if not needed <= signs or not signs <= more:
        return None
    try:
        found = datetime.strptime(text, way)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except ValueError:
        english = in_english(text, way)
        return None if english is None or english == text else _read(english, way)


@lru_cache(maxsize=4096)
def _signs_in(text: str) -> frozenset[str]:
    return frozenset(_NO_WORD.findall(text))


@lru_cache(maxsize=1024)
def _signs_of(way: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the signs that stand in every time written in a way, and all that may."""
    needed = _signs_in(re.sub("%.", "", way))
    # a short name of a month and a.m. may have points, and an offset its sign and colons
    more = {*("." if months_in(way) or "%p" in way else ""), *("+-:." if "%z" in way else "")}
    return needed, needed | more


def number_styles(values: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return how numbers are written that no computer would: the sign before decimals, and that between thousands.

    Every pair that fits all values; none where all of them are plain numbers, or some are none. A point before three figures
    is plain only beside one before more or fewer.

    Examples
    --------
    >>> number_styles(["1.010,50", "12,90", "1.234"])
    ((',', '.'),)
    """
    given = list(dict.fromkeys(values))
    texts = [_bare(value) for value in given]
    plain = all(_PLAIN.fullmatch(one) for one in texts)
    if not texts or (plain and not is_in_doubt(texts)):
        return ()
    tried = [*([(".", "")] if plain else []), *_STYLES]
    fits = [(d, t) for d, t in tried if all(map(_shape(d, t), texts))]
    # a sign that is nowhere between thousands was not seen
    fits = [(d, t) for d, t in fits if not t or any(t in one for one in texts)]
    if len(fits) > 1 and any(map(_NO_CENTS.search, given)):
        fits = [(d, t) for d, t in fits if t]
    return tuple(fits)


def is_in_doubt(texts: Iterable[str]) -> bool:
    """Whether plain numbers have points, and all of them may stand before thousands."""
    pointed = [one for one in texts if "." in one]
    return bool(pointed) and all(_IN_DOUBT.fullmatch(one) for one in pointed)


def number_type(values: Iterable[str]) -> str:
    """Return what plain numbers are: "integer" or "number"; "text" where zeros before some tell that all are labels.

    Examples
    --------
    >>> number_type(["7", "12"]), number_type(["7", "1.5"]), number_type(["00007", "12000"])
    ('integer', 'number', 'text')
    """
    texts = list(values)
    if any(map(_LABELS.fullmatch, texts)):
        return "text"
    return "integer" if all(map(_WHOLES.fullmatch, texts)) else "number"


def are_numbers(values: Iterable[str]) -> bool:
    """Whether all values are numbers in some way of writing them."""
    texts = list(values)
    return bool(texts) and (all(_PLAIN.fullmatch(_bare(one)) for one in texts) or bool(number_styles(texts)))


def percents(values: Iterable[str]) -> bool | None:
    """Whether all numbers but 0 carry a percent sign, or none does (False); None where some do.

    Examples
    --------
    >>> percents(["85 %", "0"]), percents(["85", "open"]), percents(["85 %", "0.85"])
    (True, False, None)
    """
    texts = list(values)
    if not any("%" in one for one in texts):
        return False
    signed = {"%" in one for one in texts if re.search("[1-9]", one) and are_numbers([one])}
    return None if len(signed) > 1 else any(signed)


def _bare(value: str) -> str:
    text = value.strip()
    if _PLAIN.fullmatch(text):
        return text
    found = undressed(text)
    if found is None:
        return text
    body = re.sub(TICK, "'", re.sub(BLANK, " ", found.body))
    return f"-{body}" if found.below else body


def _shape(decimal: str, thousands: str) -> Callable[[str], bool]:
    d, t = re.escape(decimal), re.escape(thousands)
    whole = rf"\d{{1,3}}({t}\d{{3}})+|\d+" if thousands else r"\d+"
    whole += r"|\d{1,2}(,\d{2})+,\d{3}" if thousands == "," else ""
    found = re.compile(rf"[+-]?({whole})({d}\d*)?", re.ASCII)
    return lambda text: found.fullmatch(text) is not None
