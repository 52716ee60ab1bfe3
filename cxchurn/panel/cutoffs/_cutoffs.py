"""Cut-offs: the instants at which customers are looked at."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import tzinfo
from typing import TYPE_CHECKING, Any

import numpy as np

from cxchurn._core import (
    DAY,
    DataError,
    Deferred,
    Span,
    Statement,
    UsageError,
    Zone,
    as_pandas,
    instant,
    instants,
    iso,
    listed,
    span,
    zone,
)
from cxchurn.history import Histories
from cxchurn.interactions import InteractionLog
from cxchurn.panel.cutoffs._after_interactions import AfterInteractions
from cxchurn.panel.cutoffs._before import Before

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")

_MINUTE = 60_000_000
Rows = tuple[np.ndarray, np.ndarray, np.ndarray]


class Cutoffs(Statement):
    """Calendar cut-offs: the same instants for every customer.

    Parameters
    ----------
    times : list of str
        ISO 8601 instants, on the clock of the log's zone where they name none.
    """

    def __init__(self, times: Iterable[Any]) -> None:
        self.times = times

    def rows(self, histories: Histories, log: InteractionLog) -> Rows:
        """Return (customers, cut-offs, labels of the cut-offs) for every customer known before each cut-off."""
        return everybody(
            np.unique(instants(list(self.times), timezone=log.timezone)), zone(log.timezone), histories, log
        )


def everybody(times: np.ndarray, clock: Zone, histories: Histories, log: InteractionLog) -> Rows:
    """Return (customers, cut-offs, labels of the cut-offs) for every customer known before each cut-off."""
    check_inside(times, log)
    known = [np.flatnonzero(histories.began < at.astype(np.int64)) for at in times]
    sizes = [len(one) for one in known]
    customers = histories.ids[np.concatenate(known)] if known else histories.ids[:0]
    labels = np.array([label(at, clock) for at in times], dtype=object)
    return customers, np.repeat(times, sizes), np.repeat(labels, sizes)


def label(at: np.datetime64, clock: Zone) -> str:
    """Write a cut-off as the clock of a zone shows it: the date alone at midnight, else date, time and offset from UTC."""
    moment = np.array([at], dtype="datetime64[us]").astype(np.int64)
    shown = clock.local(moment)
    text = iso(shown.astype("datetime64[us]")[0])
    ahead = int(shown[0] - moment[0]) // _MINUTE
    if clock.name == "UTC" or "T" not in text:
        return text
    return f"{text}{'-' if ahead < 0 else '+'}{abs(ahead) // 60:02}:{abs(ahead) % 60:02}"


class AfterFirst(Statement):
    """Cut-offs counted from each customer's first interaction; made by `after_first`.

    Parameters
    ----------
    spans : tuple of str
        How long after the first interaction.
    """

    def __init__(self, spans: tuple[str, ...]) -> None:
        self.spans = spans

    def rows(self, histories: Histories, log: InteractionLog) -> Rows:
        """Return (customers, cut-offs, labels of the cut-offs), leaving out cut-offs after the end of the log."""
        began = histories.began.astype("datetime64[us]")
        parts = []
        for text in self.spans:
            length = span(text, name="after_first")
            at = began + np.timedelta64(length.microseconds, "us")
            inside = at <= log.observed_until
            label = np.full(int(inside.sum()), f"first + {length}", dtype=object)
            parts.append((histories.ids[inside], at[inside], label))
        return tuple(np.concatenate(column) for column in zip(*parts, strict=True))  # type: ignore[return-value]


class Regular(Statement):
    """Calendar cut-offs at a regular distance; made by `monthly`, `weekly` and `every`.

    Months and distances of whole days are counted on a clock, whose hour stays the same when it is set forward or back: that of
    the zone that `start` names, or else of the log's zone.

    Parameters
    ----------
    distance : str
        ``"month"``, or a span such as ``"14D"``.
    start : str
        The first cut-off.
    end : str, optional
        The last possible cut-off, included. Default: the end of the log.
    """

    def __init__(self, distance: str, start: Any, end: Any = None) -> None:
        self.distance = distance
        self.start = start
        self.end = end

    def times(self, end: np.datetime64, timezone: str = "UTC") -> np.ndarray:
        """Return the cut-offs up to `end` (or the own end), by the clock of `timezone` if start names none; datetime64[us]."""
        first, own = instant(self.start, name="start", timezone=timezone), self._zone(timezone)
        last = end if self.end is None else instant(self.end, name="end", timezone=own)
        if last < first:
            raise UsageError(
                f"the cut-offs end ({iso(last)}) before they start ({iso(first)}).",
                hint="start before the end of the log." if self.end is None else "swap start and end.",
            )
        step = 0 if self.distance == "month" else span(self.distance, name="every").microseconds
        if step % DAY:
            return np.arange(first, last + np.timedelta64(1, "us"), np.timedelta64(step, "us"))
        clock = zone(own)
        begin, stop = clock.local(np.array([first, last]).astype(np.int64))
        found = clock.utc(_shown(begin, stop, step)).astype("datetime64[us]")
        return found[found <= last]

    def _zone(self, timezone: str) -> str | tzinfo:
        given = pd.Timestamp(self.start)
        if given.tzinfo is None:
            return timezone
        # an offset that the log's clock had then stands for that clock
        first = np.array([instant(given)]).astype(np.int64)
        ahead = pd.Timedelta(int(zone(timezone).local(first)[0] - first[0]), "us")
        is_fixed = given.tzinfo.utcoffset(None) is not None
        return timezone if is_fixed and ahead and given.utcoffset() == ahead else given.tzinfo

    def rows(self, histories: Histories, log: InteractionLog) -> Rows:
        """Return (customers, cut-offs, labels of the cut-offs) for every customer known before each cut-off."""
        times = self.times(log.observed_until, log.timezone)
        return everybody(times, zone(self._zone(log.timezone)), histories, log)


def _shown(first: int, last: int, step: int) -> np.ndarray:
    """What the clock shows at the cut-offs from first to the day after last, a number of whole days or (0) a month apart."""
    if step:
        return np.arange(first, last + DAY, step)
    begin, end = (np.datetime64(int(at), "us") for at in (first, last))
    months = int((end.astype("datetime64[M]") - begin.astype("datetime64[M]")).astype(int))
    stamps = [pd.Timestamp(begin) + pd.DateOffset(months=month) for month in range(months + 1)]
    return np.array(stamps, dtype="datetime64[us]").astype(np.int64)


class Several(Statement):
    """Cut-offs of several sorts together; a customer and instant that two of them name is looked at once.

    Parameters
    ----------
    parts : tuple of cut-offs
    """

    def __init__(self, parts: tuple[Any, ...]) -> None:
        self.parts = parts

    def rows(self, histories: Histories, log: InteractionLog) -> Rows:
        """Return (customers, cut-offs, labels of the cut-offs); of two alike the first one's label."""
        found = [part.rows(histories, log) for part in self.parts]
        customers, times, labels = (np.concatenate(column) for column in zip(*found, strict=True))
        place = pd.DataFrame({"row": histories.positions(customers), "at": times})
        first = ~place.duplicated().to_numpy()
        return customers[first], times[first], labels[first]


