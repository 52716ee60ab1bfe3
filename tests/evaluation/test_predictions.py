"""The table of predictions: everything wrong with it is said at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from cxchurn._core import DataError, UsageError
from cxchurn.evaluation import evaluate_predictions


def _frame(n: int = 20) -> pd.DataFrame:
    cutoff = pd.to_datetime(["2024-10-01", "2024-11-01", "2024-12-01"])[np.arange(n) % 3]
    return pd.DataFrame(
        {"customer_id": range(n), "cutoff": cutoff, "churned": np.arange(n) % 2, "good": np.linspace(0, 1, n)}
    )


@pytest.mark.parametrize(
    ("change", "models", "error", "says"),
    [
        (lambda f: f.iloc[:0], ["good"], DataError, "no rows"),
        (lambda f: f.drop(columns="churned"), ["good"], DataError, "'churned'"),
        (lambda f: f.drop(columns="cutoff"), ["good"], DataError, "'cutoff'"),
        (lambda f: f.rename(columns={"customer_id": "custmer_id"}), ["good"], DataError, "did you mean 'custmer_id'"),
        (
            lambda f: f.assign(churned=2, good=1.5),
            ["good"],
            DataError,
            r"churned is neither 0 nor 1 in 20 rows.\ngood is no",
        ),
        (lambda f: f.assign(good=np.nan), ["good"], DataError, "good is no probability in 20 rows"),
        (lambda f: f.assign(customer_id=None), ["good"], DataError, "customer_id is missing in 20 rows"),
        (lambda f: f, "good", UsageError, "a list of column names"),
        (lambda f: f, [], UsageError, "a list of column names"),
        (lambda f: f, ["good", "good"], UsageError, "each column once"),
        (lambda f: f, ["churned"], UsageError, "none of customer_id"),
    ],
)
def test_bad_predictions_are_explained(change: Any, models: Any, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        evaluate_predictions(change(_frame(20)), models, replicates=20)


def test_group_labels_cutoffs_of_each_row() -> None:
    frame = _frame(100).assign(group=lambda f: np.where(f["cutoff"] < "2024-11-01", "early", "late"))
    table = evaluate_predictions(frame.drop(columns="cutoff"), ["good"], replicates=20)
    assert table.metrics["cutoff"].unique().tolist() == ["pooled", "early", "late", "mean over cut-offs"]
    assert list(table.predictions) == ["customer_id", "group", "churned", "good"]


def test_too_few_replicates_are_refused() -> None:
    with pytest.raises(UsageError, match="20 or more"):
        evaluate_predictions(_frame(20), ["good"], replicates=19)
