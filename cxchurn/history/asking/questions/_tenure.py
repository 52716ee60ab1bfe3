"""How long customers have been there, where a log that begins at some time can tell."""

from __future__ import annotations

import numpy as np

from cxchurn._core import DAY
from cxchurn.history.asking._seen import Seen
from cxchurn.history.data._where import Where


def tenure(seen: Seen, where: Where | None = None, *, since: str | None = None) -> np.ndarray:
    """Days from the customer's first event to the cut-off, where it can be told; float64, shape ``(n,)``.

    Missing for who has none, and for whom the first one that is seen lies within a horizon after the edge of what is seen
    (the log's start, the look-back's): they may have been there long before.

    Parameters
    ----------
    seen : Seen
    where : Where, optional
        Which events count.
    since : str, optional
        A date of the customers table from which one is a customer, such as ``"signup_date"``: it goes before the log,
        for those whom it is known of and who were customers by then at the cut-off.
    """
    age = seen.age_of_first(where)
    certain = np.where(_may_be_older(seen, age), np.nan, age)
    if since is None:
        return certain
    on_file = seen.attribute(since)
    return np.where(on_file >= 0, on_file, certain)


def watched(seen: Seen, where: Where | None = None) -> np.ndarray:
    """Days for which the customer has been watched: since the first event, or since the edge of what is seen.

    The latter for whom nobody can tell whether they were there before (`tenure`): of them, everything since the edge was seen.
    Missing for who has no event.
    """
    age = seen.age_of_first(where)
    return np.where(_may_be_older(seen, age), _since_edge(seen), age)


def _may_be_older(seen: Seen, age: np.ndarray) -> np.ndarray:
    return age > _since_edge(seen) - seen.depth.unsure / DAY


def _since_edge(seen: Seen) -> np.ndarray:
    return (seen.cutoffs - seen.depth.edge(seen.cutoffs)) / DAY
