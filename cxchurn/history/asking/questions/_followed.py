"""What became of events that call for an answer."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cxchurn._core import Span, span
from cxchurn.history.asking.measures._ratio import ratio
from cxchurn.history.asking.window._rows import What, rows_of
from cxchurn.history.asking.window._window import Window
from cxchurn.history.data._run import run_all
from cxchurn.history.data._where import Where
from cxchurn.history.kernels import _sequences


class Followed(NamedTuple):
    """What became of events that call for an answer; each an array with one float a row.

    Attributes
    ----------
    followed : ndarray
        How many were answered within the time.
    decided : ndarray
        How many were, or can no longer be.
    delay : ndarray
        Mean days to the answer of those answered in time; missing where there is none.
    pending : ndarray
        How many have had no answer at all so far.
    oldest : ndarray
        Days since the oldest of these; missing where there is none.
    """

    followed: np.ndarray
    decided: np.ndarray
    delay: np.ndarray
    pending: np.ndarray
    oldest: np.ndarray

    @property
    def share(self) -> np.ndarray:
        """The share of the decided ones that were answered in time; missing where none is decided."""
        return ratio(self.followed, self.decided)


def followed(
    window: Window,
    first: Where | None,
    by: Where | None,
    *,
    within: str | Span,
    first_column: What | None = None,
    by_column: What | None = None,
) -> Followed:
    """Ask whether events of a window were followed by others in time, as far as the past tells.

    Parameters
    ----------
    window : Window
        Where the first events lie. The answers may come later, but before the cut-off.
    first, by : Where, optional
        Which events call for an answer, and which answer them. An answer stands later in the customer's order of events.
    within : str
        How long after the event an answer is in time.
    first_column, by_column : str or Measure, optional
        Count only events that have a value there, such as one part of a `Valence`.

    Examples
    --------
    >>> class Answered(cx.Builder):
    ...     driver, sees = "answered", "all"
    ...     def columns(self, seen):
    ...         came = cx.followed(seen.last("90D"), cx.where(kind="purchase"), cx.where(direction="outbound"), within="7D")
    ...         yield cx.Column("answered_share_90d", came.share, says="got word after {value:%} of their purchases")
    >>> cx.FeatureSet([Answered()], log=log).fit_transform(test.frame).columns.tolist()
    ['answered_share_90d']
    """
    rows = rows_of(window)
    asked, answers = (rows.select(w, c) for w, c in ((first, first_column), (by, by_column)))
    lo, hi = rows.range(asked)
    begin, end = answers.range(rows.lo, rows.whole.end)
    length = span(within, name="within").microseconds
    about = asked.times, asked.places, lo, hi, answers.times, answers.places, begin, end, rows.cutoffs, length
    return Followed(*run_all(_sequences.follow, lo.size, 5, *about))
