"""Where customers stand among all."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cxchurn._core import span
from cxchurn.features._column import Column
from cxchurn.features._comparing import Comparing, Crowd, Table
from cxchurn.history import Seen

_POINTS = (np.arange(100) + 0.5) / 100


class Standing(Comparing):
    """Where customers stand among all who are asked about at the same time.

    Columns: ``standing_<key>``, the share of all with less of it (ties count half; from 0 to 1), for the keys ``days_last``
    (days since the last interaction), ``days_first`` (since the first), ``count`` and ``active_days`` (in the window),
    ``count_life``, and ``spent`` (in the window, where the log has values); missing before there is a reference, and the days
    also for who was never here.

    Parameters
    ----------
    window : str, default "90D"
        The window for counts and spending.
    """

    driver = "standing"
    sees = "own"

    def __init__(self, *, window: str = "90D") -> None:
        self.window = window

    def reference(self, crowd: Crowd) -> Table:
        """Return the hundredths of each key over everybody."""
        told = {name: values[~np.isnan(values)] for name, values in crowd.ask(self._keys).items()}
        return {name: _hundredths(values).tolist() for name, values in told.items() if values.size}

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        words = {
            "days_last": ("has been silent for longer than {value:.0%} of customers", 1),
            "days_first": ("has been a customer for longer than {value:.0%} of customers", -1),
            "count": ("was busier in the last {window} than {value:.0%} of customers", -1),
            "active_days": (
                "had interactions of their own on more days in the last {window} than {value:.0%} of customers",
                -1,
            ),
            "count_life": ("has had more interactions of their own in all than {value:.0%} of customers", -1),
            "spent": ("spent more in the last {window} than {value:.0%} of customers", -1),
        }
        w = span(self.window, name="window")
        tables = seen.compared(self.driver)
        for name, values in self._keys(seen).items():
            share = np.full(values.size, np.nan)
            for rows, table in tables:
                if name in table:
                    share[rows] = _standing(np.array(table[name]), values[rows])
            says, expects = words[name]
            yield Column(
                f"standing_{name}",
                share,
                says=says,
                missing="cannot be compared with other customers yet",
                unit="share",
                window=w if "{window}" in says else None,
                expects=expects,
            )

    def _keys(self, seen: Seen) -> dict[str, np.ndarray]:
        seen = seen.own
        recent = seen.last(span(self.window, name="window"))
        keys = {
            "days_last": seen.age(),
            "days_first": seen.age_of_first(),
            "count": recent.count(),
            "active_days": recent.active_days(),
            "count_life": seen.count(),
        }
        return keys | ({"spent": recent.sum("value")} if seen.has("value") else {})


def _hundredths(values: np.ndarray) -> np.ndarray:
    """Give the middle of each hundredth, always between two neighbours: no number is one customer's own."""
    ordered, last = np.sort(values), values.size - 1
    low = np.clip((_POINTS * last).astype(np.int64), 0, max(0, last - 1))
    return (ordered[low] + ordered[np.minimum(low + 1, last)]) / 2


def _standing(hundredths: np.ndarray, values: np.ndarray) -> np.ndarray:
    below = np.searchsorted(hundredths, values, side="left")
    upto = np.searchsorted(hundredths, values, side="right")
    return np.where(np.isnan(values), np.nan, (below + upto) / 2 / hundredths.size)
