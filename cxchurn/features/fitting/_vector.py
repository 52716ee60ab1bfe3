"""One customer's features, as a service asks for them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from cxchurn._core import Deferred, MismatchError, UsageError, instant
from cxchurn.features.fitting._fitted import FittedFeatures
from cxchurn.features.fitting._plan import plan_of
from cxchurn.history import history_of_one
from cxchurn.interactions import CustomerTable, known_by_another_spelling, log_ids

validation = Deferred("sklearn.utils.validation")


def vector_of(
    features: FittedFeatures, customer: Any, events: pa.Table, at: Any, *, customers: CustomerTable | None = None
) -> np.ndarray:
    """Return the features of one customer from that customer's events alone, without a frame.

    The same builders as in ``transform``, and the same numbers to the bit: building the history is all that is done
    besides. Builders that compare with everybody use the tables that the feature set carries.

    Parameters
    ----------
    features : FeatureSet
        Fitted, or what one learned (`FittedFeatures`).
    customer : int or str
    events : Table
        The customer's events in any order, in the columns of `InteractionLog.events`; none for a customer without.
    at : instant
        The cut-off.
    customers : CustomerTable, optional
        What is on file about customers. Default: that of the feature set's log; one that was loaded has none.

    Returns
    -------
    ndarray of float64, shape (columns,)
        In the order of ``features.says_``.

    Examples
    --------
    >>> features = cx.FeatureSet([cx.Recency()], log=log).fit(panel.frame)
    >>> events = log.events.filter(pa.compute.equal(log.events["customer_id"], "C-000042"))
    >>> vector_of(features, "C-000042", events, "2024-11-15").shape == features.get_feature_names_out().shape
    True
    """
    if not hasattr(features, "says_"):
        validation.check_is_fitted(features)
    known = customers if customers is not None or features.log is None else features.log.customers
    history = history_of_one(events, known, timezone=features.timezone_)
    who = _asked(features, customer, pa.types.is_integer(events.schema.field("customer_id").type), history.ids)
    if history.ids.size and isinstance(history.ids[0], str):
        who = known_by_another_spelling(who, lambda some: some == history.ids[0])
    if history.ids.size and history.ids[0] != who[0]:
        raise UsageError(
            f"the events are of {history.ids[0]!r}, the customer asked about is {customer!r}.",
            allowed="the customer's own events",
        )
    cutoff = instant(at, name="at", timezone=features.timezone_)
    try:
        return plan_of(features).one(history, who[0], cutoff)
    except MismatchError as error:
        if known is not None or "customers" not in features.roles_:
            raise
        raise MismatchError(
            f"the features are made of what is on file about customers too, and nothing was given: {error.found}",
            allowed="a table of customers, as the one that the feature set learned from",
            hint="vector_of(..., customers=read_customers(...)), or features.with_log(log).",
        ) from error


def _asked(features: FittedFeatures, customer: Any, whole: bool, known: np.ndarray) -> np.ndarray:
    """Return the customer as the events have ids, which are those of the log too."""
    log = features.log
    if log is not None and log.customers is not None and (log.ids == "integer") != whole:
        raise MismatchError(
            f"the events have {'whole numbers' if whole else 'text'} as customers' ids, the log's customers {log.ids} ids.",
            hint="read the events as the log was read.",
        )
    if whole and type(customer) in (int, np.int64):
        return np.array([customer], dtype=np.int64)
    if known.size and type(customer) is str and known[0] == customer:
        # written as the events have it: there is nothing to read into it
        return known
    return log_ids([customer], "integer" if whole else "text", what="the rows")
