"""Whether columns tell one cut-off from another where nothing has changed."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from cxchurn._core import DAY, UsageError, listed
from cxchurn.checks._stationary import WEEK, circle_of, stationary
from cxchurn.features import Builder, FeatureSet
from cxchurn.history import histories_of
from cxchurn.interactions import InteractionLog

NAMES = "names the cut-off"
DRIFTS = "drifts"
BOUND = 0.55  # an AUC up to which a column does not tell cut-offs apart
_OWN = 0.1  # the share of rows up to which values may be one cut-off's own
_HEAP, _FEW = 20, 5  # a value that fewer than one row in so many has is a customer's rather than the cut-off's
# a year and a month: the first and the last cut-off stand at the same time of the year, and only what drifts differs
_MONTHS = 13
# whole weeks, so that no cut-off falls on another day of the week than the others
_APART = 4 * WEEK
_SETTLED = 52 * WEEK  # by when everybody has come


def check_drift(builder: Builder, log: InteractionLog, *, customers: int = 300, random_state: int = 0) -> pd.DataFrame:
    """Tell which columns know what the date is: in a log in which nothing ever changes, they should not.

    A column that differs from cut-off to cut-off lets a model learn what was so in some months instead of what makes
    customers leave, and is never again what it was. The columns are made at 13 cut-offs, four weeks apart, of a log made for
    the purpose from the events of the one given: every customer's go round in a circle from a week drawn by chance, so that
    seasons and growth are no fault of the builder. They come in the first year; the cut-offs lie later than that by all that
    the log goes round, and by the longest of the builder's windows.

    Parameters
    ----------
    builder : Builder
        What to check.
    log : InteractionLog
        Any log in memory with the roles that the builder needs.
    customers : int, default 300
        How many customers to look at, at most.
    random_state : int, default 0

    Returns
    -------
    DataFrame
        One row a column: ``column``; ``auc_month``, how well it tells the rows of one cut-off from those of the next, four
        weeks later (0.5: not at all; the mean over the pairs of neighbours, missing counting as the lowest value);
        ``auc_year``, the first cut-off from the last; ``own_values``, the share of rows with a value that many rows of their
        cut-off have (one in twenty, five at least) and none of any other; ``finding``:

        - ``"names the cut-off"`` where `own_values` is above 0.1: a fault, such as a difference from a number that is
          everybody's at the time. A ratio over the customer's own, or a rounded share, does without.
        - ``"drifts"`` where an AUC is above 0.55 (that of a year also three standard errors above 0.5): what is summed up over
          all of the past grows with the log. That is worth it where it orders customers; ``lookback=`` bounds it.
        - empty otherwise.

    Examples
    --------
    >>> cx.check_drift(cx.Recency(), log, customers=100)["finding"].unique().tolist()
    ['', 'drifts']
    """
    ids = histories_of(log).ids
    if not len(ids):
        raise UsageError("the log is empty.", allowed="a log with interactions to check the builder on")
    rng = np.random.default_rng(random_state)
    chosen = ids[np.sort(rng.choice(len(ids), min(customers, len(ids)), replace=False))]
    features = _features(builder, log, chosen, random_state)
    return pd.DataFrame([_row_of(str(name), features[name].to_numpy()) for name in features], columns=_COLUMNS)


_COLUMNS = ["column", "auc_month", "auc_year", "own_values", "finding"]


def drifting(table: pd.DataFrame) -> str:
    """Say in words which columns drift."""
    found = table[table["finding"] == DRIFTS].sort_values("auc_month", ascending=False, kind="stable")
    size = f"{len(table)} {'column' if len(table) == 1 else 'columns'} at {_MONTHS} cut-offs"
    return f"{size}; {listed(found['column'])} {'drifts' if len(found) == 1 else 'drift'}" if len(found) else size


def _features(builder: Builder, log: InteractionLog, customers: np.ndarray, random_state: int) -> pd.DataFrame:
    """Make the columns at the cut-offs of a stationary log, cut-off by cut-off."""
    begin = int(histories_of(log).began.min()) // DAY * DAY
    first = _SETTLED + max(circle_of(log), -(-_longest(builder, log, customers) // WEEK) * WEEK)
    moments = first + np.arange(_MONTHS) * _APART
    still = stationary(log, customers, until=_SETTLED, length=int(moments[-1]), random_state=random_state)
    rows = pd.DataFrame({"customer_id": np.tile(customers, _MONTHS)})
    rows["cutoff"] = np.repeat(begin + moments, len(customers)).astype("datetime64[us]")
    return FeatureSet([builder], log=still).fit_transform(rows)


def _longest(builder: Builder, log: InteractionLog, customers: np.ndarray) -> int:
    """Return the longest of the builder's windows, in microseconds."""
    row = pd.DataFrame({"customer_id": customers[:1], "cutoff": [log.observed_until]})
    seen = FeatureSet([builder], log=log).fit(row).seen(row)
    windows = [column.window for column in builder.columns(seen.of(builder.sees))]
    return max((window.microseconds for window in windows if window is not None), default=0)


def _row_of(name: str, values: np.ndarray) -> tuple[str, float, float, float, str]:
    by_cutoff = np.where(np.isnan(values), -np.inf, values).reshape(_MONTHS, -1)
    month = _apart(float(np.mean([_auc(one, other) for one, other in pairwise(by_cutoff)])))
    year = _apart(_auc(by_cutoff[0], by_cutoff[-1]))
    own = _own_values(by_cutoff)
    chance = 0.5 + 3 * np.sqrt(1 / (6 * by_cutoff.shape[1]))
    finding = NAMES if own > _OWN else DRIFTS if month > BOUND or year > max(BOUND, chance) else ""
    return name, month, year, own, finding


def _auc(earlier: np.ndarray, later: np.ndarray) -> float:
    """Return how probable it is that a row of the later cut-off has more than one of the earlier, ties counting half."""
    ranks = rankdata(np.concatenate([earlier, later]))
    more = ranks[earlier.size :].sum() - later.size * (later.size + 1) / 2
    return float(more / (earlier.size * later.size))


def _apart(auc: float) -> float:
    return float(max(auc, 1 - auc))


def _own_values(by_cutoff: np.ndarray) -> float:
    """Return the share of rows with a value that many rows of their cut-off have and none of the others."""
    values, which = np.unique(by_cutoff, return_inverse=True)
    months, customers = by_cutoff.shape
    count = np.zeros((values.size, months), dtype=np.int64)
    np.add.at(count, (which.reshape(-1), np.repeat(np.arange(months), customers)), 1)
    own = ((count > 0).sum(axis=1) == 1) & (count.max(axis=1) >= max(_FEW, customers / _HEAP))
    return float(count[own].sum() / by_cutoff.size)
