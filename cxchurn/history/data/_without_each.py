"""What a customer's past would be without one of its events: for each of them."""

from __future__ import annotations

import numpy as np

from cxchurn.history.data._history import History


def without_each(history: History, position: int, stop: int, left_out: np.ndarray) -> History:
    """Return one customer's past over and over, each time without one of its events.

    Parameters
    ----------
    history : History
    position : int
        Where the customer stands in it.
    stop : int
        Events from this position on, of all in the history, are in none of the pasts.
    left_out : ndarray of int64, shape (n,)
        The positions of the events that are left out, one in each of the pasts.

    Returns
    -------
    History
        Of `n` customers, all of them the one.
    """
    first = int(history.offsets[position])
    every = np.broadcast_to(np.arange(first, stop), (left_out.size, stop - first))
    chosen = every[every != left_out[:, None]]
    ids = np.repeat(history.ids[position : position + 1], left_out.size)
    return history._of(ids, np.arange(left_out.size + 1) * (stop - first - 1), chosen)
