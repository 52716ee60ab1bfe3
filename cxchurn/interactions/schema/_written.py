"""An instant as a schema says that times are written: for examples, and for rows made up to try something."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cxchurn.interactions.schema._later import Columns, column_of
from cxchurn.interactions.schema._schema import Schema
from cxchurn.interactions.schema._text import formats_of

_START = datetime(1970, 1, 1, tzinfo=UTC)
# two days before 1900: spreadsheets count from 1 and believe that 1900 was a leap year
_EXCEL_START = datetime(1899, 12, 30)
_MICROSECONDS = {"epoch": 1_000_000, "epoch_s": 1_000_000, "epoch_ms": 1_000, "epoch_us": 1}


def written_time(schema: Schema, columns: Columns, moment: datetime) -> dict[str, Any]:
    """Return an instant as it stands in the user's columns.

    Parameters
    ----------
    schema : Schema
        Says how times are written.
    columns : str or tuple of str
        The column of the time, or those of its day and of the time of it.
    moment : datetime
        With a zone.

    Examples
    --------
    >>> schema = Schema(customer_id="who", timestamp=("on", "at"), kind_is="visit", time_format="%d.%m.%Y %H:%M")
    >>> written_time(schema, schema.timestamp, datetime(2024, 5, 1, 10, 30, tzinfo=UTC))
    {'on': '01.05.2024', 'at': '10:30'}
    """
    shown = _shown(formats_of(schema.time_format, column_of(columns))[0], moment, schema.timezone)
    if isinstance(columns, str):
        return {columns: shown}
    return dict(zip(columns, str(shown).replace("T", " ", 1).split(" ", len(columns) - 1), strict=False))


def _shown(written: str, moment: datetime, timezone: str) -> Any:
    since = (moment - _START) // timedelta(microseconds=1)
    if written in _MICROSECONDS:
        return since // _MICROSECONDS[written]
    if written == "epoch_ns":
        return since * 1000
    clock = moment.astimezone(ZoneInfo(timezone))
    if written == "excel":
        return (clock.replace(tzinfo=None) - _EXCEL_START) / timedelta(days=1)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if written == "iso" else clock.strftime(written)
