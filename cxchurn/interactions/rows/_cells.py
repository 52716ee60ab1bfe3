"""One cell in a role: what the engine's casts read in a column, read of one value.

A reader returns the value, or None where there is nothing, or `UNREADABLE`. Text that says that there is nothing, and numbers
that are none, are nothing; `tests/interactions/rows` holds each reader beside the engine.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

import numpy as np

from cxchurn.interactions.reading._cell_sql import Texts, flag_words, nothing_in, nothing_in_labels
from cxchurn.interactions.reading._ids import BLANKS, EXACT, NOTHING, ROUNDED
from cxchurn.interactions.reading.casts.texts._numbers import number_of

Reader = Callable[..., Any]
_USUAL = Texts()
# the engine's own casts also read +-5 and 1_000
_FIGURES = r"\d+(?:_\d+)*"
_NUMBER = re.compile(
    rf"[+]?-?({_FIGURES}([.]({_FIGURES})?)?|[.]{_FIGURES})(e[+-]?{_FIGURES})?", re.ASCII | re.IGNORECASE
)
_ROUNDED = re.compile(ROUNDED)
_NO_NUMBER = re.compile(r"[+-]*nan(\(\w*\))?", re.ASCII | re.IGNORECASE)
_INFINITE = re.compile(r"[+]?(-?)inf(inity)?", re.IGNORECASE)
# whole numbers are 64 bits in the log, as in a batch
_LARGEST = 2**63
# units of numpy that are finer than a microsecond, and those that are no length of time: months are of many lengths
_FINER, _NO_LENGTHS = ("us", "ns", "ps", "fs", "as"), ("Y", "M", "generic")
# bits of a whole number beyond which Python does not write it down
_WRITTEN = 14_000


class Unreadable:
    """Stands for something that is there and cannot be read."""

    def __repr__(self) -> str:
        return "UNREADABLE"


UNREADABLE: Final = Unreadable()


def plain(value: Any) -> Any:
    """Return a value of numpy or of its kind as Python's own; one that is missing as None."""
    if isinstance(value, np.generic):
        if isinstance(value, (np.datetime64, np.timedelta64)):
            return _plain_time(value)
        value = value.item()
    try:
        # numbers and times that are none are not themselves
        return None if value is None or value != value else value
    except (TypeError, ValueError, ArithmeticError):
        # nor is pandas' NA, but of that and of a NaN that signals nobody may ask; arrays say it of each of their cells
        return None if type(value).__name__ == "NAType" or isinstance(value, Decimal) else value


def _plain_time(value: np.datetime64 | np.timedelta64) -> Any:
    """Return an instant or a length of time of numpy's as Python's own; itself where it is out of bounds, to be refused."""
    if np.isnat(value):
        return None
    length = isinstance(value, np.timedelta64)
    unit = np.datetime_data(value.dtype)[0]
    if length and unit in _NO_LENGTHS:
        return value
    own = value.astype("m8[us]" if length else "M8[us]")
    # numpy wraps what has more microseconds than it counts, and gives what lies outside the calendar as a bare number
    wrapped = unit not in _FINER and own.astype(value.dtype) != value
    return value if wrapped or isinstance(own.item(), int) else own.item()


def text_of(value: Any) -> str | None:
    """Return what a cell says as text, without blanks around it; None where that is nothing."""
    if not isinstance(value, str):
        value = _written(value)
    # half a character, as JSON may hold it, is read as it is in a frame: nobody can write it down
    whole = value if value.isascii() else value.encode("utf-8", "replace").decode()
    return whole.strip(BLANKS) or None


