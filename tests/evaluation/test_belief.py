from __future__ import annotations

import numpy as np
import pandas as pd

from cxchurn.evaluation import evaluate_predictions


def judged(strength: float, rows: int = 400) -> str:
    rng = np.random.default_rng(0)
    churned = (np.arange(rows) % 4 == 0).astype(int)
    score = strength * churned + rng.normal(size=rows)
    frame = pd.DataFrame(
        {"customer_id": range(rows), "group": "one", "churned": churned, "p": 1 / (1 + np.exp(-score))}
    )
    return " ".join(evaluate_predictions(frame, ["p"], replicates=20).notes)


def test_a_ranking_beyond_belief_is_said():
    assert "An AUC of 1.000 is beyond belief: look for a leak" in judged(20.0)
    assert "beyond belief" not in judged(1.5)


def test_few_customers_may_be_ranked_well_by_chance():
    assert "beyond belief" not in judged(20.0, rows=40)
