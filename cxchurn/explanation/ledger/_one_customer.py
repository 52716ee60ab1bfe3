"""The one customer who is asked about, and as of when."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from cxchurn._core import DataError, MismatchError, UsageError, instant, iso, listed
from cxchurn.history import histories_of
from cxchurn.interactions import InteractionLog, known_by_another_spelling, log_ids
from cxchurn.model import ChurnModel

_LIKE = 3


def one_customer(model: ChurnModel, log: InteractionLog, customer: Any) -> np.ndarray:
    """Return a customer as the log has them, in an array of one.

    Raises
    ------
    MismatchError
        Where the log knows nothing of the customer.
    """
    check_is_fitted(model, "version_")
    if isinstance(customer, Iterable) and not isinstance(customer, str):
        raise UsageError(
            f"customer is {customer!r}.", allowed="the id of one customer", hint="ask about one at a time."
        )
    histories = histories_of(log)
    who = log_ids(np.array([customer], dtype=object), log.ids, what="the ids asked for")
    if log.ids == "text":
        who = known_by_another_spelling(who, lambda some: histories.positions(some) >= 0)
    if histories.positions(who)[0] < 0:
        raise MismatchError(
            f"the log knows no customer {customer!r}.",
            allowed=f"a customer_id of the log, such as {listed(map(repr, histories.ids[:_LIKE].tolist()))}",
            hint="check the id's spelling, and that the log holds this customer.",
        )
    return who


def cutoff_in(log: InteractionLog, at: Any, *, name: str = "at") -> np.datetime64:
    """Return an instant at which the log says something; the end of the log where none is given."""
    until = log.observed_until if at is None else instant(at, name=name, timezone=log.timezone)
    if log.start is None:
        raise DataError("the log has no interaction.", hint="read a log of the customers' interactions.")
    if not log.start < until <= log.observed_until:
        raise UsageError(
            f"{name} ({iso(until)}) lies outside the log.",
            allowed=f"after {iso(log.start)} (the first interaction), up to {iso(log.observed_until)} (the end of the log)",
            hint="read the log with observed_until=..., if it is complete until then."
            if until > log.start
            else "ask about a later time.",
        )
    return until
