"""What the model says of customers at instants: the log-odds, their parts, and who is asked about at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cxchurn._core import Deferred
from cxchurn.explanation.ledger._parts import PARTS, PartSums
from cxchurn.history import histories_of
from cxchurn.interactions import InteractionLog
from cxchurn.model import ChurnModel
from cxchurn.panel import asked_about

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")

# rows at a time: their contributions stay near the processor
_BLOCK = 1024
_UNKNOWN = "new"


class States(NamedTuple):
    """What the model says at instants; missing where a customer is not asked about.

    Attributes
    ----------
    raw : ndarray of float64, shape (n,)
        The log-odds, those of `score` to the bit.
    parts : ndarray of float64, shape (n, 3)
        The contributions by part, see `PARTS`; with the base they sum to the log-odds.
    why_not : ndarray of object, shape (n,)
        Why a row is not asked about, "" where it is.
    """

    raw: np.ndarray
    parts: np.ndarray
    why_not: np.ndarray

    @property
    def asked(self) -> np.ndarray:
        """Whether each row is asked about."""
        return self.why_not == ""


def states(model: ChurnModel, log: InteractionLog, customers: np.ndarray, cutoffs: np.ndarray) -> States:
    """Ask the model about customers at instants, part by part of the log, so that features never stand all in memory.

    Parameters
    ----------
    model : ChurnModel
    log : InteractionLog
    customers : ndarray, shape (n,)
        As the log has them.
    cutoffs : ndarray of datetime64[us], shape (n,)
    """
    why = _not_asked(model, log, customers, cutoffs)
    raw, parts = np.full(len(customers), np.nan), np.full((len(customers), len(PARTS)), np.nan)
    rows = np.flatnonzero(why == "")
    split = PartSums(model.features_.says_)

    def say(features: pd.DataFrame) -> None:
        at = features.index.to_numpy()
        for first in range(0, len(features), _BLOCK):
            some = slice(first, first + _BLOCK)
            raw[at[some]], contributions = model.explained(features.iloc[some])
            parts[at[some]] = split.sums(contributions[:, :-1])

    if rows.size:
        asked = pd.DataFrame({"customer_id": customers[rows], "cutoff": cutoffs[rows]}, index=rows)
        for _ in model.features_.with_log(log).transform_parts(asked, then=say):
            pass
    return States(raw, parts, why)


def _not_asked(model: ChurnModel, log: InteractionLog, customers: np.ndarray, cutoffs: np.ndarray) -> np.ndarray:
    """Return why each row is not asked about; of whom nothing is known yet nobody asks, whatever the definition."""
    why = asked_about(log, model.churn_, customers, cutoffs).why_not
    histories = histories_of(log)
    position = histories.positions(customers)
    began = np.where(position >= 0, histories.began[position], np.iinfo(np.int64).max)
    why[began >= cutoffs.astype(np.int64)] = _UNKNOWN
    return why
