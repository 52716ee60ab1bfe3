"""What is measured of a touchpoint, and how it is said."""

from __future__ import annotations

import math
from typing import NamedTuple


class Measure(NamedTuple):
    """One thing that is measured.

    Attributes
    ----------
    words : str
        What it is, such as "wait".
    short : str
        The same over a narrow column.
    unit : {"count", "seconds", "number", "share", "points"}
    better : int
        1 where more is better, -1 where less is, 0 where neither can be said.
    """

    words: str
    short: str
    unit: str
    better: int


MEASURES = {
    "customers": Measure("customers", "customers", "count", 0),
    "contacts": Measure("contacts", "contacts", "count", 0),
    "wait_s": Measure("mean wait", "wait", "seconds", -1),
    "wait_s_p90": Measure("wait that one in ten exceeds", "1 in 10", "seconds", -1),
    "transfers": Measure("times passed on", "passed on", "number", -1),
    "solved": Measure("share solved in time", "solved", "share", 1),
    "tone": Measure("tone", "tone", "number", 1),
    "nps": Measure("NPS", "NPS", "points", 1),
    "csat": Measure("satisfied (CSAT)", "CSAT", "share", 1),
    "ces": Measure("ease (CES)", "CES", "number", 1),
    "score": Measure("score", "score", "number", 1),
}
ANSWERED, IF_ALL = "_answer_rate", "_if_all_answered"


def measure_of(name: str) -> Measure:
    """Return what a measure's name stands for; one of the log's own stands for its mean."""
    if name.endswith(ANSWERED):
        of = MEASURES[name.removesuffix(ANSWERED)]
        return Measure(f"share of invitations answered ({of.short})", "answered", "share", 0)
    if name.endswith(IF_ALL):
        of = MEASURES[name.removesuffix(IF_ALL)]
        return of._replace(words=f"{of.words} if all had answered", short="if all")
    return MEASURES.get(name) or Measure(name.replace("_", " "), name.replace("_", " "), "number", 0)


def amount(value: float, unit: str, *, signed: bool = False) -> str:
    """Write a number in its unit, "-" for none.

    Examples
    --------
    >>> amount(95.2, "seconds"), amount(0.613, "share"), amount(-0.021, "share", signed=True)
    ('95 s', '61%', '-2 points')
    """
    if not math.isfinite(value):
        return "-"
    sign = "+" if signed else ""
    if unit == "seconds":
        return _seconds(value, sign)
    if unit == "share":
        return f"{100 * value:{sign}.0f} points" if signed else f"{100 * value:.0f}%"
    if unit == "points":
        return f"{value:{sign}.0f}"
    return f"{value:{sign},.0f}" if unit == "count" or abs(value) >= 100 else f"{value:{sign}.2f}"


def _seconds(value: float, sign: str) -> str:
    size = abs(value)
    if size < 99.5:
        return f"{value:{sign}.0f} s"
    if size < 99.5 * 60:
        return f"{value / 60:{sign}.{1 if size < 600 else 0}f} min"
    if size < 72 * 3600:
        return f"{value / 3600:{sign}.1f} h"
    return f"{value / 86400:{sign}.1f} days"
