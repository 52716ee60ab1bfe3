"""The numbers of an evaluation or a backtest, as a run holds them: the model's first, by cut-off as steps, baselines apart.

MLflow's tables show them in this order, and charts by what is before a slash; names without one are easiest to search by.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, cast

import pandas as pd

from cxchurn.evaluation import SUMMARY_METRICS, Backtest, Evaluation
from cxchurn.tracking._record import Measured, Record

_POOLED, _MEAN = "pooled", "mean over cut-offs"
_OTHERS, _ORIGINS, _EACH, _RANGE, _HERE = "other_models", "over_origins", "per_cutoff", "range", "still_here"


def of_evaluation(evaluation: Evaluation) -> list[Measured]:
    """Return the metrics of a model under their own names, their intervals, by cut-off, and those of the baselines."""
    model = str(evaluation.metrics["model"].iloc[0])
    said = evaluation.metrics[evaluation.metrics["metric"].isin(SUMMARY_METRICS)]
    own, others = said[said["model"] == model], said[said["model"] != model]
    found = [*_pooled(own), *_by_cutoff(own, evaluation.predictions, model)]
    if evaluation.still_here is not None:
        here = evaluation.still_here
        here = here[(here["model"] == model) & (here["cutoff"] == _POOLED) & here["metric"].isin(SUMMARY_METRICS)]
        found += [Measured(f"{_HERE}/{row.metric}", row.value) for row in _rows(here)]
    found += [
        Measured(f"{_OTHERS}/{_plain(row.model)}/{row.metric}", row.value)
        for row in _rows(others[others["cutoff"] == _POOLED])
    ]
    found += [Measured("test/rows", len(evaluation.predictions))]
    return [one for one in found if math.isfinite(one.value)]


def of_backtest(tested: Backtest) -> list[Measured]:
    """Return the model's metrics over all origins of a backtest, and by origin as steps; rivals' are in the origins' runs."""
    pooled = tested.pooled
    own = pooled[(pooled["model"] == "model") & (pooled["cutoff"] == _POOLED) & pooled["metric"].isin(SUMMARY_METRICS)]
    found = [Measured(f"{_ORIGINS}/{row.metric}", row.value) for row in _rows(own)]
    for place, (origin, rows) in enumerate(tested.by_origin.groupby("origin", sort=True)):
        own = rows[(rows["model"] == "model") & rows["metric"].isin(SUMMARY_METRICS)]
        at = _milliseconds(origin)
        found += [Measured(f"{_ORIGINS}/each/{row.metric}", row.value, place, at) for row in _rows(own)]
    return [one for one in found if math.isfinite(one.value)]


def origins(tested: Backtest) -> Iterator[Record]:
    """Yield each origin of a backtest as a run of its own."""
    for origin, rows in tested.by_origin.groupby("origin", sort=True):
        told = [row for row in _rows(rows) if row.metric in SUMMARY_METRICS and math.isfinite(row.value)]
        first = rows.iloc[0]
        yield Record(
            name=f"origin {str(origin)[:10]}",
            params={
                "origin": str(origin),
                "training.rows": str(first["train_rows"]),
                "test.rows": str(first["test_rows"]),
            },
            metrics=[
                Measured(_who(row.model) + row.metric, row.value)
                for row in sorted(told, key=lambda one: one.model != "model")
            ],
        )


def _pooled(own: pd.DataFrame) -> Iterator[Measured]:
    for row in _rows(own[own["cutoff"] == _POOLED]):
        yield Measured(row.metric, row.value)
        yield Measured(f"{_RANGE}/{row.metric}_low", row.low)
        yield Measured(f"{_RANGE}/{row.metric}_high", row.high)
    for row in _rows(own[own["cutoff"] == _MEAN]):
        yield Measured(f"{row.metric}_mean_over_cutoffs", row.value)


def _by_cutoff(own: pd.DataFrame, predictions: pd.DataFrame, model: str) -> Iterator[Measured]:
    """Yield the metrics inside each cut-off, whose time the step's time is."""
    groups = predictions.groupby("group", sort=False)
    times = groups["cutoff"].min() if "cutoff" in predictions else None
    labels: list[Any] = (
        sorted(map(str, groups.groups)) if times is None else list(times.sort_values(kind="stable").index)
    )
    inside = own[own["cutoff"].isin(labels)]
    for place, label in enumerate(labels):
        at = None if times is None else _milliseconds(times[label])
        rows = groups.get_group(label)
        yield Measured(f"{_EACH}/churn_rate", float(rows["churned"].mean()), place, at)
        yield Measured(f"{_EACH}/mean_probability", float(rows[model].mean()), place, at)
        for row in _rows(inside[inside["cutoff"] == label]):
            yield Measured(f"{_EACH}/{row.metric}", row.value, place, at)


def _who(model: str) -> str:
    return "" if model == "model" else f"{_OTHERS}/{_plain(model)}/"


def _plain(name: object) -> str:
    return "".join(letter if letter.isalnum() or letter in "-." else "_" for letter in str(name))


def _milliseconds(at: Any) -> int | None:
    try:
        return int(pd.Timestamp(at).timestamp() * 1000)
    except (ValueError, TypeError):
        return None


def _rows(frame: pd.DataFrame) -> Iterator[Any]:
    return cast(Any, frame.itertuples(index=False))
