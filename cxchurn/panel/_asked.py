"""Who is asked about at each cut-off, and who is not: one pass for panels and scores alike."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cxchurn.history import Seen, Which, each_part
from cxchurn.interactions import InteractionLog
from cxchurn.panel.churn._definition import WHY, ChurnDefinition


class Asked(NamedTuple):
    """Who is asked about; arrays of shape ``(n,)``.

    Attributes
    ----------
    why_not : ndarray of object
        Why a row is not asked about ("ended", "silent too long", "new"), "" where it is.
    already_silent : ndarray of bool
        Whether a row that is asked about met the definition of churned at its cut-off already.
    """

    why_not: np.ndarray
    already_silent: np.ndarray

    @property
    def asked(self) -> np.ndarray:
        """Whether each row is asked about."""
        return self.why_not == ""

    def counts(self) -> dict[str, int]:
        """How many rows are not asked about, by the reason why."""
        found = {why: int((self.why_not == why).sum()) for why in (*WHY, *sorted({*self.why_not} - {"", *WHY}))}
        return {why: number for why, number in found.items() if number}


def asked_about(log: InteractionLog, churn: ChurnDefinition, customers: np.ndarray, cutoffs: np.ndarray) -> Asked:
    """Say of each customer and cut-off whether it is asked about, from the past of the cut-off alone.

    Parameters
    ----------
    log : InteractionLog
    churn : ChurnDefinition
        Resolved on the log it was made for.
    customers : ndarray, shape (n,)
    cutoffs : ndarray of datetime64[us], shape (n,)
    """
    why, silent = np.full(len(customers), "", dtype=object), np.zeros(len(customers), dtype=bool)

    def look(rows: Which, seen: Seen) -> None:
        why[rows] = churn.not_asked(seen)
        silent[rows] = churn.already_silent(seen)

    for _ in each_part(log, np.asarray(customers), cutoffs, look, populations=churn.populations):
        pass
    return Asked(why, silent & (why == ""))
