"""The same story everywhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cxchurn._core import Span
from cxchurn.features._builder import Builder, spans
from cxchurn.features._column import Column
from cxchurn.features.shared._events import at_once
from cxchurn.features.shared._valence import Valence
from cxchurn.history import Events, Measure, Seen, Window, by_label, label_is, matters


@dataclass(frozen=True)
class SwitchChange(Measure):
    """How much better a moment felt than the one before it, which was at another touchpoint.

    Parameters
    ----------
    valence : Valence
    """

    valence: Valence

    def compute(self, events: Events) -> np.ndarray:
        """Return the difference of the valences for each moment after a switch, NaN for all other events."""
        where, felt = events.codes("touchpoint"), events[self.valence]
        located = at_once(events) & ~np.isnan(where) & ~np.isnan(felt)
        customers = events.of_customer()
        before, felt_before = (
            customers.previous(customers.latest(np.where(located, x, np.nan))) for x in (where, felt)
        )
        switched = located & ~np.isnan(before) & (where != before)
        return np.where(switched, felt - felt_before, np.nan)


@dataclass(frozen=True)
class TouchpointsSoFar(Measure):
    """How many different touchpoints a matter has gone through."""

    def compute(self, events: Events) -> np.ndarray:
        """Return the number for each event of a matter from its first touchpoint on, NaN for all other events."""
        matter = events.of_matter()
        count = matter.running(matter.new(events.codes("touchpoint")))
        return np.where(count > 0, count, np.nan)


class Consistency(Builder):
    """The same story everywhere: how much better or quicker one touchpoint is than another.

    Columns, as far as the log has the roles: ``consistency_valence_spread_<window>`` and
    ``consistency_wait_s_spread_<window>`` (seconds), the highest minus the lowest mean of a touchpoint;
    ``consistency_worst_gap_<window>`` (the mean over all touchpoints minus that of the worst); ``consistency_switch_<window>``
    (valence right after a switch of touchpoint minus the valence before, on average);
    ``consistency_touchpoints_per_matter_<window>`` (up to now). Only known touchpoints are set beside each other, and two at
    least.

    Parameters
    ----------
    windows : tuple of str
    most : int, default 8
        How many touchpoints to look at, the most frequent.
    valence : Valence
        How an interaction's feeling is read.
    """

    driver = "consistency"
    needs = ("touchpoint", "sentiment|score|resolved|wait_s")
    theme = "experience"

    def __init__(
        self,
        *,
        windows: Sequence[str] = ("90D", "365D"),
        most: int = 8,
        valence: Valence = Valence(),  # noqa: B008 - frozen
    ) -> None:
        self.windows = windows
        self.most = most
        self.valence = valence

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        touchpoints = seen.known("touchpoint")[: self.most]
        feels = any(seen.has(role) for role in ("sentiment", "score", "resolved"))
        for w in spans(self.windows):
            recent = seen.last(w)
            if feels and touchpoints:
                yield from self._feelings(recent, w, touchpoints)
            if feels:
                yield self._switch(recent, w)
            if seen.has("wait_s") and touchpoints:
                yield _waits(recent, w, touchpoints)
            if seen.has("case_id"):
                yield Column(
                    f"consistency_touchpoints_per_matter_{w}",
                    matters(recent, TouchpointsSoFar()).mean,
                    says="went through {value:#touchpoint} per matter in the last {window}",
                    missing="had no matter in the last {window}",
                    window=w,
                    expects=1,
                )

    def _feelings(self, recent: Window, w: Span, touchpoints: tuple[str, ...]) -> Iterator[Column]:
        means = by_label(recent, "touchpoint", touchpoints, self.valence).mean()
        spread = _spread(means)
        overall = recent.mean(self.valence, label_is("touchpoint", *touchpoints))
        few = "had moments that show how it went at fewer than two touchpoints in the last {window}"
        yield Column(
            f"consistency_valence_spread_{w}",
            spread,
            says="had {value:shade better|worse} moments at the best touchpoint than at the worst in the last {window}",
            zero="had equally good moments at all touchpoints in the last {window}",
            missing=few,
            unit="valence",
            window=w,
            expects=1,
        )
        yield Column(
            f"consistency_worst_gap_{w}",
            # no mean is below the worst one, were it not for rounding
            np.where(np.isnan(spread), np.nan, np.maximum(overall - np.fmin.reduce(means, axis=0), 0.0)),
            says="had {value:shade worse|better} moments at the worst touchpoint than on average in the last {window}",
            zero="had worse moments than on average at no touchpoint in the last {window}",
            missing=few,
            unit="valence",
            window=w,
            expects=1,
        )

    def _switch(self, recent: Window, w: Span) -> Column:
        return Column(
            f"consistency_switch_{w}",
            recent.mean(SwitchChange(self.valence)),
            says="had {value:shade} better moments on average after turning to another touchpoint in the last {window}",
            zero="had moments as good as before after turning to another touchpoint in the last {window}",
            below="had {value:shade} worse moments on average after turning to another touchpoint in the last {window}",
            missing="had no moment that shows how it went after turning to another touchpoint in the last {window}",
            unit="valence",
            window=w,
            expects=-1,
            neutral=0.0,
        )


def _waits(recent: Window, w: Span, touchpoints: tuple[str, ...]) -> Column:
    return Column(
        f"consistency_wait_s_spread_{w}",
        _spread(by_label(recent, "touchpoint", touchpoints, "wait_s").mean()),
        says="waited {value:seconds} longer at the slowest touchpoint than at the quickest in the last {window}",
        zero="waited equally long at all touchpoints in the last {window}",
        missing="waited at fewer than two touchpoints in the last {window}",
        unit="seconds",
        window=w,
        expects=1,
    )


def _spread(means: np.ndarray) -> np.ndarray:
    """The greatest minus the least of each row's means, missing for fewer than two."""
    several = (~np.isnan(means)).sum(axis=0) >= 2
    return np.where(several, np.fmax.reduce(means, axis=0) - np.fmin.reduce(means, axis=0), np.nan)
