"""What customers spend."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from cxchurn._core import Span
from cxchurn.features._builder import Builder, spans, times
from cxchurn.features._column import Column
from cxchurn.features._themes import RHYTHM
from cxchurn.history import Seen, Where, Window, ratio

_NEVER = "has never paid anything"


class Value(Builder):
    """What customers spend, and how it changes.

    A payment is an amount above zero in an act of the customer's own, or one that became known later: it is no act to learn of
    an amount, but it has been paid. What went back is in `Refunds`, and nothing is taken off for it here.

    Columns: ``value_sum_<window>`` (of all payments), ``value_mean_<window>`` (per payment); ``value_sum_life``,
    ``value_mean_life``, ``value_max_life``, ``value_last``, ``value_last_over_mean`` (ratio), ``value_days_last`` (since the
    last payment), ``value_trend_<window>`` (logarithm of payments in the window over the window before, each plus the own
    mean payment).

    Parameters
    ----------
    windows : tuple of str
    """

    driver = "value"
    needs = ("value",)
    theme = "money"

    def __init__(self, *, windows: Sequence[str] = ("30D", "90D", "365D")) -> None:
        self.windows = windows

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        payments = seen.populations.payments
        mean = seen.mean("value", payments)
        yield from _life(seen, payments, mean)
        for w in spans(self.windows):
            recent = seen.last(w)
            paid = recent.sum("value", payments)
            yield from _spent(recent, payments, paid, w)
            yield Column(
                f"value_trend_{w}",
                np.log((paid + mean) / (seen.before(w).last(times(w, 2)).sum("value", payments) + mean)),
                says="paid {value:degree} more in the last {window} than in the {window} before",
                zero="paid as much in the last {window} as in the {window} before",
                below="paid {value:degree} less in the last {window} than in the {window} before",
                missing=_NEVER,
                unit="log ratio",
                window=w,
                expects=-1,
                neutral=0.0,
            )


def _life(seen: Seen, payments: Where, mean: np.ndarray) -> Iterator[Column]:
    latest = seen.latest("value", payments)
    yield Column(
        "value_sum_life",
        seen.sum("value", payments),
        says="has spent {value:money} in all",
        zero=_NEVER,
        unit="money",
        expects=-1,
    )
    for name, values, says in (
        ("mean_life", mean, "spends {value:money} a payment"),
        ("max_life", seen.max("value", payments), "has spent {value:money} at once at the most"),
        ("last", latest, "spent {value:money} the last time"),
    ):
        yield Column(f"value_{name}", values, says=says, missing=_NEVER, unit="money", expects=-1)
    yield Column(
        "value_last_over_mean",
        ratio(latest, mean),
        says="spent {value:fold} as much as usual for them the last time",
        missing=_NEVER,
        unit="ratio",
        expects=-1,
        neutral=1.0,
    )
    yield Column(
        "value_days_last",
        seen.age(payments),
        says="last paid {value:when}",
        missing=_NEVER,
        unit="days",
        expects=1,
        theme=RHYTHM,
    )


def _spent(recent: Window, payments: Where, paid: np.ndarray, w: Span) -> Iterator[Column]:
    yield Column(
        f"value_sum_{w}",
        paid,
        says="spent {value:money} in the last {window}",
        zero="spent nothing in the last {window}",
        unit="money",
        window=w,
        expects=-1,
    )
    yield Column(
        f"value_mean_{w}",
        recent.mean("value", payments),
        says="spent {value:money} a payment in the last {window}",
        missing="paid nothing in the last {window}",
        unit="money",
        window=w,
        expects=-1,
    )
