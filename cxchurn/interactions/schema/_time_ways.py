"""The usual ways of writing times that are not ISO 8601, as formats of Python and of the engine; the more usual ones first."""

from __future__ import annotations

from itertools import product

_DAYS = (
    "%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y", "%Y/%m/%d", "%m-%d-%Y", "%d-%m-%Y", "%Y%m%d", "%Y.%m.%d", "%d-%b-%Y", "%d %b %Y",
    "%b %d, %Y", "%d %B %Y", "%B %d, %Y", "%b %d %Y", "%m/%d/%y", "%d/%m/%y", "%d.%m.%y", "%d-%b-%y", "%Y-%m-%d",
    "%a %b %d %Y", "%a, %d %b %Y", "%d. %B %Y", "%d. %b %Y", "%d de %B de %Y",
    "%d/%b/%Y", "%d/%b/%y", "%m-%d-%y", "%d-%m-%y",
)  # fmt: skip
_CLOCKS = (
    "", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", " %H:%M:%S.%f", "T%H:%M:%S", ", %H:%M", ", %I:%M %p",
    " %I:%M%p", " %H:%M %z", " %H:%M:%S %z", " %H:%M:%S UTC", " %H%M", " %H%M%S",
    " %H:%M:%S,%f", ", %H:%M:%S", ", %I:%M:%S %p",
)  # fmt: skip
# what is written in one country or by one program alone: with a year of two figures in front, in Hungary, Russia and East Asia,
# the clock in Italy, Denmark and Finland, in Germany and France, by Oracle
_LOCAL = (
    *product(("%y/%m/%d", "%y-%m-%d", "%y.%m.%d", "%Y.%m.%d."), ("", " %H:%M", " %H:%M:%S")),
    *product(("%d %B %Y г.", "%d %b %Y г."), ("", " %H:%M", ", %H:%M")),
    *product(("%Y年%m月%d日",), ("", " %H:%M", " %H:%M:%S", " %H時%M分", " %H时%M分", "%H時%M分", "%H时%M分")),
    *product(("%Y. %m. %d.", "%Y-%m-%d", "%Y/%m/%d"), ("", " %H:%M", " %p %I:%M", " %p %I:%M:%S")),
    *product(
        ("%d/%m/%Y", "%d.%m.%Y"), (" %H.%M", " %H.%M.%S", " %H:%M Uhr", ", %H:%M Uhr", " à %H:%M", " à %Hh%M", " %Hh%M")
    ),
    *product(("%d-%b-%y", "%d-%b-%Y"), (" %I.%M.%S %p", " %I.%M.%S.%f %p", " %H.%M.%S.%f")),
)
_RUN_ON = ("%H%M%S", "T%H%M%S", "T%H%M%SZ")
WAYS = (
    *dict.fromkeys("".join(way) for way in (*product(_DAYS, _CLOCKS), *_LOCAL)),
    *("%Y%m%d" + clock for clock in _RUN_ON),
    "%d/%b/%Y:%H:%M:%S %z",
    "%a %b %d %H:%M:%S %Y",
    "%a %b %d %H:%M:%S %z %Y",
)
# how databases write that there is no day: 0000-00-00, in whatever order
NO_DAY = r"(0000[-/.]?00[-/.]?00|00[-/.]00[-/.]0000)([T ][0:.]+Z?)?"
# what names of zones are read as, on whose clock both summer and winter have one
ZONES = {
    "EST": "America/New_York", "EDT": "America/New_York", "CST": "America/Chicago", "CDT": "America/Chicago",
    "MST": "America/Denver", "MDT": "America/Denver", "PST": "America/Los_Angeles", "PDT": "America/Los_Angeles",
    "CET": "Europe/Berlin", "CEST": "Europe/Berlin", "BST": "Europe/London", "WET": "Europe/Lisbon", "WEST": "Europe/Lisbon",
    "EET": "Europe/Athens", "EEST": "Europe/Athens", "AEST": "Australia/Sydney", "AEDT": "Australia/Sydney",
    "JST": "Asia/Tokyo", "GMT": "UTC",
}  # fmt: skip


def names_utc(written: str) -> bool:
    """Whether a format says by its letters that times are UTC: they are on no other clock, whatever the zone of the log.

    Examples
    --------
    >>> names_utc("%Y%m%dT%H%M%SZ"), names_utc("%d.%m.%Y %H:%M UTC"), names_utc("%d.%m.%Y %H:%M %Z")
    (True, True, False)
    """
    return written.endswith((" UTC", " GMT")) or (written.endswith("Z") and not written.endswith("%Z"))
