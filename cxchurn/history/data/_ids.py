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
# customers of whom looking up in a dictionary is as quick
_FEW = 512


class Few:
    """The index of a few customers: a service makes one for every answer, and does without the library for it.

    Parameters
    ----------
    ids : ndarray
    """

    def __init__(self, ids: np.ndarray) -> None:
        self._places = {customer: place for place, customer in enumerate(ids.tolist())}

    def get_loc(self, customer: Any) -> int:
        """Return where a customer stands; KeyError for others."""
        return self._places[customer]

    def get_indexer(self, customers: list[Any]) -> np.ndarray:
        """Return where customers stand, -1 for others."""
        return np.array([self._places.get(one, -1) for one in customers], dtype=np.int64)


def index_of(ids: np.ndarray) -> pd.Index | Few:
    """Return an index to find customers by."""
    return Few(ids) if ids.size <= _FEW else pd.Index(ids, dtype=ids.dtype)


def positions_in(index: pd.Index | Few, customers: np.ndarray) -> np.ndarray:
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
    if isinstance(index, Few):
        return index.get_indexer(asked.tolist())
    kind = asked.dtype if asked.dtype.kind in "iuf" else object
    return index.get_indexer(pd.Index(asked, dtype=kind)).astype(np.int64)


def _position(index: pd.Index | Few, customer: Any) -> Any:
    try:
        return index.get_loc(customer)
    except KeyError:
        return -1