def said(value: Any, words: tuple[str, ...] = NOTHING) -> str | None:
    """Return what a cell says as text; words for nothing, in lower case, are nothing."""
    text = text_of(value)
    return None if text is None or text.lower() in words else text


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if abs(value) < EXACT and value == math.floor(value) else repr(value)
    if isinstance(value, datetime):
        return _written_moment(value)
    if isinstance(value, timedelta):
        return _written_length(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _written_moment(value: datetime) -> str:
    """Write an instant as the engine does: one with a zone in UTC, fractions as short as they are."""
    try:
        there = value if value.tzinfo is None else value.astimezone(UTC)
    except OverflowError:
        # in UTC it lies outside the calendar
        return str(value)
    fraction = f"{there.microsecond:06}{getattr(there, 'nanosecond', 0):03}".rstrip("0")
    shown = f"{there.replace(tzinfo=None).isoformat(' ')[:19]}{f'.{fraction}' if fraction else ''}"
    return shown if value.tzinfo is None else f"{shown}+00"


def _written_length(value: timedelta) -> str:
    """Write a length of time as the engine does, in hours."""
    whole = value // timedelta(microseconds=1)
    seconds, fraction = divmod(abs(whole), 1_000_000)
    shown = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{'-' if whole < 0 else ''}{shown}{f'.{fraction:06}'.rstrip('0') if fraction else ''}"


def read_id(value: Any, texts: Texts = _USUAL) -> str | int | Unreadable | None:
    """Read an id: text to the letter, or a whole number."""
    if isinstance(value, str):
        found = said(value, nothing_in(texts.missing))
        return UNREADABLE if found is not None and _ROUNDED.fullmatch(found) else found
    if isinstance(value, bool):
        return UNREADABLE
    if isinstance(value, int):
        return value if -_LARGEST <= value < _LARGEST else UNREADABLE
    if isinstance(value, (float, Decimal)):
        whole = math.isfinite(value) and value == int(value)
        exact = abs(value) < EXACT if isinstance(value, float) else abs(value) < _LARGEST
        return int(value) if whole and exact else UNREADABLE
    return UNREADABLE


def read_label(value: Any, texts: Texts = _USUAL) -> str | Unreadable | None:
    """Read a label."""
    endless = isinstance(value, int) and value.bit_length() > _WRITTEN
    if endless or isinstance(value, (list, tuple, dict, set, np.ndarray, bytes)):
        return UNREADABLE
    return said(value, nothing_in_labels(texts.missing)) if isinstance(value, str) else text_of(value)


def read_number(value: Any, texts: Texts = _USUAL) -> float | Unreadable | None:
    """Read a number; a length of time is its seconds."""
    if isinstance(value, str):
        return _number_of(value, texts)
    if isinstance(value, (int, float, Decimal)):
        number = _float(value) * texts.unit
        return None if number != number else UNREADABLE if texts.percent and number else number
    if texts.percent:
        return UNREADABLE
    if isinstance(value, timedelta):
        return value / timedelta(seconds=1)
    if isinstance(value, time):
        return timedelta(
            hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond
        ) / (timedelta(seconds=1))
    return UNREADABLE


def _number_of(value: str, texts: Texts) -> float | Unreadable | None:
    text = said(value, nothing_in(texts.missing))
    if text is None:
        return None
    comma = texts.decimal == ","
    plain = text.replace(",", ".") if comma and "." not in text else None if comma else text
    if plain is not None and _NUMBER.fullmatch(plain):
        number = _float(plain.removeprefix("+") if plain.startswith("+-") else plain) * texts.unit
        return UNREADABLE if texts.percent and number else number
    infinite = _INFINITE.fullmatch(text)
    if infinite and not texts.percent:
        return -math.inf if infinite[1] == "-" else math.inf
    if _NO_NUMBER.fullmatch(text):
        return None
    found = number_of(text, texts)
    return UNREADABLE if found is None else found


def _float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def read_flag(value: Any, texts: Texts = _USUAL) -> bool | Unreadable | None:
    """Read yes or no."""
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, float, Decimal)):
        return True if value == 1 else False if value == 0 else UNREADABLE
    if not isinstance(value, str):
        return UNREADABLE
    yes, no, nothing = flag_words(texts)
    text = said(value, nothing)
    if text is None:
        return None
    word = text.lower()
    return True if word in yes else False if word in no else UNREADABLE
