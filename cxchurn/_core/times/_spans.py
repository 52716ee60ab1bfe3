"""Spans of time: text with a unit, never a bare number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from cxchurn._core._cached import cached_property
from cxchurn._core._errors import UsageError

MICROSECONDS = {"s": 1_000_000, "min": 60_000_000, "h": 3_600_000_000, "D": 86_400_000_000, "W": 604_800_000_000}
DAY = MICROSECONDS["D"]
_WORDS = {"s": "second", "min": "minute", "h": "hour", "D": "day", "W": "week"}
# a hundred thousand years: added to any time of a log it still fits into 64 bits of microseconds
_LONGEST = 36_525_000 * DAY
_TEXT = re.compile(r"\s*(\d+)\s*([A-Za-z]+)\s*")
_ALLOWED = "a whole number and a unit: 's', 'min', 'h', 'D' (days) or 'W' (weeks), such as '30D' or '12h'"


@dataclass(frozen=True, order=True)
class Span:
    """A length of time, written as a whole number and a unit.

    Parameters
    ----------
    microseconds : int
        The length.
    text : str
        How it is written, such as ``"30D"``.

    Examples
    --------
    >>> span("30D").days
    30.0
    >>> f"{span('30D')}", span("30D").words
    ('30d', '30 days')
    """

    microseconds: int
    text: str

    @cached_property
    def days(self) -> float:
        """The length in days."""
        return self.microseconds / DAY

    @cached_property
    def words(self) -> str:
        """The length as one would say it, such as ``"30 days"``."""
        number, unit = _parts(self.text)
        return f"{number} {_WORDS[unit]}" + ("" if number == 1 else "s")

    @cached_property
    def _name(self) -> str:
        return self.text.lower()

    def __format__(self, spec: str) -> str:
        """The span as it stands in column names: lower case."""
        return format(self._name, spec)

    def __str__(self) -> str:
        return self.text

    def scaled(self, factor: float) -> Span:
        """Return this span times `factor`, rounded to whole days (to whole hours below one day)."""
        length = self.microseconds * factor
        if length >= DAY:
            return span(f"{round(length / DAY)}D")
        return span(f"{max(1, round(length / MICROSECONDS['h']))}h")


def span(value: str | Span, *, name: str = "span", zero: bool = False) -> Span:
    """Read a span such as ``"30D"``.

    Parameters
    ----------
    value : str or Span
        A whole number and a unit: ``s``, ``min``, ``h``, ``D`` or ``W``.
    name : str
        What the span is called in an error.
    zero : bool
        Whether a span of no length is allowed.

    Raises
    ------
    UsageError
        For a bare number, an unknown unit, or a span of no length where that makes no sense.
    """
    if isinstance(value, Span) and (value.microseconds or zero):
        return value
    if isinstance(value, Span):
        value = value.text
    if not isinstance(value, str):
        number = isinstance(value, int) and not isinstance(value, bool)
        raise UsageError(
            f"{name} is {value!r}, a bare {type(value).__name__}." if number else f"{name} is {value!r}.",
            allowed=_ALLOWED,
            hint=f"write {name}='{value}D' if you mean days." if number else "for example '30D'.",
        )
    found = _read(value, name)
    if found.microseconds == 0 and not zero:
        raise UsageError(f"{name} is {value!r}, a span of no length.", allowed=_ALLOWED, hint="for example '30D'.")
    return found


def span_said(words: str) -> Span:
    """Read a span as `Span.words` says it.

    Examples
    --------
    >>> span_said("30 days") == span("30D")
    True
    """
    number, unit = words.split()
    units = {said: unit for unit, said in _WORDS.items()}
    return span(f"{number}{units[unit.removesuffix('s')]}")


# builders ask for the same few spans again and again
@lru_cache(maxsize=1024)
def _read(text: str, name: str) -> Span:
    if _TEXT.fullmatch(text) is None:
        raise UsageError(
            f"{name} is {text!r}, which is not a span of time.", allowed=_ALLOWED, hint="for example '30D'."
        )
    number, unit = _parts(text)
    if number * MICROSECONDS[unit] > _LONGEST:
        raise UsageError(f"{name} is {text!r}, longer than any log.", allowed=_ALLOWED, hint="for example '365D'.")
    return Span(number * MICROSECONDS[unit], f"{number}{unit}")


def _parts(text: str) -> tuple[int, str]:
    match = _TEXT.fullmatch(text)
    assert match is not None
    unit = match[2] if match[2] in MICROSECONDS else {"d": "D", "w": "W", "H": "h", "S": "s"}.get(match[2])
    if unit is None:
        hint = (
            "months and years differ in length: say '30D', '91D' or '365D'."
            if match[2] in ("M", "Y", "y", "mo")
            else "for example '30D'."
        )
        raise UsageError(f"{text!r} has the unit {match[2]!r}.", allowed=_ALLOWED, hint=hint)
    return int(match[1]), unit
