"""How much customers do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from cxchurn._core import Span, span
from cxchurn.features._builder import Builder, labelled, spans, words
from cxchurn.features._column import Column
from cxchurn.features._themes import RHYTHM, theme_of_kind, theme_of_measure
from cxchurn.history import Seen, Window, by_label, ratio, watched

_LEAST = span("7D")
_NONE = "has had no interaction of their own yet"


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
        most: int = 8,
    ) -> None:
        self.windows = windows
        self.detail = detail
        self.rates = rates
        self.by = by
        self.measures = measures
        self.most = most

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        life = seen.count()
        yield Column("volume_count_life", life, says="has had {value:#interaction} of their own in all", expects=-1)
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
                says="had {value:.0%} of all their own interactions in the last {window}",
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
                    says=f"had {{value:#{_noun(column, words(text))}}} of their own in the last {{window}}",
                    window=w,
                    expects=-1 if theme == RHYTHM else 1,
                    theme=theme,
                )

    def _measures(self, recent: Window, w: Span) -> Iterator[Column]:
        for measure, name in labelled(self.measures):
            theme = theme_of_measure(measure)
            statistics = {
                "sum": ("in all", recent.sum(measure)),
                "mean": ("on average", recent.mean(measure)),
                "std": ("of spread", recent.std(measure)),
                "min": ("at least", recent.min(measure)),
                "max": ("at most", recent.max(measure)),
            }
            for statistic, (said, values) in statistics.items():
                yield Column(
                    f"volume_{name}_{statistic}_{w}",
                    values,
                    says=f"had {words(measure)} of {{value:,.4g}} {said} in the last {{window}}",
                    missing=f"had no interaction of their own with {words(measure)} on record in the last {{window}}",
                    unit=measure,
                    window=w,
                    expects=-1 if theme == RHYTHM and statistic != "std" else 0,
                    theme=theme,
                )

    def _rates(self, seen: Seen, w: Span) -> Iterator[Column]:
        weeks = np.clip(watched(seen), _LEAST.days, max(w.days, _LEAST.days)) / _LEAST.days
        yield Column(
            f"volume_rate_{w}",
            seen.last(w).count() / weeks,
            says="had {value:.2f} interactions of their own a week in the last {window}, or since the first",
            zero="had no interaction of their own in the last {window}",
            missing=_NONE,
            unit="per week",
            window=w,
            expects=-1,
        )
        for measure, name in labelled(self.measures):
            theme = theme_of_measure(measure)
            yield Column(
                f"volume_{name}_rate_{w}",
                seen.last(w).sum(measure) / weeks,
                says=f"had {words(measure)} of {{value:,.4g}} a week in the last {{window}}, or since their first interaction",
                missing=_NONE,
                unit=f"{measure} per week",
                window=w,
                expects=-1 if theme == RHYTHM else 0,
                theme=theme,
            )


def _noun(column: str, name: str) -> str:
    return name if column == "kind" else f"{name} interaction"
