"""Numbers said as text."""

from __future__ import annotations

import pandas as pd
import pytest

from cxchurn.evaluation import interval_text, verdicts


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ((0.8123, 0.789, 0.834), "0.812 [0.79, 0.83]"),
        ((0.0812, 0.0801, 0.0833), "0.081 [0.080, 0.083]"),
        ((3.412, 2.9, 3.951), "3.41 [2.90, 3.95]"),
        ((0.5, float("nan"), float("nan")), "0.500"),
        ((float("nan"),) * 3, "not defined"),
    ],
)
def test_interval_text(numbers: tuple[float, float, float], text: str) -> None:
    assert interval_text(*numbers) == text


def test_verdicts_say_better_worse_and_too_close() -> None:
    rows = [
        ("rule", "pooled", "roc_auc", 0.03, 0.01, 0.05, "model"),
        ("rule", "pooled", "log_loss", 0.02, 0.01, 0.03, "baseline"),
        ("rule", "mean over cut-offs", "roc_auc", 0.01, -0.01, 0.03, "too close to tell"),
        ("rule", "pooled", "gain_5", 0.3, 0.2, 0.4, "model"),  # not among the main metrics
    ]
    table = pd.DataFrame(rows, columns=["baseline", "cutoff", "metric", "difference", "low", "high", "better"])
    assert verdicts(table) == [
        "Against the rule: better in ROC AUC (+0.030 [+0.010, +0.050]); worse in log loss (+0.020 [+0.010, +0.030]); "
        "too close to tell in ROC AUC inside cut-offs."
    ]
