"""The one verdict on a model's order: whether those it puts first are those who leave."""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd

from cxchurn.evaluation.metrics._compare import MEAN, POOLED

SHOWN, TOP_UNSURE, CHANCE = "shown", "top unsure", "chance"


class Order(NamedTuple):
    """What later cut-offs show of a model's order; made by `order_of`.

    Attributes
    ----------
    verdict : {"shown", "top unsure", "chance"}
        ``shown``: those who left stood before those who stayed more often than by drawing lots, and more of them stood in the
        first tenth, each with its 95 % interval; ``top unsure``: the first holds alone; ``chance``: neither need.
    lift : float
        How many times as many left of the tenth that stood first as of all.
    left : float
        The share of that tenth that left.
    worse, close : tuple of str
        The baselines whose order was better, and those of whom that cannot be told.
    """

    verdict: str
    lift: float
    left: float
    worse: tuple[str, ...]
    close: tuple[str, ...]


def order_of(evaluation: Any) -> Order | None:
    """Judge a model's order once, for every page that speaks of it; None where all churned or all stayed.

    Judged is the area under the ROC curve inside cut-offs, as lists are made for one; over all rows where no cut-off has
    both outcomes.

    Parameters
    ----------
    evaluation : Evaluation

    Examples
    --------
    >>> order_of(evaluation).verdict  # doctest: +SKIP
    'shown'
    """
    metrics = evaluation.metrics[evaluation.metrics["model"] == evaluation.metrics["model"].iloc[0]]
    area, where = _metric(metrics, "roc_auc", MEAN), MEAN
    if pd.isna(area["value"]):
        area, where = _metric(metrics, "roc_auc", POOLED), POOLED
    lift = _metric(metrics, "lift_10", POOLED)
    if pd.isna(area["value"]) or pd.isna(lift["value"]):
        return None
    # the first tenth is judged apart: a list is worked from its top, and an area can be right without it
    verdict = CHANCE if not area["low"] > 0.5 else SHOWN if lift["low"] > 1 else TOP_UNSURE
    left = lift["value"] * evaluation.predictions["churned"].mean()
    return Order(verdict, float(lift["value"]), float(left), *_beside(evaluation.differences, where))


def _metric(metrics: pd.DataFrame, metric: str, cutoff: str) -> pd.Series:
    return metrics[(metrics["metric"] == metric) & (metrics["cutoff"] == cutoff)].iloc[0]


def _beside(differences: pd.DataFrame, where: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    rows = differences[(differences["metric"] == "roc_auc") & (differences["cutoff"] == where)]
    names = rows["baseline"].astype(str)
    worse, close = (tuple(names[rows["better"] == one]) for one in ("baseline", "too close to tell"))
    return worse, close
