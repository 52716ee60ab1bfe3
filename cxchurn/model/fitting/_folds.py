"""Which folds decide: forward ones where they can, else customers divided."""

from __future__ import annotations

import zlib
from typing import NamedTuple

import numpy as np

from cxchurn._core import span
from cxchurn.model.boosting._lightgbm import Folds, usable
from cxchurn.panel import Panel, PanelSplit

# as many as forward folds there are by default
_GROUPS = 4
# from what a fold says of its past the number of trees for all rows is told by at most half as many again, the fourth root of
# five: a fifth of the rows is the least that can be told from
_LEAST_SHARE = 0.2


class Deciding(NamedTuple):
    """The folds that decide about trees, weights and correction.

    Attributes
    ----------
    folds : sequence of (train rows, test rows)
    sort : {"forward", "customer"}
    note : str
        Why forward folds that there are do not decide; "" where they do, or where there are none.
    """

    folds: Folds
    sort: str
    note: str


def find_folds(panel: Panel, most: int) -> Deciding:
    """Return forward folds of a panel; where none can decide, folds of customers.

    A forward fold needs 20 customers of both outcomes to learn from. One of them has to learn from a fifth of the panel's rows:
    what serves a fiftieth of the rows best says nothing of them all.
    """
    definition = panel.definition
    splitter = PanelSplit(most, horizon=definition.horizon, gap=definition.gap)
    forward = usable(list(splitter.split(panel.frame)) if splitter.get_n_splits(panel.frame) else [], panel.y)
    largest = max((past.size for past, _ in forward), default=0) / max(1, panel.cutoffs.size)
    if largest >= _LEAST_SHARE:
        return Deciding(forward, "forward", "")
    ids = panel.frame["customer_id"]
    # by what the id is called, not by its place: the same customers are together whatever else is in the panel
    group = np.array([zlib.crc32(str(one).encode()) % _GROUPS for one in ids])
    held = [(np.flatnonzero(group != k), np.flatnonzero(group == k)) for k in range(_GROUPS)]
    found = usable(held, panel.y)
    if not found and forward:
        return Deciding(forward, "forward", "")
    few = (
        f"forward folds learn from {largest:.0%} of the rows at most, too few to decide: customers are divided instead"
    )
    return Deciding(found, "customer", few if forward else "")


def horizons_spanned(panel: Panel, folds: Folds) -> float:
    """Return how many horizons the outcomes of the folds' test rows span together.

    Outcomes of neighbouring cut-offs overlap, and what is wrong with one is wrong with the next: two folds a month apart that
    look two months ahead are one trial and a half.
    """
    if not folds:
        return 0.0
    at = panel.cutoffs[np.concatenate([future for _, future in folds])]
    horizon = np.timedelta64(span(panel.definition.horizon, name="horizon").microseconds, "us")
    return float((at.max() - at.min() + horizon) / horizon)
