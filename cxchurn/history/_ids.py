"""Finding customers by their ids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cxchurn._core import DataError, Deferred

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")

# decimal numbers beyond this one are not told from their neighbours
EXACT = 2**53


def index_of(ids: np.ndarray) -> pd.Index:
    """Return an index to find customers by."""
    return pd.Index(ids, dtype=ids.dtype)


def positions_in(index: pd.Index, customers: np.ndarray) -> np.ndarray:
    """Return where customers stand in an index, -1 for those that are not there; int64, shape ``(n,)``."""
    asked = np.asarray(customers)
    if asked.dtype.kind == "f" and np.nanmax(np.abs(asked), initial=0) >= EXACT:
        # compared as decimal numbers, such ids would be found at other customers'
        raise DataError(
            "customers are asked for by decimal numbers beyond 2**53.", hint="ask by whole numbers or text."
        )
    if asked.size == 1:
        # an index made of one customer costs more than the looking up
        return np.array([_position(index, asked[0])], dtype=np.int64)
    kind = asked.dtype if asked.dtype.kind in "iuf" else object
    return index.get_indexer(pd.Index(asked, dtype=kind)).astype(np.int64)


def _position(index: pd.Index, customer: Any) -> Any:
    try:
        return index.get_loc(customer)
    except KeyError:
        return -1
