"""What customers spend."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from cxchurn._core import Span
from cxchurn.features._builder import Builder, spans, times
from cxchurn.features._column import Column
from cxchurn.history import Seen, Window, ratio, where

_PAID = where(at_least={"value": 1e-9})
_REFUNDED = where(at_most={"value": -1e-9})
_NEVER = "has never paid anything"


class Value(Builder):
    """What customers spend, how it changes, and what went back.

    Columns: ``value_sum_<window>`` (net of refunds), ``value_mean_<window>`` (per payment), ``value_refunds_<window>``,
    ``value_refund_share_<window>`` (refunds over payments); ``value_sum_life``, ``value_mean_life``, ``value_max_life``,
    ``value_last``, ``value_last_over_mean`` (ratio), ``value_days_last`` (since the last payment), ``value_trend_<window>``
    (logarithm of payments in the window over the window before, each plus the own mean payment).

    Parameters
    ----------
    windows : tuple of str
    """

    driver = "value"
    needs = ("value",)

    def __init__(self, *, windows: Sequence[str] = ("30D", "90D", "365D")) -> None:
        self.windows = windows

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        mean = seen.mean("value", _PAID)
        yield from _life(seen, mean)
        for w in spans(self.windows):
            recent = seen.last(w)
            paid = recent.sum("value", _PAID)
            yield from _spent(recent, w)
            yield from _back(recent, paid, w)
            yield Column(
                f"value_trend_{w}",
                np.log((paid + mean) / (seen.before(w).last(times(w, 2)).sum("value", _PAID) + mean)),
                says="paid {value:factor} as much in the last {window} as in the {window} before",
                zero="paid as much in the last {window} as in the {window} before",
                missing=_NEVER,
                unit="log ratio",
                window=w,
                expects=-1,
            )


def _life(seen: Seen, mean: np.ndarray) -> Iterator[Column]:
    latest = seen.latest("value", _PAID)
    yield Column("value_sum_life", seen.sum("value"), says="has spent {value:,.2f} in all", unit="money", expects=-1)
    for name, values, says in (
        ("mean_life", mean, "spends {value:,.2f} a payment"),
        ("max_life", seen.max("value", _PAID), "spent {value:,.2f} at most at once"),
        ("last", latest, "spent {value:,.2f} the last time"),
    ):
        yield Column(f"value_{name}", values, says=says, missing=_NEVER, unit="money")
    yield Column(
        "value_last_over_mean",
        ratio(latest, mean),
        says="spent {value:.1f} times the own average the last time",
        missing=_NEVER,
        unit="ratio",
    )
    yield Column(
        "value_days_last", seen.age(_PAID), says="last paid {value:days} ago", missing=_NEVER, unit="days", expects=1
    )


def _spent(recent: Window, w: Span) -> Iterator[Column]:
    yield Column(
        f"value_sum_{w}",
        recent.sum("value"),
        says="spent {value:,.2f} in the last {window}",
        zero="spent nothing in the last {window}",
        unit="money",
        window=w,
        expects=-1,
    )
    yield Column(
        f"value_mean_{w}",
        recent.mean("value", _PAID),
        says="spent {value:,.2f} a payment in the last {window}",
        missing="paid nothing in the last {window}",
        unit="money",
        window=w,
    )


def _back(recent: Window, paid: np.ndarray, w: Span) -> Iterator[Column]:
    back = np.abs(recent.sum("value", _REFUNDED))
    yield Column(
        f"value_refunds_{w}",
        back,
        says="got {value:,.2f} back in the last {window}",
        zero="got nothing back in the last {window}",
        unit="money",
        window=w,
        expects=1,
    )
    yield Column(
        f"value_refund_share_{w}",
        ratio(back, paid),
        says="got {value:.0%} of the payments of the last {window} back",
        zero="got nothing back in the last {window}",
        missing="paid nothing in the last {window}",
        unit="share",
        window=w,
        expects=1,
    )
