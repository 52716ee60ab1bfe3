"""One cell as an instant: microseconds since 1970, UTC."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np

from cxchurn._core import DAY, zone
from cxchurn.interactions.reading._casts import EPOCH
from cxchurn.interactions.rows._cells import UNREADABLE, Unreadable, said, text_of

_START, _US = datetime(1970, 1, 1), timedelta(microseconds=1)
_START_UTC = _START.replace(tzinfo=UTC)
_TIME = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.](\d+))?)?)?"
    r"(?P<zone> ?(?:[Zz]|UTC|[+-]\d{2}(?::?\d{2})?))?",
    re.ASCII,
)
FIRST, LAST = (round((at - _START) / _US) for at in (datetime.min, datetime.max))
# what is smaller is no part of a written number of seconds
_SMALLEST = Decimal("1e-12")


class Times:
    """Reads times as a schema says they are written.

    Parameters
    ----------
    timezone : str
        The zone of times that carry none.
    time_format : str, optional
        As in the schema.
    """

    def __init__(self, timezone: str, time_format: str | None) -> None:
        self._timezone = timezone
        self._read = self._reader(time_format)
        self._format = time_format

    def __call__(self, value: Any) -> int | Unreadable | None:
        """Read one cell."""
        if isinstance(value, datetime):
            return _within(self._moment(value))
        if isinstance(value, date):
            return _within(self._moment(datetime(value.year, value.month, value.day)))
        if isinstance(value, bool) or not isinstance(value, (str, int, float, Decimal)):
            return UNREADABLE
        if isinstance(value, int) and not -(2**63) <= value < 2**63:
            return UNREADABLE
        if said(value) is None:
            return None
        found = self._read(value)
        return UNREADABLE if found is None else _within(found)

    def is_zoned(self, value: Any) -> bool | None:
        """Whether a text carries a zone; None for what is no text of the usual form."""
        found = _TIME.fullmatch(text_of(value) or "") if isinstance(value, str) and self._format is None else None
        return None if found is None else found["zone"] is not None

    def _moment(self, value: datetime) -> int:
        if value.tzinfo is not None:
            return (value - _START_UTC) // _US
        return self._by_clock((value - _START) // _US)

    def _by_clock(self, shown: int) -> int:
        return shown if self._timezone == "UTC" else int(zone(self._timezone).utc(np.array([shown]))[0])

    def _reader(self, time_format: str | None) -> Callable[[Any], int | None]:
        if time_format is None:
            return self._iso
        return self._epoch(int(EPOCH[time_format])) if time_format in EPOCH else self._formatted

    def _iso(self, value: Any) -> int | None:
        found = _TIME.fullmatch(value.strip(" \t\r\n")) if isinstance(value, str) else None
        if found is None or (found["zone"] is not None and found[4] is None):
            return None
        year, month, day, hour, minute, second = (int(one or 0) for one in found.groups()[:6])
        midnight = hour == 24 and not (minute or second or (found[7] or "").strip("0"))
        try:
            shown = (datetime(year, month, day, 0 if midnight else hour, minute, second) - _START) // _US
            shown += DAY if midnight else 0
        except ValueError:
            return None
        # fractions of a microsecond are cut off
        shown += int(((found[7] or "") + "000000")[:6])
        return self._by_clock(shown) if found["zone"] is None else shown - _offset(found["zone"].strip())

    def _epoch(self, unit: int) -> Callable[[Any], int | None]:
        def read(value: Any) -> int | None:
            try:
                # as it is written: binary fractions would fall on either side of the microsecond that was meant
                number = Decimal(text_of(value) or "").quantize(_SMALLEST, "ROUND_HALF_UP")
            except InvalidOperation:
                return None
            return int((number * unit).to_integral_value("ROUND_FLOOR")) if number.is_finite() else None

        return read

    def _formatted(self, value: Any) -> int | None:
        assert self._format is not None
        try:
            return self._moment(datetime.strptime(text_of(value) or "", self._format))
        except ValueError:
            return None


def _within(moment: int) -> int | Unreadable:
    """Return an instant; unreadable where its zone takes it out of the calendar."""
    return moment if FIRST <= moment <= LAST else UNREADABLE


def _offset(text: str) -> int:
    if text in ("Z", "z", "UTC"):
        return 0
    digits = text[1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:] or 0)
    return (-1 if text[0] == "-" else 1) * minutes * 60_000_000
