"""When customers are active: the weekend, working hours, evenings, nights."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cxchurn._core import DAY, zone
from cxchurn.features._builder import Builder, spans
from cxchurn.features._column import Column
from cxchurn.history import Events, Measure, Seen

_HOUR = DAY // 24
_WORDS = {
    "weekend": "at the weekend",
    "working_hours": "in working hours",
    "evening": "in the evening",
    "night": "at night",
}


@dataclass(frozen=True)
class During(Measure):
    """Whether an interaction happened in some part of the week: 1 or 0; missing where its time of day is not on record.

    An interaction at midnight sharp is taken for one of which only the day is known.

    Parameters
    ----------
    part : {"weekend", "working_hours", "evening", "night"}
        Saturday and Sunday; 9 to 17 o'clock from Monday to Friday; 17 to 22; 22 to 6.
    timezone : str, optional
        The zone whose clock counts; default: the log's.
    """

    part: str
    timezone: str | None = None

    def compute(self, events: Events) -> np.ndarray:
        """Return 1 or 0 an event, NaN where the time of day is not on record."""
        days, time = np.divmod(self._shown(events), DAY)
        # the first of January 1970 was a Thursday
        weekend = (days + 3) % 7 >= 5
        if self.part == "weekend":
            return weekend.astype(np.float64)
        hour = time // _HOUR
        inside = {
            "working_hours": (hour >= 9) & (hour < 17) & ~weekend,
            "evening": (hour >= 17) & (hour < 22),
            "night": (hour >= 22) | (hour < 6),
        }[self.part]
        return np.where(time == 0, np.nan, inside)

    def _shown(self, events: Events) -> np.ndarray:
        if self.timezone is None:
            return events.local("timestamp").view(np.int64)
        return zone(self.timezone).local(events["timestamp"].view(np.int64))


class Clock(Builder):
    """When customers are active, and whether that has changed: at the weekend, in working hours, evenings, nights.

    Own interactions count, by when they happened. The weekend is Saturday and Sunday, working hours are 9 to 17 o'clock from
    Monday to Friday, the evening 17 to 22, the night 22 to 6. Interactions at midnight sharp are taken for a day without a
    time, and left out but for the weekend.

    Columns: ``clock_<weekend|working_hours|evening|night>_share`` (of the life's interactions),
    ``clock_<weekend|working_hours|evening|night>_shift_<window>`` (the share in the window minus the share before it); missing
    without an interaction to take a share of.

    Parameters
    ----------
    windows : tuple of str
    timezone : str, optional
        The zone whose clock counts, such as ``"Europe/London"``; default: the log's, which its schema names.
    """

    driver = "clock"
    sees = "own"
    theme = "rhythm"

    def __init__(self, *, windows: Sequence[str] = ("30D", "90D"), timezone: str | None = None) -> None:
        self.windows = windows
        self.timezone = timezone

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        for part, when in _WORDS.items():
            inside = During(part, self.timezone)
            whole = "interaction of their own" + ("" if part == "weekend" else " at a known time of day")
            yield Column(
                f"clock_{part}_share",
                seen.mean(inside),
                says=f"had {{value:share}} of all their own interactions {when}",
                zero=f"has never had an interaction of their own {when}",
                missing=f"has no {whole} on record",
                unit="share",
            )
            for w in spans(self.windows):
                yield Column(
                    f"clock_{part}_shift_{w}",
                    seen.last(w).mean(inside) - seen.before(w).mean(inside),
                    says=f"had a larger part of their own interactions {when} in the last {{window}} than before,"
                    " by {value:points}",
                    zero=f"had as large a part of their own interactions {when} in the last {{window}} as before",
                    below=f"had a smaller part of their own interactions {when} in the last {{window}} than before,"
                    " by {value:points}",
                    missing=f"has no {whole} on record to compare the last {{window}} with the time before",
                    unit="share",
                    window=w,
                    neutral=0.0,
                )
