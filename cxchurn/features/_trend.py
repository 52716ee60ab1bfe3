"""More or less than before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from cxchurn.features._builder import Builder, spans
from cxchurn.features._column import Column
from cxchurn.history import Seen


class Trend(Builder):
    """Whether customers do more or less than before.

    Columns: ``trend_count_<window>``, the logarithm of interactions in the window over those in the window before it, each
    plus `shrink` (0 for no change, and for none in either); ``trend_active_days_<window>``, the same of active days;
    ``trend_acceleration_<window>``, the difference between that trend and the one a window earlier.

    Parameters
    ----------
    windows : tuple of str
    shrink : float, default 1.0
        What is added to both counts, so that a few interactions do not make a trend.
    """

    driver = "trend"

    def __init__(self, *, windows: Sequence[str] = ("28D", "60D"), shrink: float = 1.0) -> None:
        self.windows = windows
        self.shrink = shrink

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        for w in spans(self.windows):
            parts = [seen.before(w.scaled(k)).last(w.scaled(k + 1)) if k else seen.last(w) for k in range(3)]
            now, then, long_ago = (self._log(part.count()) for part in parts)
            days, days_then = (self._log(part.active_days()) for part in parts[:2])
            for name, values, what in (
                ("count", now - then, "interactions"),
                ("active_days", days - days_then, "active days"),
                ("acceleration", now - 2 * then + long_ago, None),
            ):
                yield Column(
                    f"trend_{name}_{w}",
                    values,
                    says=f"changed the number of {what} by a factor of about e^{{value:.2f}} against the {{window}} before"
                    if what
                    else "changed the pace of interactions by {value:+.2f} (in logarithms) over the last {window}",
                    zero=f"has as many {what or 'interactions'} in the last {{window}} as before",
                    unit="log ratio",
                    window=w,
                    expects=-1,
                )

    def _log(self, count: np.ndarray) -> np.ndarray:
        return np.log(count + self.shrink)
