"""The standard set of builders for a log and a horizon."""

from __future__ import annotations

from cxchurn._core import DAY, Span, span
from cxchurn.features._active_days import ActiveDays
from cxchurn.features._attributes import Attributes
from cxchurn.features._balance import Balance
from cxchurn.features._builder import Builder
from cxchurn.features._cadence import Cadence
from cxchurn.features._decay import Decay
from cxchurn.features._effort import Effort
from cxchurn.features._feedback import Feedback
from cxchurn.features._recency import Recency
from cxchurn.features._trend import Trend
from cxchurn.features._value import Value
from cxchurn.features._volume import Volume
from cxchurn.interactions import InteractionLog


def standard(log: InteractionLog, horizon: str | Span = "60D") -> list[Builder]:
    """Return the families that belong to every model, with windows that follow the horizon.

    Parameters
    ----------
    log : InteractionLog
        Only its roles, measures and attributes are looked at, never its events.
    horizon : str, default "60D"
        The churn definition's horizon.

    Returns
    -------
    list of Builder
        Families whose roles the log lacks are in it too; a `FeatureSet` leaves them off and says so.

    Examples
    --------
    >>> standard(log, "60D")[1]  # doctest: +SKIP
    Volume(windows=('15D', '30D', '60D', '120D', '240D'), detail=('60D', '240D'))
    """
    length = span(horizon, name="horizon")
    windows = _windows(length, (0.25, 0.5, 1, 2, 4))
    short = _windows(length, (0.5, 1, 4))
    detail = _windows(length, (1, 4))
    fading = _windows(length, (0.25, 1, 4))
    amounts = tuple(log.measures)
    names, dates = attribute_names(log)
    return [
        Recency(),
        Volume(windows=windows, detail=detail, measures=amounts),
        ActiveDays(windows=windows),
        Cadence(),
        Trend(windows=_windows(length, (0.5, 1))),
        Decay(half_lives=fading, measures=("value",) if "value" in log.roles else ()),
        Value(windows=short),
        Attributes(names, dates=dates),
        Effort(windows=short),
        Feedback(windows=detail),
        Balance(half_lives=detail, windows=short),
    ]


def attribute_names(log: InteractionLog) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of the customers table's attributes, and of those that are dates."""
    if log.customers is None:
        return (), ()
    kinds = log.customers.attributes
    return tuple(kinds), tuple(name for name, kind in kinds.items() if kind == "time")


def _windows(length: Span, factors: tuple[float, ...]) -> tuple[str, ...]:
    unit = "D" if length.microseconds >= DAY else "h"
    windows = [length.scaled(factor) for factor in factors]
    return tuple(dict.fromkeys(str(w) for w in windows if unit == "h" or w.microseconds >= DAY))
