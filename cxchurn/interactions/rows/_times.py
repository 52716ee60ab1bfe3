"""One cell as an instant: microseconds since 1970, UTC."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

import numpy as np

from cxchurn._core import DAY, zone
from cxchurn.interactions.reading._cell_sql import Texts, nothing_in
from cxchurn.interactions.reading.casts._placeholders import NEVER, are_placeholders
from cxchurn.interactions.reading.casts.texts._instants import (
    EPOCH,
    EXCEL_1970,
    EXCEL_COMMA,
    EXCEL_LAST,
    EXCEL_TRUE,
    REACH,
)
from cxchurn.interactions.rows._cells import UNREADABLE, Unreadable, said, text_of
from cxchurn.interactions.schema._months import in_english
from cxchurn.interactions.schema._time_ways import NO_DAY, names_utc

_START, _US = datetime(1970, 1, 1), timedelta(microseconds=1)
_START_UTC = _START.replace(tzinfo=UTC)
_TIME = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.](\d+))?)?)?"
    r"(?P<zone> ?(?:[Zz]|UTC|[+-]\d{2}(?::?\d{2})?))?",
    re.ASCII,
)
# no placeholder lies between these, whatever the zone
_PLAIN = (int(np.datetime64("1970-03-01", "us").astype(np.int64)), NEVER)
# what a day 0 is read as: it stands for none
_NO_DAY = int(np.datetime64("1900-01-01", "us").astype(np.int64))
FIRST, LAST = (round((at - _START) / _US) for at in (datetime.min, datetime.max))


class Times:
    """Reads times as a schema says they are written.

    Parameters
    ----------
    texts : Texts
        How they are written.
    """

    def __init__(self, texts: Texts) -> None:
        self._timezone = texts.timezone
        self._reads = [self._reader(written) for written in texts.formats]
        self._iso_too = "iso" in texts.formats
        self._words = nothing_in(texts.missing)

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
        if said(value, self._words) is None:
            return None
        found = next((moment for read in self._reads if (moment := read(value)) is not None), None)
        if found is None and isinstance(value, str) and re.fullmatch(NO_DAY, text_of(value) or ""):
            return _NO_DAY
        return UNREADABLE if found is None else _within(found)

    def is_zoned(self, value: Any) -> bool | None:
        """Whether a text carries a zone; None for what is no text of the usual form."""
        found = _TIME.fullmatch(text_of(value) or "") if isinstance(value, str) and self._iso_too else None
        return None if found is None else found["zone"] is not None

    def _moment(self, value: datetime) -> int:
        if value.tzinfo is not None:
            return (value - _START_UTC) // _US
        return self._by_clock((value - _START) // _US)

    def _by_clock(self, shown: int) -> int:
        return shown if self._timezone == "UTC" else int(zone(self._timezone).utc(np.array([shown]))[0])

    def _reader(self, written: str) -> Callable[[Any], int | None]:
        own = {"iso": self._iso, "epoch": _epoch_by_size, "excel": self._excel}
        if written in own:
            return own[written]
        return partial(_epoch, unit=written) if written in EPOCH else partial(self._formatted, written=written)

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

    def _excel(self, value: Any) -> int | None:
        plain = re.sub(EXCEL_COMMA, r"\1.\2", text_of(value) or "") if isinstance(value, str) else value
        days = _number(plain, 12)
        if days is None or not 0 <= days < EXCEL_LAST:
            return None
        # spreadsheets count a 29 February 1900, and keep times of day to the millisecond
        day = days - EXCEL_1970 + (1 if days < EXCEL_TRUE else 0)
        return self._by_clock(int((day * 86_400_000 + Decimal("0.5")).to_integral_value("ROUND_FLOOR")) * 1000)

    def _formatted(self, value: Any, written: str) -> int | None:
        found = _strptime(text_of(value) or "", written)
        if found is None and (english := in_english(text_of(value) or "", written)) is not None:
            found = _strptime(english, written)
        if found is None:
            return None
        return self._moment(found.replace(tzinfo=UTC) if names_utc(written) else found)


def _strptime(text: str, written: str) -> datetime | None:
    if _is_foreign(text, written):
        return None
    try:
        return datetime.strptime(text, written)
    except ValueError:
        return None


def _is_foreign(text: str, written: str = "") -> bool:
    """Whether figures or blanks in a text are none to the engine, though Python takes them for such."""
    if text.isascii():
        return False
    return any((sign.isdecimal() or sign.isspace()) and not sign.isascii() and sign not in written for sign in text)


def _epoch(value: Any, unit: str) -> int | None:
    decimals, factor = EPOCH[unit]
    number = _number(value, decimals)
    return None if number is None else int((number * Decimal(factor)).to_integral_value("ROUND_FLOOR"))


def _epoch_by_size(value: Any) -> int | None:
    # one value alone: what all values of a column say is in the schema by then
    try:
        size = abs(float(text_of(value) or ""))
    except (ValueError, OverflowError):
        return None
    unit = next((unit for unit, most in REACH.items() if size < most), None)
    return None if unit is None else _epoch(value, unit)


def _number(value: Any, decimals: int) -> Decimal | None:
    """Return a number as it is written: binary fractions would fall on either side of the microsecond that was meant."""
    if _is_foreign(str(value)):
        return None
    try:
        found = Decimal(text_of(value) or "").quantize(Decimal(1).scaleb(-decimals), "ROUND_HALF_UP")
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _within(moment: int) -> int | Unreadable:
    """Return an instant; unreadable where its zone takes it out of the calendar."""
    return moment if FIRST <= moment <= LAST else UNREADABLE


def stands_for_none(moment: int, timezone: str, *, ahead: bool) -> bool:
    """Whether an instant is one that systems write where they have none; see `are_placeholders`."""
    plain = _PLAIN[0] <= moment < _PLAIN[1]
    return not plain and are_placeholders(np.array([moment]), timezone, ahead=ahead) is not None


def _offset(text: str) -> int:
    if text in ("Z", "z", "UTC"):
        return 0
    digits = text[1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:] or 0)
    return (-1 if text[0] == "-" else 1) * minutes * 60_000_000
