"""Time gone by until the cut-off."""

from __future__ import annotations

import numpy as np

from cxchurn._core import DAY
from cxchurn.history.asking.window._rows import rows_of
from cxchurn.history.asking.window._window import Window


def elapsed(window: Window, since: np.ndarray) -> np.ndarray:
    """Return the days from an instant of each row to the row's cut-off.

    Parameters
    ----------
    window : Window
    since : ndarray, shape (n,)
        Days since 1970, as `Events.place` gives them; what a question about such a measure has answered.
    """
    return rows_of(window).cutoffs / DAY - since
