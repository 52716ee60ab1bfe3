"""Numbers said as text: a value with its interval, and who is better in what."""

from __future__ import annotations

import math

import pandas as pd

from cxchurn.words import Together, said, value_words, written

RECENCY_RULE = "recency rule"
SUMMARY_METRICS = ("roc_auc", "average_precision", "log_loss", "brier", "calibration_error", "lift_10")


def metric_words(metric: str) -> str:
    """Return what a metric is called: ``lift in the top 10%``."""
    return value_words("evaluation", metric)


def interval_text(value: float, low: float, high: float) -> str:
    """Write a value with its interval, the bounds no finer than they are wide.

    Examples
    --------
    >>> interval_text(0.8123, 0.789, 0.834)
    '0.812 [0.79, 0.83]'
    """
    if not math.isfinite(value):
        return said("evaluation", "not_defined")
    first = written(value, ".2f" if abs(value) >= 1 else ".3f")
    if not math.isfinite(low):
        return first
    decimals = 2 if high - low >= 0.02 else 3
    return f"{first} [{written(low, f'.{decimals}f')}, {written(high, f'.{decimals}f')}]"


def verdicts(differences: pd.DataFrame) -> list[str]:
    """Say against each baseline where the model is better, where worse, and where one cannot tell.

    Parameters
    ----------
    differences : DataFrame
        As `Evaluation.differences`.

    Returns
    -------
    list of str
        One sentence a baseline, about the metrics of `Evaluation.summary`.
    """
    summary = differences[differences["metric"].isin(SUMMARY_METRICS)]
    return [_verdict(str(name), rows) for name, rows in summary.groupby("baseline", sort=False)]


def _verdict(baseline: str, rows: pd.DataFrame) -> str:
    metrics_of: dict[str, list[str]] = {"better_in": [], "worse_in": [], "close_in": []}
    keys = {"model": "better_in", "baseline": "worse_in", "too close to tell": "close_in"}
    for row in rows.to_dict("records"):
        metric = metric_words(str(row["metric"]))
        if row["cutoff"] != "pooled":
            metric = said("evaluation", "inside_cutoffs", metric=metric)
        numbers = {name: row[name] for name in ("difference", "low", "high")}
        key = keys[str(row["better"])]
        metrics_of[key].append(metric if key == "close_in" else said("evaluation", "by", metric=metric, **numbers))
    parts = [said("evaluation", key, metrics=Together(metrics)) for key, metrics in metrics_of.items() if metrics]
    named = value_words("evaluation", baseline)
    return said("evaluation", "against", baseline=named, parts=Together(parts, "semicolon"))
