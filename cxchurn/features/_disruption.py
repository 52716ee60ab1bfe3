"""The outside world: what changed for everybody, and for this customer more than for others."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cxchurn._core import span
from cxchurn.features._column import Column
from cxchurn.features._comparing import Comparing, Crowd, Table
from cxchurn.features._valence import Valence
from cxchurn.history import Seen


class Disruption(Comparing):
    """What changed for customers beyond what changed for everybody: the outside world taken out.

    Columns: ``disruption_activity_<window>``, the logarithm of own interactions in the window over those in the window before
    (each plus 1), less the same for everybody; where the log tells how it felt ``disruption_valence_<window>``, the mean
    valence in the window less everybody's; where it has waits ``disruption_wait_<window>``, the logarithm of the mean wait over
    everybody's (each plus a minute). Only differences: everybody's own level would name the cut-off.

    Parameters
    ----------
    window : str, default "60D"
    """

    driver = "disruption"

    def __init__(self, *, window: str = "60D") -> None:
        self.window = window

    def reference(self, crowd: Crowd) -> Table:
        """Return the means over everybody."""
        table = {}
        for name, values in crowd.ask(self._keys).items():
            told = values[~np.isnan(values)]
            if told.size:
                table[name] = [float(told.mean())]
        return table

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        words = {
            "activity": (
                "changed how much they do {value:factor} as much as customers in general over the last {window}",
                -1,
            ),
            "valence": ("felt better by {value:+.2f} than customers in general in the last {window}", -1),
            "wait": ("waited {value:factor} as long as customers in general in the last {window}", 1),
        }
        w = span(self.window, name="window")
        tables = seen.compared(self.driver)
        for name, values in self._keys(seen).items():
            difference = np.full(values.size, np.nan)
            for rows, table in tables:
                if name in table:
                    difference[rows] = values[rows] - table[name][0]
            says, expects = words[name]
            yield Column(
                f"disruption_{name}_{w}",
                difference,
                says=says,
                missing="cannot be compared with other customers in the last {window}",
                unit="valence" if name == "valence" else "log ratio",
                window=w,
                expects=expects,
            )

    def _keys(self, seen: Seen) -> dict[str, np.ndarray]:
        w = span(self.window, name="window")
        recent = seen.last(w)
        own, own_earlier = seen.own.last(w), seen.own.before(w).last(w.scaled(2))
        keys = {"activity": np.log1p(own.count()) - np.log1p(own_earlier.count())}
        if any(seen.has(role) for role in ("sentiment", "score", "resolved")):
            keys["valence"] = recent.mean(Valence())
        if seen.has("wait_s"):
            keys["wait"] = np.log(recent.mean("wait_s") + 60.0)
        return keys
