"""Honest words where the data cannot carry the numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxchurn.evaluation._words import RECENCY_RULE
from cxchurn.evaluation.metrics._compare import MOST_CUTOFFS
from cxchurn.evaluation.metrics._metrics import BINS, calibration_error, roc_auc
from cxchurn.evaluation.metrics._ranking import Ranking
from cxchurn.panel import too_few
from cxchurn.words import Phrase

# from here on a ranking is too good to be true; with fewer customers of either kind it may be so by chance
_BELIEVED, _FEWEST = 0.98, 20


def notes(predictions: pd.DataFrame, models: list[str], differences: pd.DataFrame) -> tuple[str, ...]:
    """Return what a reader must know before believing the numbers, one sentence each.

    Parameters
    ----------
    predictions : DataFrame
        customer_id, group, churned and one column a model.
    models : list of str
        The columns of probabilities; the first is the model.
    differences : DataFrame
        As `Evaluation.differences`.
    """
    churned = predictions["churned"] == 1
    if churned.all() or not churned.any():
        return (Phrase("evaluation", "everybody" if churned.all() else "nobody", n=len(predictions)),)
    return (
        *_few(predictions, churned, differences),
        *_cutoffs(predictions),
        *_beyond_belief(predictions, models[0]),
        *_calibration(predictions, models[0]),
    )


def _few(predictions: pd.DataFrame, churned: pd.Series, differences: pd.DataFrame) -> list[str]:
    left, stayed = (predictions.loc[rows, "customer_id"].nunique() for rows in (churned, ~churned))
    ranked = (differences["baseline"] == RECENCY_RULE) & (differences["metric"] == "roc_auc")
    decided = differences.loc[ranked, "better"].isin(("model", "baseline")).any()
    words = too_few(left, stayed, decided=bool(decided))
    return [words] if words else []


def _cutoffs(predictions: pd.DataFrame) -> list[str]:
    rates = predictions.groupby("group")["churned"].mean()
    if len(rates) > MOST_CUTOFFS:
        return [Phrase("evaluation", "many_cutoffs", n=len(rates))]
    number = int(rates.isin([0, 1]).sum())
    if not number:
        return []
    return [Phrase("evaluation", "one_sided", n=number, cutoffs=len(rates))]


def _beyond_belief(predictions: pd.DataFrame, model: str) -> list[str]:
    """Nobody foresees people that well: such a number is made by a column that was written down afterwards."""
    churned = predictions["churned"].to_numpy()
    if min((churned == 1).sum(), (churned == 0).sum()) < _FEWEST:
        return []
    auc = roc_auc(churned, predictions[model].to_numpy())
    if auc < _BELIEVED:
        return []
    return [Phrase("evaluation", "beyond_belief", auc=auc)]


def _calibration(predictions: pd.DataFrame, model: str) -> list[str]:
    error = calibration_error(predictions["churned"], predictions[model])
    chance = _calibration_by_chance(predictions["churned"].to_numpy(), predictions[model].to_numpy())
    if error > chance:
        return []
    return [Phrase("evaluation", "calibrated", error=error, n=len(predictions), chance=chance)]


def _calibration_by_chance(y: np.ndarray, p: np.ndarray) -> float:
    """Return the 95 % point of the calibration error of probabilities that are right, by the normal approximation.

    Each bin's surplus of churners is then normal with variance ``sum p (1 - p)``, and its size half-normal.
    """
    ranking = Ranking(y, p)
    edges = ranking.weighed().bin_edges(BINS)
    spread = ranking.probability * (1 - ranking.probability)
    variance = np.diff(np.concatenate([[0.0], np.cumsum(spread)[ranking.ends]])[edges])
    mean = np.sqrt(2 / np.pi * variance).sum()
    deviation = np.sqrt((1 - 2 / np.pi) * variance.sum())
    return float((mean + 1.645 * deviation) / len(p))
