"""Numbers said as text: a value with its interval, and who is better in what."""

from __future__ import annotations

import math

import pandas as pd

METRIC_WORDS = {
    "roc_auc": "ROC AUC",
    "average_precision": "average precision",
    "log_loss": "log loss",
    "brier": "Brier score",
    "calibration_error": "calibration error",
    "lift_5": "lift in the top 5%",
    "lift_10": "lift in the top 10%",
    "lift_20": "lift in the top 20%",
    "gain_5": "churners found in the top 5%",
    "gain_10": "churners found in the top 10%",
    "gain_20": "churners found in the top 20%",
}
RECENCY_RULE = "recency rule"
SUMMARY_METRICS = ("roc_auc", "average_precision", "log_loss", "brier", "calibration_error", "lift_10")


def interval_text(value: float, low: float, high: float) -> str:
    """Write a value with its interval, the bounds no finer than they are wide.

    Examples
    --------
    >>> interval_text(0.8123, 0.789, 0.834)
    '0.812 [0.79, 0.83]'
    """
    if not math.isfinite(value):
        return "not defined"
    first = f"{value:.2f}" if abs(value) >= 1 else f"{value:.3f}"
    if not math.isfinite(low):
        return first
    decimals = 2 if high - low >= 0.02 else 3
    return f"{first} [{low:.{decimals}f}, {high:.{decimals}f}]"


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
    told = differences[differences["metric"].isin(SUMMARY_METRICS)]
    return [_verdict(str(name), rows) for name, rows in told.groupby("baseline", sort=False)]


def _verdict(baseline: str, rows: pd.DataFrame) -> str:
    said: dict[str, list[str]] = {"model": [], "baseline": [], "too close to tell": []}
    for row in rows.itertuples():
        words = METRIC_WORDS[str(row.metric)] + ("" if row.cutoff == "pooled" else " inside cut-offs")
        by = "" if row.better == "too close to tell" else f" ({row.difference:+.3f} [{row.low:+.3f}, {row.high:+.3f}])"
        said[str(row.better)].append(words + by)
    parts = [
        f"{words} {', '.join(said[key])}"
        for key, words in (
            ("model", "better in"),
            ("baseline", "worse in"),
            ("too close to tell", "too close to tell in"),
        )
        if said[key]
    ]
    return f"Against the {baseline}: " + "; ".join(parts) + "."
