"""Which row of an explanation is asked about."""

from __future__ import annotations

from typing import Any

import numpy as np

from cxchurn._core import UsageError, did_you_mean, instant, instants, listed
from cxchurn.explain._explanation import Explanation


def row_of(explanation: Explanation, customer: Any, cutoff: Any) -> int:
    """Return which row of an explanation is a customer's: at a cut-off, or else the last.

    Parameters
    ----------
    explanation : Explanation
    customer : int or str
    cutoff : instant or None
    """
    ids = explanation.rows["customer_id"].to_numpy()
    rows = np.flatnonzero(ids == customer)
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
