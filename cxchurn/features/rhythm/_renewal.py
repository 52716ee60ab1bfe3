"""Whether customers usually come back from a silence like this one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from cxchurn._core import UsageError
from cxchurn.features._builder import Builder, spans
from cxchurn.features._column import Column
from cxchurn.history import Renewals, Seen, ratio, renewals


class Renewal(Builder):
    """Whether customers usually come back from a silence like this one, by their own record.

    The record is the gaps between the days on which a customer was active, as the churn definition counts. Of the ``n``
    gaps at least as long as the silence ``s`` of now, ``k`` ended within the next ``h`` days; the chance of a return is ``(k
    + weight * h / (s + h)) / (n + weight)``. ``h / (s + h)`` is what one would say without a record: it is 1/2 when the
    silence is as long as the time ahead, and falls with it (a gap whose length has the scale-free survival ``1 / s``; the
    "delta t" argument of Gott, Nature 363, 1993).

    Columns: ``renewal_chance_<window>`` (probability of a return within that time ahead), ``renewal_gaps_longer`` (how many own
    gaps were at least as long as the silence), ``renewal_gaps_longer_share`` (of all own gaps, missing without one).

    Parameters
    ----------
    horizons : tuple of str
        How far ahead to look.
    weight : float, default 1.0
        Above 0: how many gaps the chance without a record is worth.
    """

    driver = "renewal"
    sees = "activity"
    theme = "rhythm"

    def __init__(self, *, horizons: Sequence[str] = ("30D", "60D"), weight: float = 1.0) -> None:
        self.horizons = horizons
        self.weight = weight

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        if not self.weight > 0:
            raise UsageError(
                f"weight is {self.weight!r}: a silence longer than any before would have no chance to tell.",
                allowed="a number above 0",
            )
        for h in spans(self.horizons):
            record = renewals(seen, h)
            yield Column(
                f"renewal_chance_{h}",
                self._chance(record, h.days),
                says="is {value:share} likely to be active again within {window}, judging by their earlier breaks",
                missing="has not been active yet",
                unit="probability",
                window=h,
                expects=-1,
                neutral=0.5,
            )
        record = renewals(seen, "1D")
        yield Column(
            "renewal_gaps_longer",
            record.longer,
            says="has become active again {value:#time} after a break as long as the present one",
            zero="has never become active again after a break as long as the present one",
            expects=-1,
        )
        yield Column(
            "renewal_gaps_longer_share",
            ratio(record.longer, record.gaps),
            says="has had {value:share} of their earlier breaks last as long as the present one",
            zero="has never had a break as long as the present one",
            missing="has been active on one day at most",
            unit="share",
            expects=-1,
            missing_tells=True,
        )

    def _chance(self, record: Renewals, ahead: float) -> np.ndarray:
        # one gap's worth of what would be said without a record, so that a silence longer than any before still has a chance to
        # end
        prior = ahead / (record.silence + ahead)
        return (record.soon + self.weight * prior) / (record.longer + self.weight)
