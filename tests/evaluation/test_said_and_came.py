"""What was said beside what came, and why the two differ."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from cxchurn.evaluation import Learned, calibration_verdict, evaluate, evaluate_predictions, said_and_came, wilson


def evaluated(said: float, came: float, *, rows: int = 400):
    """Every row is said the same; the share that came churned; two cut-offs of half the rows, each customer once."""
    churned = (np.arange(rows) < round(came * rows)).astype(int)
    frame = pd.DataFrame(
        {
            "customer_id": np.arange(rows),
            "group": np.where(np.arange(rows) % 2, "2024-11-01", "2024-10-01"),
            "churned": churned,
            "mine": said,
            "other": 0.5,
        }
    )
    return evaluate_predictions(frame, ["mine", "other"], replicates=20)


def test_the_table_by_hand():
    table = said_and_came(evaluated(0.25, 0.1)).set_index("cutoff")
    # 400 rows, 40 churned: the first 40, so 20 at either cut-off
    assert table.index.tolist() == ["2024-10-01", "2024-11-01", "all"]
    assert table["rows"].tolist() == [200, 200, 400]
    assert table["churned"].tolist() == [20, 20, 40]
    assert table["said"].tolist() == pytest.approx([0.25] * 3)
    assert table["came"].tolist() == pytest.approx([0.1] * 3)
    low, high = wilson([20], [200])
    assert table.loc["2024-10-01", ["low", "high"]].tolist() == pytest.approx([low[0], high[0]])
    # each customer once: the usual standard error, 1.96 sqrt(.1 x .9 / 399)
    assert table.loc["all", "high"] == pytest.approx(0.1 + 1.96 * np.sqrt(0.09 / 399), abs=1e-5)
    assert set(table["verdict"]) == {"too high"}


@pytest.mark.parametrize(
    ("said", "learned", "verdict"),
    [
        (0.20, 0.21, "Said 20.0%, came 10.0%: too high, because the rate fell (21.0% in training)."),
        (0.20, 0.10, "Said 20.0%, came 10.0%: too high, although the rate stayed (10.0% in training)."),
        (0.20, 0.05, "Said 20.0%, came 10.0%: too high, although the rate rose (5.0% in training)."),
        (0.02, 0.02, "Said 2.0%, came 10.0%: too low, because the rate rose (2.0% in training)."),
        (0.10, 0.30, "Said 10.0%, came 10.0%: as said, although the rate fell (30.0% in training)."),
        (0.10, 0.10, "Said 10.0%, came 10.0%: as said."),
        (0.20, None, "Said 20.0%, came 10.0%: too high."),
    ],
)
def test_the_verdict(said, learned, verdict):
    found = replace(evaluated(said, 0.1), learned=None if learned is None else Learned(learned, 1000))
    assert calibration_verdict(found) == verdict
    assert found.sentences()[0] == verdict


def test_another_model_can_be_asked():
    assert said_and_came(evaluated(0.1, 0.1), "other")["said"].tolist() == pytest.approx([0.5] * 3)


def test_an_evaluation_knows_what_its_model_had_learned_from(model, test, train):
    learned = evaluate(model, test, replicates=20, baselines=False).learned
    assert learned == Learned(model.base_rate_, len(train), "2023-12-01", "2024-06-01", model.version_)
