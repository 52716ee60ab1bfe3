"""How long money takes to come back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from cxchurn._core import Span, span
from cxchurn.features._builder import Builder, spans
from cxchurn.features._column import Column
from cxchurn.features.shared._money_back import MoneyBack, Returned
from cxchurn.history import Seen, followed


class Returns(Builder):
    """Sending goods back is a trial of trust: how long customers wait for their money.

    A return is an interaction of one of `returns` that brought no money back there and then; the money comes with the
    customer's next amount below zero, or next interaction of one of `refunds`. Columns, where the log knows such returns:
    ``returns_waiting`` (how many of the last `within` have seen no money so far), ``returns_days_waiting`` (since the oldest
    of these), and for each window ``returns_days_to_refund_<window>`` (the mean of those that were settled within `within`).

    Parameters
    ----------
    windows : tuple of str, default ("90D", "365D")
    returns : tuple of str, default ("return", "returned", "send_back")
        The kinds with which goods go back.
    refunds : tuple of str, default ("credit", "exchange", "refund", "refunded")
        The kinds that settle a return, whatever their amount.
    within : str, default "90D"
        After how long nobody waits for the money of a return any more.
    """

    driver = "returns"
    theme = "experience"

    def __init__(
        self,
        *,
        windows: Sequence[str] = ("90D", "365D"),
        returns: tuple[str, ...] = ("return", "returned", "send_back"),
        refunds: tuple[str, ...] = ("credit", "exchange", "refund", "refunded"),
        within: str = "90D",
    ) -> None:
        self.windows = windows
        self.returns = returns
        self.refunds = refunds
        self.within = within

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        if not set(seen.known("kind")) & set(self.returns):
            return
        within = span(self.within, name="within")
        money = {"first_column": Returned(self.returns), "by_column": MoneyBack(self.refunds)}
        open_now = followed(seen.last(within), None, None, within=within, **money)
        yield Column(
            "returns_waiting",
            open_now.pending,
            says="is waiting for the money of {value:#return}",
            zero="is waiting for no money of a return",
            expects=1,
        )
        yield Column(
            "returns_days_waiting",
            open_now.oldest,
            says="has been waiting for {value:days} for the money of a return",
            missing="is waiting for no money of a return",
            unit="days",
            expects=1,
        )
        for w in spans(self.windows):
            yield _to_refund(followed(seen.last(w), None, None, within=within, **money).delay, w)


def _to_refund(delay: np.ndarray, w: Span) -> Column:
    return Column(
        f"returns_days_to_refund_{w}",
        delay,
        says="waited {value:days} on average for the money of what they sent back in the last {window}",
        missing="has got no money for what they sent back in the last {window}, or sent nothing back",
        unit="days",
        window=w,
        expects=1,
    )
