"""Customers who are not to be listed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cxchurn.interactions import InteractionLog
from cxchurn.panel import ids_in, ids_like


def excluded(log: InteractionLog, given: Any, customers: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """Return which customers are not to be listed, and what there is to say of it.

    Parameters
    ----------
    log : InteractionLog
    given : path, frame, Series or sequence of ids
    customers : ndarray, shape (n,)
        All known customers, as the log has them.

    Returns
    -------
    tuple of ndarray of bool, shape (n,), and list of str
    """
    ids = np.unique(ids_like(log, ids_in(given, what="exclude"), customers, what="the customers to be excluded"))
    out = np.asarray(pd.Index(customers).isin(ids))
    found, strangers = int(out.sum()), len(ids) - int(out.sum())
    notes = [f"{found:,} customers are not listed, as asked (exclude)"]
    if strangers:
        notes.append(f"{strangers:,} of the {len(ids):,} ids to be excluded fit nobody known at the cut-off")
    return out, notes
