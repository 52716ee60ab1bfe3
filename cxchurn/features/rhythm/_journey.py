"""In which order things happened to customers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cxchurn._core import span
from cxchurn.features._builder import Builder, last, spans
from cxchurn.features._column import Column
from cxchurn.features._themes import EXPERIENCE
from cxchurn.history import Events, Measure, Seen, followed, steps, where

# a cancellation is the end of the way for the customer, though no act that goes on
_THEIR_OWN = where(unless={"direction": "outbound", "later": True})


@dataclass(frozen=True)
class Place(Measure):
    """The place of an interaction's kind in a list, -1 for kinds that are not in it.

    Parameters
    ----------
    kinds : tuple of str
    """

    kinds: tuple[str, ...]

    def compute(self, events: Events) -> np.ndarray:
        """Return each event's place."""
        place = events.mapped("kind", {kind: place for place, kind in enumerate(self.kinds)})
        return np.where(np.isnan(place), -1.0, place)


@dataclass(frozen=True)
class Step(Measure):
    """The step from the interaction before to each one, by their kinds; missing for the first.

    Parameters
    ----------
    what : {"loop", "new", "chance"}
        Whether it led to the same kind; whether the customer took it for the first time; how likely it was by the earlier
        ones.
    kinds : int, default 1
        How many kinds it might have led to.
    """

    what: str
    kinds: int = 1

    def compute(self, events: Events) -> np.ndarray:
        """Return one number an event, NaN where there is no step."""
        taken, loop, left, same = steps(events, "kind")
        values = {"loop": loop, "new": same == 0, "chance": (same + 1) / (left + self.kinds)}[self.what]
        return np.where(taken, values, np.nan)


@dataclass(frozen=True)
class Run(Measure):
    """How many interactions of the same kind there have been in a row."""

    def compute(self, events: Events) -> np.ndarray:
        """Return one number an event."""
        return events.of_customer().streak(steps(events, "kind").loop) + 1


@dataclass(frozen=True)
class DeadEnd(Measure):
    """Marks dead ends: 1 for an interaction of one of the kinds, or one that left the matter open; missing for others.

    Parameters
    ----------
    kinds : tuple of str
    """

    kinds: tuple[str, ...]

    def compute(self, events: Events) -> np.ndarray:
        """Return 1 for each dead end, NaN for other events."""
        dead = events.is_one_of("kind", *self.kinds)
        if "resolved" in events:
            dead |= events["resolved"] == 0
        return np.where(dead, 1.0, np.nan)


@dataclass(frozen=True)
class Onward(Measure):
    """Marks what leads on from a dead end: 1 for what customers do themselves and for matters closed; missing for others."""

    def compute(self, events: Events) -> np.ndarray:
        """Return 1 for each event that leads on, NaN for others."""
        onward = ~events.is_one_of("direction", "outbound") & (events["later"] == 0)
        if "resolved" in events:
            onward |= events["resolved"] == 1
        return np.where(onward, 1.0, np.nan)


