"""What stays in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cxchurn._core import Span
from cxchurn.features._builder import Builder, spans
from cxchurn.features._column import Column
from cxchurn.features.shared._valence import Valence
from cxchurn.history import Events, Measure, Seen, Window, matters, strongest


@dataclass(frozen=True)
class GoodSoFar(Measure):
    """Whether the last sign in an event's matter, up to the event, was a good one.

    Parameters
    ----------
    valence : Valence
    """

    valence: Valence

    def compute(self, events: Events) -> np.ndarray:
        """Return 1 or 0 for each event of a matter, NaN before the first sign."""
        felt = events[self.valence]
        return events.of_matter().latest(np.where(np.isnan(felt), np.nan, felt > 0))


class PeakEnd(Builder):
    """People remember the peak and the end, not the average.

    How a moment felt is its `Valence`, from -1 to 1; the peak is the one farthest from 0, of equally strong ones the last.

    Columns: ``peak_end_best_<window>``, ``peak_end_peak_<window>`` and ``peak_end_memory_<window>`` (the mean of peak and
    last), valences; ``peak_end_good_ends_<window>`` (the share of the window's matters whose last sign so far was good, where
    the log has ``case_id``). Over the life, in days: ``peak_end_days_peak`` and ``peak_end_days_worst`` (since the most
    negative moment), the ages of the strongest memories. The worst and the last valence are in `Balance`.

    Parameters
    ----------
    windows : tuple of str
    valence : Valence
        How an interaction's feeling is read.
    """

    driver = "peak_end"
    needs = ("sentiment|score|resolved",)
    theme = "experience"

    def __init__(
        self,
        *,
        windows: Sequence[str] = ("90D", "365D"),
        valence: Valence = Valence(),  # noqa: B008 - frozen
    ) -> None:
        self.windows = windows
        self.valence = valence

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        yield Column(
            "peak_end_days_peak",
            strongest(seen, self.valence).age,
            says="had their strongest moment {value:when}",
            missing="has left no sign of how it went",
            unit="days",
            tells=False,
        )
        yield Column(
            "peak_end_days_worst",
            strongest(seen, self.valence.part(-1)).age,
            says="had their worst moment {value:when}",
            missing="has never had a bad moment",
            unit="days",
            expects=-1,
        )
        for w in spans(self.windows):
            recent = seen.last(w)
            yield from self._moments(recent, w)
            if seen.has("case_id"):
                yield Column(
                    f"peak_end_good_ends_{w}",
                    matters(recent, GoodSoFar(self.valence)).mean,
                    says="left {value:share} of the matters of the last {window} on a good note",
                    zero="left none of the matters of the last {window} on a good note",
                    missing="had no matter in the last {window} that shows how it went",
                    unit="share",
                    window=w,
                    expects=-1,
                )

    def _moments(self, recent: Window, w: Span) -> Iterator[Column]:
        peak = strongest(recent, self.valence).value
        for name, values, says in (
            ("best", recent.max(self.valence), "had a best moment in the last {window} that was {value:mood}"),
            ("peak", peak, "had a strongest moment in the last {window} that was {value:mood}"),
            (
                "memory",
                # Kahneman's peak-end rule: what is remembered is the mean of the strongest moment and the last
                (peak + recent.latest(self.valence)) / 2,
                "is likely to remember the last {window} as {value:mood}",
            ),
        ):
            yield Column(
                f"peak_end_{name}_{w}",
                values,
                says=says,
                missing="had no moment in the last {window} that shows how it went",
                unit="valence",
                window=w,
                expects=-1,
                neutral=0.0,
            )
