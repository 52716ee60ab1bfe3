"""Where customers stand among all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from cxchurn._core import Span, span
from cxchurn.features._column import Column
from cxchurn.features._themes import MONEY, PROFILE, RHYTHM
from cxchurn.features.shared._comparing import Comparing, Crowd
from cxchurn.features.shared._references import FEWEST, Table, shortened
from cxchurn.history import Seen, Window, compared, tenure, watched

# as fine as the twentieths that are read off need, and too coarse to find a customer in
_MOST = 100
# to the nearest twentieth: finer shares would tell one cut-off from the next
_STEPS = 20
# by key: with a number, with none, and on which side it is a reason
_WORDS = {
    "days_last": (
        "has been silent for longer than {value:portion} customers",
        "is among the customers who were here most lately",
        1,
    ),
    "days_first": (
        "has been a customer for longer than {value:portion} customers",
        "is among the newest customers",
        -1,
    ),
    "count": (
        "was busier in the last {window} than {value:portion} customers",
        "was among the least busy customers in the last {window}",
        -1,
    ),
    "active_days": (
        "was here on more days in the last {window} than {value:portion} customers",
        "was among the customers who were here on the fewest days in the last {window}",
        -1,
    ),
    "count_life": (
        "has had more interactions of their own in all than {value:portion} customers",
        "is among the customers with the fewest interactions in all",
        -1,
    ),
    "spent": (
        "spent more in the last {window} than {value:portion} customers",
        "was among the customers who spent least in the last {window}",
        -1,
    ),
}


class Standing(Comparing):
    """Where customers stand among all who are asked about at the same time.

    Columns: ``standing_<key>``, the share of all with less of it (from 0 to 1, to the nearest twentieth), for the keys
    ``days_last`` (days since the last interaction), ``days_first`` (since the first), ``count`` and ``active_days`` (in the
    window), ``count_life``, and ``spent`` (in the window, where the log has values). Of customers with as many interactions
    those who were here later stand higher, who has none stands at 0, other ties count half. Missing before there is a
    reference, and the days also for who was never here.

    The reference is a table of groups: everybody in order, in a hundred groups or as many as hold ten customers each, of
    which the mean is kept. Between two groups a share is read off the straight line.

    Parameters
    ----------
    window : str, default "90D"
        The window for counts and spending.
    """

    driver = "standing"
    sees = "own"
    theme = "compared"

    def __init__(self, *, window: str = "90D") -> None:
        self.window = window

    def reference(self, crowd: Crowd) -> Table:
        """Return the means of the groups of each key over everybody."""
        known = {name: values[~np.isnan(values)] for name, values in crowd.ask(self._keys).items()}
        return {name: shortened(group_means(values)) for name, values in known.items() if values.size >= FEWEST}

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        w = span(self.window, name="window")
        for name, values in self._keys(seen).items():
            share = _share(compared(seen, self.table_name, Below(name), values), values)
            if name == "days_first":
                share = np.where(np.isnan(tenure(seen)), np.nan, share)
            says, zero, expects = _WORDS[name]
            yield Column(
                f"standing_{name}",
                share,
                says=says,
                zero=zero,
                missing="cannot be compared with other customers yet",
                unit="share",
                window=w if "{window}" in says else None,
                expects=expects,
                # a comparison is about what it compares
                theme={"days_first": PROFILE, "spent": MONEY}.get(name, RHYTHM),
                neutral=0.5,
            )

    def _keys(self, seen: Seen) -> dict[str, np.ndarray]:
        w = span(self.window, name="window")
        recent = seen.last(w)
        keys = {
            "days_last": seen.age(),
            "days_first": watched(seen),
            "count": _unlike(recent.count(), recent, w),
            "active_days": _unlike(recent.active_days(), recent, w),
            "count_life": _unlike(seen.count(), seen, w),
        }
        return keys | ({"spent": recent.sum("value")} if seen.has("value") else {})


@dataclass(frozen=True)
class Below:
    """The share of everybody with less of a key, read off the line between groups.

    Parameters
    ----------
    name : str
        The key.
    """

    name: str

    def __call__(self, table: Table, values: np.ndarray) -> np.ndarray | float:
        """Return the share for each value, NaN where the table lacks the key."""
        means = table.get(self.name)
        return np.nan if means is None else np.interp(values, *_levels(tuple(means)))


def _share(below: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return shares to the nearest step; 0 for who has nothing."""
    return np.where((values <= 0) & ~np.isnan(below), 0.0, np.round(below * _STEPS) / _STEPS)


def _unlike(counts: np.ndarray, window: Window, unit: Span) -> np.ndarray:
    """Break ties of counts: who was here later has more, by less than one.

    A count alone would stand at a share of its own in every week, and so name the week.
    """
    age = np.nan_to_num(window.age())
    return np.where(counts > 0, counts - age / (age + unit.days), 0.0)


def group_means(values: np.ndarray) -> np.ndarray:
    """Return the means of groups of the ordered values, a hundred or as many as hold ten values each; float64."""
    ordered = np.sort(values)
    groups = min(_MOST, ordered.size // FEWEST)
    bounds = np.arange(groups + 1) * ordered.size // groups
    return np.add.reduceat(ordered, bounds[:-1]) / np.diff(bounds)


@lru_cache(maxsize=4096)
def _levels(means: tuple[float, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Return the values between which shares are read off, and their shares.

    A group stands for the middle of its share, equal groups for the middle of theirs, nothing at all for 0.
    """
    points, which = np.unique(means, return_inverse=True)
    levels = np.bincount(which, weights=np.arange(len(means)) + 0.5) / np.bincount(which) / len(means)
    return points, np.where(points > 0, levels, 0.0)
