"""Which row of an explanation is asked about."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from cxchurn._core import DataError, MismatchError, UsageError, did_you_mean, instant, instants, listed
from cxchurn.explanation._explanation import Explanation
from cxchurn.interactions import known_by_another_spelling, log_ids


def row_of(explanation: Explanation, customer: Any, cutoff: Any) -> int:
    """Return which row of an explanation is a customer's: at a cut-off, or else the last.

    Parameters
    ----------
    explanation : Explanation
    customer : int or str
    cutoff : instant or None
    """
    ids = explanation.rows["customer_id"].to_numpy()
    rows = _rows_of(ids, customer)
    if not rows.size:
        known = [str(one) for one in ids]
        raise UsageError(
            f"the explanation has no customer {customer!r}.", hint=did_you_mean(str(customer), known) or "see its rows."
        )
    times = instants(explanation.rows["cutoff"].iloc[rows], name="cutoff")
    if cutoff is None:
        return int(rows[times.argmax()])
    there = times == instant(cutoff, name="cutoff")
    if not there.any():
        raise UsageError(
            f"the explanation does not have {customer!r} at {cutoff!r}.", allowed=listed(map(str, times.tolist()))
        )
    return int(rows[there][0])


def _rows_of(ids: np.ndarray, customer: Any) -> np.ndarray:
    """Return which rows are a customer's, whose id may be written otherwise: ``"928"`` or ``928.0`` for ``928``."""
    if isinstance(customer, Iterable) and not isinstance(customer, str):
        raise UsageError(f"customer is {customer!r}.", allowed="the id of one customer")
    who, kind = np.array([customer], dtype=object), "integer" if ids.dtype.kind in "iu" else "text"
    try:
        asked = log_ids(who, kind, what="the ids asked for")
    except (DataError, MismatchError):
        return np.empty(0, dtype=np.int64)
    if kind == "text":
        asked = known_by_another_spelling(asked, lambda some: np.isin(some, ids))
    return np.flatnonzero(ids == asked[0])
