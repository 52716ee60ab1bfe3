"""What makes a column suspicious: one that only makes sense with hindsight, and the evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cxchurn.model import TOO_GOOD, auc_alone

FEWEST = 20  # customers who left, and who stayed, below which nothing is read into shares
# twenty times as often: a habit of service differs between leavers and others, but not by that much
_OF_THOSE_WHO_LEFT, _OF_THE_OTHERS = 0.2, 0.01


@dataclass(frozen=True)
class Suspicion:
    """One reason to doubt a column.

    Parameters
    ----------
    column : str
    where : {"customers", "events"}
    why : str
        What is wrong, in words.
    evidence : str
        What was counted.
    advice : str
        What to do.
    """

    column: str
    where: str
    why: str
    evidence: str
    advice: str


def too_telling(
    column: str, where: str, values: np.ndarray, churned: np.ndarray, labels: Sequence[str] | None, advice: str
) -> Iterator[Suspicion]:
    """Yield why a column's values tell too well who leaves.

    Parameters
    ----------
    column, where, advice : str
    values : ndarray, shape (n,)
        What the column held before each row's cut-off: numbers, or codes of labels; NaN for nothing.
    churned : ndarray of 0 and 1, shape (n,)
    labels : sequence of str or None
        The labels, where the values are codes.
    """
    left = churned == 1
    if min(left.sum(), (~left).sum()) < FEWEST:
        return
    there = ~np.isnan(values)
    filled, others = there[left].mean(), there[~left].mean()
    if filled >= _OF_THOSE_WHO_LEFT and others <= _OF_THE_OTHERS:
        evidence = f"filled in for {filled:.0%} of those who left, for {others:.1%} of the others"
        yield Suspicion(column, where, "filled in only for those who left", evidence, advice)
    auc = auc_alone(values, churned, labels=labels)
    if auc > TOO_GOOD:
        evidence = f"AUC {auc:.3f} on {len(churned):,} rows of customers still here, {left.sum():,} of whom left"
        yield Suspicion(column, where, "one column alone tells who leaves", evidence, advice)