AnyCutoffs = Cutoffs | AfterFirst | AfterInteractions | Before | Regular | Several


def monthly(start: Any, end: Any = None) -> Regular:
    """Look at customers once a month, from `start` to `end` (included; default the end of the log).

    Months begin by the clock of the zone that `start` names, or else of the log's zone, in summer and in winter.

    Examples
    --------
    >>> [str(t)[:10] for t in monthly("2024-01-01", "2024-03-01").times(np.datetime64("2025-01-01"))]
    ['2024-01-01', '2024-02-01', '2024-03-01']
    """
    return Regular("month", start, end)


def weekly(start: Any, end: Any = None) -> Regular:
    """Look at customers once a week, from `start` to `end` (included; default the end of the log)."""
    return Regular("7D", start, end)


def every(distance: str, start: Any, end: Any = None) -> Regular:
    """Look at customers at a regular distance such as ``"14D"``, from `start` to `end` (included)."""
    return Regular(distance, start, end)


def after_first(*spans: str) -> AfterFirst:
    """Look at customers some time after their own first interaction, such as ``after_first("3D", "7D", "14D")``."""
    if not spans:
        raise UsageError("after_first() was given no span.", hint="for example after_first('3D', '7D').")
    lengths = {length.microseconds: str(length) for length in (span(one, name="after_first") for one in spans)}
    return AfterFirst(tuple(lengths.values()))


def to_cutoffs(value: Any) -> AnyCutoffs:
    """Read cut-offs: an object of this module, one instant, or a list of instants, or of such objects."""
    if isinstance(value, AnyCutoffs):
        return value
    if isinstance(value, (list, tuple)) and any(isinstance(one, AnyCutoffs) for one in value):
        return Several(tuple(to_cutoffs(one) for one in value))
    value = as_pandas(value)
    if isinstance(value, Span) or value is None:
        raise UsageError(
            f"cutoffs is {value!r}.",
            allowed="monthly(), weekly(), every(), after_first(), after_interactions(), before(), instants, or a list of these",
        )
    many = value if isinstance(value, (list, tuple, np.ndarray, pd.Series, pd.Index)) else [value]
    if len(many) == 0:
        raise UsageError("cutoffs is empty.", hint="for example cutoffs=cx.monthly('2024-01-01', '2024-06-01').")
    return Cutoffs(many)


def check_inside(times: np.ndarray, log: InteractionLog) -> None:
    """Raise an error for cut-offs before the first or after the last known interaction."""
    if log.start is None:
        raise DataError("the log has no interaction.", hint="read a log that has some.")
    outside = times[(times <= log.start) | (times > log.observed_until)]
    if outside.size:
        raise UsageError(
            f"{outside.size} of {times.size} cut-offs lie outside the log: {listed((iso(at) for at in outside), most=4)}.",
            allowed=f"after {iso(log.start)} (the first interaction), up to {iso(log.observed_until)} (the end of the log)",
            hint="choose cut-offs inside, or read more of the log.",
        )
