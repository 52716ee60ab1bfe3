"""Lengths of time counted in bins, which add up over the parts of a log: quantiles of any number of them in little memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxchurn._core import DAY, Deferred

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")

# a bin is as wide as 1/128 of the lengths in it: the first seven bits after the leading one tell them apart
_BITS = 52 - 7
# the sign, the exponent and the first seven bits of a float are the bin: 128 bins to each doubling, less than one part in a
# hundred apart, without a logarithm
_FIRST = (1023 << 7) - 1
BINS = 1 << 13
# cells of a table of all bins: 32 MB; of more groups only the bins that occur are kept
_DENSE = 1 << 22
QUANTILES = {"p10": 0.1, "p25": 0.25, "median": 0.5, "p75": 0.75, "p90": 0.9, "p99": 0.99}


def binned(lengths: np.ndarray, group: np.ndarray, names: list[str]) -> pd.DataFrame:
    """Count lengths by group and bin.

    Parameters
    ----------
    lengths : ndarray of int64, shape (n,)
        In microseconds, 0 or more.
    group : ndarray of int, shape (n,)
        Which of the names each is of.
    names : list of str
        What the groups are called.

    Returns
    -------
    DataFrame
        One row a group and bin that holds any: ``group``, ``bin``, ``count`` and ``total`` (the sum of the lengths).
    """
    bits = np.maximum((lengths.astype(np.float64).view(np.int64) >> _BITS) - _FIRST, 0)
    cells = group.astype(np.int64) * BINS + bits
    if len(names) * BINS <= _DENSE:
        counts, totals = np.bincount(cells), np.bincount(cells, lengths)
        found = np.flatnonzero(counts)
        counts, totals = counts[found], totals[found]
    else:
        found, places, counts = np.unique(cells, return_inverse=True, return_counts=True)
        totals = np.bincount(places, lengths, found.size)
    return pd.DataFrame(
        {
            "group": pd.Series([names[cell] for cell in (found // BINS).tolist()], dtype=object),
            "bin": found % BINS,
            "count": counts,
            "total": totals,
        }
    )


def quantiles(bins: pd.DataFrame) -> dict[str, float]:
    """Return how many lengths there are and their quantiles in days: each the mean of the bin it lies in.

    So it is off by less than a hundredth of itself, and not at all where lengths are few different ones, such as whole days.

    Parameters
    ----------
    bins : DataFrame
        Of one group, from `binned`, or sums of several.
    """
    ordered = bins.sort_values("bin")
    counts, means = ordered["count"].to_numpy(), (ordered["total"] / ordered["count"]).to_numpy()
    until = np.cumsum(counts)
    places = [np.searchsorted(until, np.ceil(share * until[-1])) for share in QUANTILES.values()]
    in_days = {name: round(float(means[place]) / DAY, 6) for name, place in zip(QUANTILES, places, strict=True)}
    return {"count": int(until[-1]), **in_days}
