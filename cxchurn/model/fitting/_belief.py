"""What is too good to be true: one column that alone tells who leaves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from cxchurn._core import span
from cxchurn.history import Seen, ask_as_of
from cxchurn.model.calibration._ranking import area_under
from cxchurn.panel import Panel, activity

# nothing that a customer does tells whether they stay that well: what does, was written down afterwards
TOO_GOOD = 0.95
# below that an area under the curve above .95 happens by chance among a few hundred columns
FEWEST = 20
# areas to two digits need no more rows, and hundreds of columns are sorted for them
_ENOUGH = 20_000
_MOST = 5
# of a column with many values some have no leaver by chance
_FEW_VALUES = 20


def beyond_belief(
    features: pd.DataFrame, panel: Panel, categories: Mapping[str, Sequence[str]] | None = None
) -> list[str]:
    """Return a note for each column that alone tells beyond belief who leaves among those still here.

    Parameters
    ----------
    features : DataFrame
        The features of the panel's rows.
    panel : Panel
    categories : mapping of column to labels, optional
        The columns that hold codes of labels.
    """
    rows = np.flatnonzero(still_here(panel))
    if rows.size > _ENOUGH:
        rows = np.sort(np.random.default_rng(0).choice(rows, _ENOUGH, replace=False))
    churned = panel.y[rows]
    if min(churned.sum(), (churned == 0).sum()) < FEWEST:
        return []
    labels = categories or {}
    found = {
        str(name): auc_alone(features[name].to_numpy()[rows], churned, labels=labels.get(str(name)))
        for name in features
    }
    best = sorted((name for name in found if found[name] > TOO_GOOD), key=lambda name: -found[name])[:_MOST]
    said = [
        f"{name} alone tells who leaves among those still here, with an AUC of {found[name]:.3f}: look for a leak "
        "(check_hindsight shows what to look at)"
        for name in best
    ]
    return [
        *said,
        *(note for name in features if name not in best for note in _never_left(str(name), features, panel, labels)),
    ]


def _never_left(name: str, features: pd.DataFrame, panel: Panel, labels: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Say of an undated attribute that nobody with some value of it left: then it was written down when they had."""
    customers = panel.log.customers
    if not name.startswith("attributes_") or customers is None or customers.dated:
        return
    who = panel.frame["customer_id"].to_numpy()
    found = without_leavers(features[name].to_numpy(), panel.y, who, labels=labels.get(name))
    if found is not None:
        value, count, expected = found
        yield (
            f"none of {count:,} customers with {name} {value} left, where {expected:.0f} would if they were like all: look for "
            "a leak (check_hindsight shows what to look at)"
        )


def still_here(panel: Panel) -> np.ndarray:
    """Return which rows are of customers who were active within a horizon before the cut-off; bool, shape ``(n,)``."""
    if "already_silent" in panel.frame:
        return ~panel.frame["already_silent"].to_numpy(dtype=bool)
    window, acts = span(panel.definition.horizon), activity(getattr(panel.definition, "kinds", None))

    def active(seen: Seen) -> np.ndarray:
        return seen.last(window).count(acts) > 0

    return ask_as_of(panel.log, panel.frame["customer_id"].to_numpy(), panel.cutoffs, active)


def auc_alone(values: np.ndarray, churned: np.ndarray, *, labels: Sequence[str] | None = None) -> float:
    """Return how well a column ranks who leaves, by itself and in the better direction: 0.5 to 1.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Numbers, or codes of labels; missing ones count as the lowest or the highest, whichever tells more.
    churned : ndarray of 0 and 1, shape (n,)
    labels : sequence of str, optional
        Where the values are codes: each label counts as the share of those with it who left.
    """
    if labels is not None:
        codes = np.where(np.isnan(values), len(labels), values).astype(np.int64)
        size, left = np.bincount(codes), np.bincount(codes, weights=churned)
        # drawn to the middle, so that a label of few customers tells little
        return _auc(((left + churned.mean() * FEWEST) / (size + FEWEST))[codes], churned)
    if not np.isnan(values).any():
        return _auc(values, churned)
    # a leak is as often in what is missing as in what is there: a date of cancellation that only leavers have
    return max(_auc(np.nan_to_num(values, nan=end), churned) for end in (-np.inf, np.inf))


def without_leavers(
    values: np.ndarray, churned: np.ndarray, customers: np.ndarray, *, labels: Sequence[str] | None = None
) -> tuple[str, int, float] | None:
    """Return a value that too many customers have without one of them leaving, or None.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Codes of labels or numbers, NaN for missing; only of few different ones anything is said.
    churned : ndarray of 0 and 1, shape (n,)
    customers : ndarray, shape (n,)
    labels : sequence of str, optional
        The labels of the codes.

    Returns
    -------
    tuple of str, int and float, or None
        The value, how many customers have it, and how many of them would leave if they left like all.
    """
    ids, who = np.unique(customers, return_inverse=True)
    left = np.zeros(ids.size, dtype=bool)
    np.logical_or.at(left, who, churned == 1)
    last = np.empty(ids.size)
    last[who] = values
    found, place, count = np.unique(last, return_inverse=True, return_counts=True)
    expected = count * left.mean()
    never = (np.bincount(place, weights=left, minlength=found.size) == 0) & (expected >= FEWEST)
    if found.size > _FEW_VALUES or not never.any():
        return None
    best = int(np.argmax(np.where(never, expected, 0)))
    shown = (
        "nothing" if np.isnan(found[best]) else labels[int(found[best])] if labels is not None else f"{found[best]:g}"
    )
    return shown, int(count[best]), float(expected[best])


def _auc(values: np.ndarray, churned: np.ndarray) -> float:
    area = area_under(np.where(np.isinf(values), np.sign(values) * np.finfo(float).max, values), churned)
    return max(area, 1 - area)
