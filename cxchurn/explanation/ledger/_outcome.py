"""How interactions turned out, as is known by now: by what they say themselves, or by what came of their case."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd


def outcomes(events: pd.DataFrame) -> np.ndarray:
    """Return how each interaction turned out, from -1 to 1; NaN where nothing tells.

    What an interaction says of itself goes first (its tone, score, or whether it ended with the matter closed), then what
    the next one of the same customer and case says: where every answer is a row of its own, a question went as its answer
    did. What its kind alone lets expect says nothing of how it went: all of that kind would have gone alike. Nor does the
    case of what the company did of its own accord and whose kind says what it is, such as a refund.

    Parameters
    ----------
    events : DataFrame
        In the order in which they became known: ``row`` (whose), ``case_id``, ``direction``, ``ended`` (the valence without
        what is taken for a kind), ``valence``.

    Returns
    -------
    ndarray of float64, shape (n,)
    """
    ended = events["ended"].astype(np.float64)
    # of no case nothing is the next
    later = ended.groupby([events["row"], events["case_id"]], sort=False).bfill()
    of_their_own = events["direction"].eq("outbound") & events["valence"].notna()
    found: np.ndarray = ended.fillna(later.where(~of_their_own)).to_numpy(dtype=np.float64)
    return found
