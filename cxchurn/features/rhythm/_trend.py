"""More or less than before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from cxchurn.features._builder import Builder, spans, times
from cxchurn.features._column import Column
from cxchurn.history import Seen


class Trend(Builder):
    """Whether customers do more or less than before.

    Columns: ``trend_count_<window>``, the logarithm of own interactions in the window over those in the window before it, each
    plus `shrink` (0 for no change, and for none in either); ``trend_active_days_<window>``, the same of days with one;
    ``trend_acceleration_<window>``, the difference between that trend and the one a window earlier.

    Parameters
    ----------
    windows : tuple of str
    shrink : float, default 1.0
        What is added to both counts, so that a few interactions do not make a trend.
    """

    driver = "trend"
    sees = "own"
    theme = "rhythm"

    def __init__(self, *, windows: Sequence[str] = ("28D", "60D"), shrink: float = 1.0) -> None:
        self.windows = windows
        self.shrink = shrink

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        for w in spans(self.windows):
            parts = [seen.before(times(w, k)).last(times(w, k + 1)) if k else seen.last(w) for k in range(3)]
            now, then, long_ago = (self._log(part.count()) for part in parts)
            days, days_then = (self._log(part.active_days()) for part in parts[:2])
            for name, values, says, zero, below in (
                (
                    "count",
                    now - then,
                    "had {value:degree} more interactions of their own in the last {window} than in the {window} before",
                    "had as many interactions of their own in the last {window} as in the {window} before",
                    "had {value:degree} fewer interactions of their own in the last {window} than in the {window} before",
                ),
                (
                    "active_days",
                    days - days_then,
                    "was here on {value:degree} more days in the last {window} than in the {window} before",
                    "was here on as many days in the last {window} as in the {window} before",
                    "was here on {value:degree} fewer days in the last {window} than in the {window} before",
                ),
                (
                    "acceleration",
                    now - 2 * then + long_ago,
                    "had {value:degree} more interactions of their own in the last {window} than the trend before suggested",
                    "had as many interactions of their own in the last {window} as the trend before suggested",
                    "had {value:degree} fewer interactions of their own in the last {window} than the trend before suggested",
                ),
            ):
                yield Column(
                    f"trend_{name}_{w}",
                    values,
                    says=says,
                    zero=zero,
                    below=below,
                    unit="log ratio",
                    window=w,
                    expects=-1,
                    neutral=0.0,
                )

    def _log(self, count: np.ndarray) -> np.ndarray:
        return np.log(count + self.shrink)
