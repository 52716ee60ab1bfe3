"""How much customers do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from cxchurn._core import Span, span
from cxchurn.features._builder import Builder, labelled, spans
from cxchurn.features._column import Column
from cxchurn.features._themes import EXPERIENCE, RHYTHM, expects_of_measure, theme_of_kind, theme_of_measure
from cxchurn.features.shared._measures import form_of
from cxchurn.history import Seen, Window, by_label, ratio, watched

_LEAST = span("7D")
_NONE = "has had no interaction of their own yet"
_NOT_MEASURED = "had no interaction of their own with {label} on record in the last {window}"
_NOT_MARKED = "had no interaction of their own with {label:quoted} on record in the last {window}"
# what to say of a statistic, what of nothing, and what of an amount below 0
_SAYS: dict[str, tuple[str, str | None, str | None]] = {
    "sum": (
        "had a total of {value} in {label} over the last {window}",
        "had nothing in {label} over the last {window}",
        "had more taken off than added in {label} over the last {window}, {value} on balance",
    ),
    "mean": (
        "averaged {value} in {label} per interaction over the last {window}",
        "averaged nothing in {label} per interaction over the last {window}",
        "had {value} taken off in {label} per interaction on average over the last {window}",
    ),
    "std": (
        "varied by {value} in {label} in the last {window}",
        "did not vary in {label} in the last {window}",
        None,
    ),
    "min": (
        "had {value} in {label} at the least in the last {window}",
        "had nothing in {label} at the least in the last {window}",
        "had {value} taken off in {label} at one time in the last {window}",
    ),
    "max": (
        "had {value} in {label} at the most in the last {window}",
        "had nothing in {label} at the most in the last {window}",
        "had at least {value} taken off in {label} each time in the last {window}",
    ),
    "rate": (
        "had {value} in {label} a week in the last {window}, or since their first interaction",
        "had nothing in {label} in the last {window}",
        "had {value} a week more taken off than added in {label} in the last {window}",
    ),
}


# the same of a measure that only says yes or no
_SAYS_YES: dict[str, tuple[str, str | None, str | None]] = {
    "sum": (
        "had {value:#interaction} of their own marked {label:quoted} in the last {window}",
        "had no interaction of their own marked {label:quoted} in the last {window}",
        None,
    ),
    "mean": (
        "had {value:share} of their own interactions of the last {window} marked {label:quoted}",
        "had none of their own interactions of the last {window} marked {label:quoted}",
        None,
    ),
    "std": (
        "varied by {value} in {label:quoted} in the last {window}",
        "did not vary in {label:quoted} in the last {window}",
        None,
    ),
    "min": (
        "had every interaction of their own in the last {window} marked {label:quoted}",
        "had an interaction of their own not marked {label:quoted} in the last {window}",
        None,
    ),
    "max": (
        "had an interaction of their own marked {label:quoted} in the last {window}",
        "had no interaction of their own marked {label:quoted} in the last {window}",
        None,
    ),
    "rate": (
        "had {value:#interaction} of their own marked {label:quoted} a week in the last {window}, or since the first",
        "had no interaction of their own marked {label:quoted} in the last {window}",
        None,
    ),
}


class Volume(Builder):
    """How much customers do: how many interactions, of which kinds, over which touchpoints, with what measures.

    Their own interactions count. Columns: ``volume_count_<window>``, ``volume_count_life``, ``volume_share_recent_<window>``
    (of the life's interactions); for the windows in `detail` also ``volume_count_kind_<kind>_<window>``,
    ``volume_count_touchpoint_<touchpoint>_<window>`` and ``volume_<measure>_<sum|mean|std|min|max>_<window>``. Counts and
    sums are 0 over nothing, other statistics missing. For the windows in `rates` also ``volume_rate_<window>`` and
    ``volume_<measure>_rate_<window>``: the count and the sums a week of the time watched, which is the window, or the time
    since the customer's first interaction where that is shorter, but at least a week; missing for who was never here. A count
    fails to compare short histories with long ones, a rate does not.

    Parameters
    ----------
    windows : tuple of str
    detail : tuple of str
        The windows to break down by label and measure.
    rates : tuple of str
        The windows to give rates for; where histories differ in length within the window, so longer ones.
    by : tuple of str, default ("kind", "touchpoint")
        The label columns to break down by.
    measures : tuple of str
        The measures to summarise.
    levels : tuple of str
        Those of them that do not add up, such as a temperature or a price: no sums are made of them, and no rates.
    flags : tuple of str
        Those of them that only say yes or no (1 or 0): they are said as how many interactions are marked so.
    most : int, default 8
        How many labels of each at most.
    """

    driver = "volume"
    sees = "own"
    theme = "rhythm"

    def __init__(
        self,
        *,
        windows: Sequence[str] = ("30D", "90D", "365D"),
        detail: Sequence[str] = ("90D", "365D"),
        rates: Sequence[str] = ("365D",),
        by: tuple[str, ...] = ("kind", "touchpoint"),
        measures: tuple[str, ...] = (),
        levels: tuple[str, ...] = (),
        flags: tuple[str, ...] = (),
        most: int = 8,
    ) -> None:
        self.windows = windows
        self.detail = detail
        self.rates = rates
        self.by = by
        self.measures = measures
        self.levels = levels
        self.flags = flags
        self.most = most

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        life = seen.count()
        yield Column(
            "volume_count_life", life, says="has had {value:#interaction} of their own in all", zero=_NONE, expects=-1
        )
        for w in spans(self.windows):
            count = seen.last(w).count()
            yield Column(
                f"volume_count_{w}",
                count,
                says="had {value:#interaction} of their own in the last {window}",
                window=w,
                expects=-1,
            )
            yield Column(
                f"volume_share_recent_{w}",
                ratio(count, life),
                says="had {value:share} of all their own interactions in the last {window}",
                zero="had none of their own interactions in the last {window}",
                missing=_NONE,
                unit="share",
                window=w,
                expects=-1,
            )
        for w in spans(self.detail):
            yield from self._labels(seen.last(w), seen, w)
            yield from self._measures(seen.last(w), w)
        for w in spans(self.rates):
            yield from self._rates(seen, w)

    def _labels(self, recent: Window, seen: Seen, w: Span) -> Iterator[Column]:
        for column in self.by:
            labels = seen.known(column)[: self.most]
            for (text, name), count in zip(labelled(labels), by_label(recent, column, labels).events, strict=True):
                theme = theme_of_kind(text) if column == "kind" else RHYTHM
                yield Column(
                    f"volume_count_{column}_{name}_{w}",
                    count,
                    says="had {value:#label} in the last {window}",
                    window=w,
                    expects=-1 if theme == RHYTHM else 1,
                    label=text,
                    role=column,
                    theme=theme,
                )

    def _measures(self, recent: Window, w: Span) -> Iterator[Column]:
        for measure, name in labelled(self.measures):
            statistics = {
                "sum": recent.sum(measure),
                "mean": recent.mean(measure),
                "std": recent.std(measure),
                "min": recent.min(measure),
                "max": recent.max(measure),
            }
            for statistic, values in statistics.items():
                if not (measure in self.levels and statistic == "sum"):
                    yield self._measured(f"volume_{name}_{statistic}_{w}", values, measure, statistic, w)

    def _rates(self, seen: Seen, w: Span) -> Iterator[Column]:
        weeks = np.clip(watched(seen), _LEAST.days, max(w.days, _LEAST.days)) / _LEAST.days
        yield Column(
            f"volume_rate_{w}",
            seen.last(w).count() / weeks,
            says="had {value:#interaction} of their own a week in the last {window}, or since the first",
            zero="had no interaction of their own in the last {window}",
            missing=_NONE,
            unit="per week",
            window=w,
            expects=-1,
        )
        for measure, name in labelled(self.measures):
            if measure not in self.levels:
                values = seen.last(w).sum(measure) / weeks
                yield self._measured(f"volume_{name}_rate_{w}", values, measure, "rate", w)

    def _measured(self, name: str, values: np.ndarray, measure: str, statistic: str, w: Span) -> Column:
        level, yes, expects = measure in self.levels, measure in self.flags, expects_of_measure(measure)
        theme = theme_of_measure(measure)
        if theme == EXPERIENCE and expects < 0 and statistic in ("sum", "rate"):
            # good things add up with every contact: few of them in all tells of few contacts, not of bad ones
            theme = RHYTHM
        texts = (_SAYS_YES if yes else _SAYS)[statistic]
        says, zero, below = (text and text.replace("{value}", f"{{value:{form_of(measure)}}}") for text in texts)
        rate, scatter = statistic == "rate", statistic == "std"
        return Column(
            name,
            values,
            says=str(says),
            # a level may be 0, or below; an amount there is nothing, or taken off
            zero=None if level and below is not None else zero,
            below=None if level else below,
            missing=_NONE if rate else _NOT_MARKED if yes else _NOT_MEASURED,
            unit=f"{measure} per week" if rate else measure,
            window=w,
            # how far it scatters is neither good nor bad, and what a level that only customers have means, nobody knows
            expects=0 if scatter or (level and theme == RHYTHM) else expects,
            theme=theme,
            tells=not scatter,
            label=measure,
            role="measures",
        )
