"""What is measured of a touchpoint, and how it is said."""

from __future__ import annotations

import math
from typing import NamedTuple

from cxchurn.words import Phrase, either, said, written


class Measure(NamedTuple):
    """One thing that is measured.

    Attributes
    ----------
    unit : {"count", "seconds", "number", "share", "points"}
    better : int
        1 where more is better, -1 where less is, 0 where neither can be said.
    """

    unit: str
    better: int


MEASURES = {
    "customers": Measure("count", 0),
    "contacts": Measure("count", 0),
    "wait_s": Measure("seconds", -1),
    "wait_s_p90": Measure("seconds", -1),
    "transfers": Measure("number", -1),
    "solved": Measure("share", 1),
    "tone": Measure("number", 1),
    "nps": Measure("points", 1),
    "csat": Measure("share", 1),
    "ces": Measure("number", 1),
    "score": Measure("number", 1),
}
ANSWERED, IF_ALL = "_answer_rate", "_if_all_answered"
_WORDS = "measures_of_pulse"
# what these are written in whole steps of
_WHOLE = {"count": 1.0, "share": 0.01, "points": 1.0}


def difference(value: float, before: float, unit: str) -> float:
    """Return by how much a number differs from another as both are written: who subtracts them shall find the same."""
    step = _WHOLE.get(unit)
    return value - before if step is None else step * (round(value / step) - round(before / step))


def measure_of(name: str) -> Measure:
    """Return what a measure's name stands for; one of the log's own stands for its mean."""
    if name.endswith(ANSWERED):
        return Measure("share", 0)
    return MEASURES.get(name.removesuffix(IF_ALL)) or Measure("number", 0)


def measure_words(name: str) -> str:
    """Return what a measure is, such as "mean wait"; one of the log's own is called by its name."""
    if name.endswith(ANSWERED):
        return said(_WORDS, "answered", survey=short_words(name.removesuffix(ANSWERED)))
    if name.endswith(IF_ALL):
        return said(_WORDS, "if_all", measure=measure_words(name.removesuffix(IF_ALL)))
    return either(_WORDS, name, name.replace("_", " "))


def measure_phrase(name: str) -> Phrase:
    """Return what one of the measures that every log may have is, to be said in any language."""
    return Phrase(_WORDS, name)


def short_words(name: str) -> str:
    """Return the same over a narrow column."""
    for ending, key in ((ANSWERED, "short_answered"), (IF_ALL, "short_if_all")):
        if name.endswith(ending):
            return said(_WORDS, key)
    return either(_WORDS, f"short_{name}", name.replace("_", " "))


def amount(value: float, unit: str, *, signed: bool = False, beside: float | None = None) -> str:
    """Write a number in its unit, "-" for none; `beside` a larger one in the same minutes or hours and with as many digits.

    Examples
    --------
    >>> amount(95.2, "seconds"), amount(0.613, "share"), amount(-0.021, "share", signed=True)
    ('95 s', '61%', '-2 points')
    >>> amount(174, "seconds"), amount(-61, "seconds", signed=True, beside=174)
    ('2.9 min', '-1.0 min')
    """
    if not math.isfinite(value):
        return "-"
    sign, size = "+" if signed else "", abs(value if beside is None else beside)
    if unit == "seconds":
        return _seconds(value, sign, size)
    if unit == "share":
        return said(_WORDS, "points", number=written(100 * value, "+.0f")) if signed else written(value, ".0%")
    if unit == "points":
        return written(value, f"{sign}.0f")
    return written(value, f"{sign},.0f" if unit == "count" or size >= 100 else f"{sign}.2f")


def _seconds(value: float, sign: str, size: float) -> str:
    if size < 99.5:
        return said(_WORDS, "seconds", number=written(value, f"{sign}.0f"))
    if size < 99.5 * 60:
        return said(_WORDS, "minutes", number=written(value / 60, f"{sign}.{1 if size < 600 else 0}f"))
    if size < 72 * 3600:
        return said(_WORDS, "hours", number=written(value / 3600, f"{sign}.1f"))
    return said(_WORDS, "days", number=written(value / 86400, f"{sign}.1f"))
