"""What went back to customers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from cxchurn.features._builder import Builder, spans
from cxchurn.features._column import Column
from cxchurn.history import Seen, ratio, where

# money back is a negative value; 1e-9 for sums of floats that are zero but for rounding
_BACK = where(at_most={"value": -1e-9})


class Refunds(Builder):
    """Money that went back to customers, whoever set it going: it is something that happened to them.

    A refund is an amount below zero. Columns: ``refunds_sum_<window>``, ``refunds_share_<window>`` (of the payments, see
    `Value`; missing without one) and ``refunds_days_last`` (since the last one).

    Parameters
    ----------
    windows : tuple of str
    """

    driver = "refunds"
    needs = ("value",)
    theme = "experience"

    def __init__(self, *, windows: Sequence[str] = ("30D", "90D", "365D")) -> None:
        self.windows = windows

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        yield Column(
            "refunds_days_last",
            seen.age(_BACK),
            says="last got money back {value:when}",
            missing="has never got money back",
            unit="days",
            expects=-1,
        )
        for w in spans(self.windows):
            recent = seen.last(w)
            back, paid = np.abs(recent.sum("value", _BACK)), recent.sum("value", seen.populations.payments)
            yield Column(
                f"refunds_sum_{w}",
                back,
                says="got back {value:money} in the last {window}",
                zero="got nothing back in the last {window}",
                unit="money",
                window=w,
                expects=1,
            )
            yield Column(
                f"refunds_share_{w}",
                ratio(back, paid),
                says="got back {value:share} of what they paid in the last {window}",
                zero="got nothing back in the last {window}",
                missing="paid nothing in the last {window}",
                unit="share",
                window=w,
                expects=1,
            )