class Journey(Builder):
    """In which order things happened to customers: the last steps, walking in circles, dead ends.

    A step leads from one own interaction to the next, by their kinds. A dead end is an interaction of the customer's of a kind
    in `dead_ends`, or one that left the matter open, when nothing of the customer's own follows and no matter is closed.

    Columns: ``journey_last_kind``, ``journey_last_kind_2``, ``journey_last_kind_3`` (categories: the kinds known in training;
    missing for a new one), ``journey_run`` (own interactions of the same kind in a row, up to the last),
    ``journey_last_step_chance`` (how likely the last step was by the ``n`` earlier steps of the customer from the same kind,
    of which ``k`` led to the same one: ``(k + 1) / (n + kinds known)``), ``journey_loops_<window>`` (share of the steps in the
    window to the same kind), ``journey_new_steps_<window>`` (share of them that the customer took for the first time); none of
    these where training knew one kind alone. ``journey_dead_ends_<window>`` (after which nothing followed for at least `pause`)
    and ``journey_dead_end`` (1 where nothing has followed the last one so far, else 0); none where nothing can be a dead end.

    Parameters
    ----------
    windows : tuple of str
    dead_ends : tuple of str, default ("complaint", "cancel")
        The kinds of interaction that are dead ends if nothing follows.
    pause : str, default "7D"
        For how long nothing has to follow.
    """

    driver = "journey"
    theme = "rhythm"

    def __init__(
        self,
        *,
        windows: Sequence[str] = ("30D", "90D"),
        dead_ends: tuple[str, ...] = ("complaint", "cancel"),
        pause: str = "7D",
    ) -> None:
        self.windows = windows
        self.dead_ends = dead_ends
        self.pause = pause

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        path = seen.own
        kinds = path.known("kind")
        if len(kinds) > 1:
            yield from self._last_kinds(path, kinds)
            yield from self._last_step(path, len(kinds))
            yield from self._steps(path)
        if seen.has("resolved") or set(seen.known("kind")) & set(self.dead_ends):
            yield from self._dead_ends(seen)

    def _last_kinds(self, seen: Seen, kinds: tuple[str, ...]) -> Iterator[Column]:
        for nth in (1, 2, 3):
            place = seen.latest(Place(kinds), nth=nth)
            yield Column(
                "journey_last_kind" if nth == 1 else f"journey_last_kind_{nth}",
                np.where(place >= 0, place, np.nan),
                says=f"had {{value:a}} as the {last(nth)} interaction of their own",
                missing=f"has no {last(nth)} interaction of their own of a known kind",
                unit="label",
                levels=kinds,
                tells=False,
                role="kind",
            )

    def _last_step(self, seen: Seen, kinds: int) -> Iterator[Column]:
        yield Column(
            "journey_run",
            seen.latest(Run()),
            says="has had {value:#interaction} of their own of the same kind in a row",
            missing="has had no interaction of their own yet",
            tells=False,
        )
        yield Column(
            "journey_last_step_chance",
            seen.latest(Step("chance", kinds)),
            says="last did something that was {value:share} likely, judging by what they did before",
            missing="has not gone on from one interaction of their own to the next yet",
            unit="probability",
            tells=False,
        )

    def _steps(self, seen: Seen) -> Iterator[Column]:
        for w in spans(self.windows):
            for name, step, says, zero in (
                (
                    "loops",
                    Step("loop"),
                    "did the same kind of thing again in {value:share} of their steps of the last {window}",
                    "never did the same kind of thing again right away in the last {window}",
                ),
                (
                    "new_steps",
                    Step("new"),
                    "went on in a way new to them in {value:share} of their steps of the last {window}",
                    "never went on in a way new to them in the last {window}",
                ),
            ):
                yield Column(
                    f"journey_{name}_{w}",
                    seen.last(w).mean(step),
                    says=says,
                    zero=zero,
                    missing="did not go on from one interaction of their own to the next in the last {window}",
                    unit="share",
                    window=w,
                    tells=False,
                )

    def _dead_ends(self, seen: Seen) -> Iterator[Column]:
        dead, onward = DeadEnd(self.dead_ends), Onward()
        pause = span(self.pause, name="pause")
        yield Column(
            "journey_dead_end",
            followed(seen, _THEIR_OWN, None, within=pause, first_column=dead, by_column=onward).pending,
            says="came to a dead end (such as a complaint or a matter left open) and has been silent since",
            zero="did not come to a dead end the last time",
            unit="yes or no",
            expects=1,
            theme=EXPERIENCE,
        )
        for w in spans(self.windows):
            met = followed(seen.last(w), _THEIR_OWN, None, within=pause, first_column=dead, by_column=onward)
            yield Column(
                f"journey_dead_ends_{w}",
                met.decided - met.followed,
                says="went silent for {pause} or longer after {value:#dead end} in the last {window}",
                zero="never went silent for {pause} or longer after a dead end in the last {window}",
                slots={"pause": pause},
                window=w,
                expects=1,
                theme=EXPERIENCE,
            )
