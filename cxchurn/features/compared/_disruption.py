"""The outside world: what changed for everybody, and for this customer more than for others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce

import numpy as np

from cxchurn._core import span
from cxchurn.features._builder import times
from cxchurn.features._column import Column
from cxchurn.features._themes import EXPERIENCE, RHYTHM
from cxchurn.features.shared._comparing import Comparing, Crowd
from cxchurn.features.shared._references import FEWEST, Table, shortened
from cxchurn.features.shared._valence import Valence
from cxchurn.history import Seen, Window, by_label, compared, ratio

# by name, what customers have of it and on how many events that rests
Keys = dict[str, tuple[np.ndarray, np.ndarray]]
# steps to one: a fifth, a twentieth, a tenth. Everybody's exact level would name the cut-off, and trees would learn dates
_STEPS = {"activity": 5, "valence": 20, "wait": 10}


class Disruption(Comparing):
    """What changed for customers beyond what changed for everybody: the outside world taken out.

    Columns: ``disruption_activity_<window>``, the logarithm of own interactions in the window over those to be expected,
    which are those of the window before (each plus 1), changed as everybody's did; where the log tells how it felt
    ``disruption_valence_<window>``, the mean valence in the window less everybody's; where it has waits
    ``disruption_wait_<window>``, the logarithm of the mean wait over everybody's (each plus a minute). Where the log knows
    touchpoints, waits are compared at each of them and averaged by how many there were: an hour is long on the phone and short
    by letter. The fewer events, the nearer to 0, by n / (n + 1). In steps of a fifth (waits of a tenth, valence of a
    twentieth), since everybody's exact level would name the cut-off.

    Parameters
    ----------
    window : str, default "60D"
    most : int, default 8
        How many touchpoints to look at, the most frequent.
    """

    driver = "disruption"
    theme = "compared"

    def __init__(self, *, window: str = "60D", most: int = 8) -> None:
        self.window = window
        self.most = most

    def reference(self, crowd: Crowd) -> Table:
        """Return everybody's change of activity, mean valence and wait (at each touchpoint), in the same steps."""
        table = {}
        for name, values in crowd.ask(self._own).items():
            known = np.sort(values[~np.isnan(values)])
            if known.size >= FEWEST:
                table[name] = shortened([float(_stepped(name.split()[0], known.mean()))])
        return table

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        words = _words(at_touchpoints=bool(self._touchpoints(seen)))
        w = span(self.window, name="window")
        for name, keys in self._keys(seen).items():
            beyond, events = self._beyond(seen, keys)
            says, zero, below, unit, expects = words[name]
            yield Column(
                f"disruption_{name}_{w}",
                _stepped(name, events / (events + 1.0) * beyond),
                says=says,
                zero=zero,
                below=below,
                missing="cannot be compared with other customers in the last {window}",
                unit=unit,
                window=w,
                expects=expects,
                theme=RHYTHM if name == "activity" else EXPERIENCE,
                neutral=0.0,
            )

    def _beyond(self, seen: Seen, keys: Keys) -> tuple[np.ndarray, np.ndarray]:
        """Return how far customers are from everybody, key by key and averaged by events, and on how many it rests."""
        if len(keys) == 1:
            ((name, (values, events)),) = keys.items()
            return values - compared(seen, self.table_name, Level(name)), events
        beyond = [values - compared(seen, self.table_name, Level(name)) for name, (values, _) in keys.items()]
        counts = [
            np.where(np.isnan(part), 0.0, events) for part, (_, events) in zip(beyond, keys.values(), strict=True)
        ]
        # key after key, as a plan can write it down
        total = reduce(np.add, counts)
        parts = [np.where(np.isnan(part), 0.0, part) * events for part, events in zip(beyond, counts, strict=True)]
        return ratio(reduce(np.add, parts), total), total

    def _own(self, seen: Seen) -> dict[str, np.ndarray]:
        return {name: own for keys in self._keys(seen).values() for name, (own, _) in keys.items()}

    def _keys(self, seen: Seen) -> dict[str, Keys]:
        """Return for each column customers' own values by key, and on how many events each rests."""
        w = span(self.window, name="window")
        recent, now = seen.last(w), seen.own.last(w).count()
        before = seen.own.before(w).last(times(w, 2)).count()
        keys = {"activity": {"activity": (np.log1p(now) - np.log1p(before), now + before)}}
        if any(seen.has(role) for role in ("sentiment", "score", "resolved")):
            keys["valence"] = {"valence": (recent.mean(Valence()), recent.count_of(Valence()))}
        if seen.has("wait_s"):
            keys["wait"] = self._waits(seen, recent)
        return keys

    def _waits(self, seen: Seen, recent: Window) -> Keys:
        touchpoints = self._touchpoints(seen)
        if not touchpoints:
            return {"wait": (np.log(recent.mean("wait_s") + 60.0), recent.count_of("wait_s"))}
        there = by_label(recent, "touchpoint", touchpoints, "wait_s")
        own = zip(touchpoints, np.log(there.mean() + 60.0), there.events, strict=True)
        return {f"wait {touchpoint}": (values, events) for touchpoint, values, events in own}

    def _touchpoints(self, seen: Seen) -> tuple[str, ...]:
        return seen.known("touchpoint")[: self.most]


@dataclass(frozen=True)
class Level:
    """Everybody's number of a name.

    Parameters
    ----------
    name : str
    """

    name: str

    def __call__(self, table: Table) -> float:
        """Return the number that a table has, NaN for none."""
        return table.get(self.name, [np.nan])[0]


def _stepped(name: str, values: np.ndarray) -> np.ndarray:
    # adding 0 makes no number a negative zero
    return np.round(values * _STEPS[name]) / _STEPS[name] + 0.0


def _words(*, at_touchpoints: bool) -> dict[str, tuple[str, str, str, str, int]]:
    """Return by column what is said of more, of as much and of less, the unit, and on which side it is a reason."""
    there = " at the same touchpoints" if at_touchpoints else ""
    return {
        "activity": (
            "was {value:degree} busier in the last {window} than their past and customers in general suggest",
            "was about as busy in the last {window} as their past and customers in general suggest",
            "was {value:degree} less busy in the last {window} than their past and customers in general suggest",
            "log ratio",
            -1,
        ),
        "valence": (
            "had {value:shade} better moments than customers in general in the last {window}",
            "had moments about as good as customers in general in the last {window}",
            "had {value:shade} worse moments than customers in general in the last {window}",
            "valence",
            -1,
        ),
        "wait": (
            f"waited {{value:degree}} longer than customers in general{there} in the last {{window}}",
            f"waited about as long as customers in general{there} in the last {{window}}",
            f"waited {{value:degree}} less than customers in general{there} in the last {{window}}",
            "log ratio",
            1,
        ),
    }
