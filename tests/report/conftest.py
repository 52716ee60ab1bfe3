"""Small stand-ins for a model, a panel, an explanation and scores."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cxchurn.evaluation import Evaluation, evaluate_predictions
from cxchurn.explanation import Explanation
from cxchurn.features import Says


@pytest.fixture(scope="session")
def evaluation() -> Evaluation:
    random = np.random.default_rng(0)
    x = random.normal(size=600)
    truth = 1 / (1 + np.exp(1 - 1.5 * x))
    frame = pd.DataFrame(
        {
            "customer_id": np.arange(600) % 400,
            "cutoff": pd.to_datetime(np.where(np.arange(600) < 400, "2024-10-01", "2024-11-01")),
            "churned": (random.random(600) < truth).astype(int),
            "model": truth,
            "recency rule": random.random(600),
        }
    )
    return evaluate_predictions(frame, ["model", "recency rule"], replicates=20)


@pytest.fixture(scope="session")
def drivers() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "driver": ["recency", "effort & <pain>", "value in $ and $"],
            "mean_abs": [0.5, 0.3, 0.2],
            "share": [0.5, 0.3, 0.2],
            "raises": [0.3, 0.25, 0.05],
            "lowers": [-0.2, -0.05, -0.15],
        }
    )


@pytest.fixture(scope="session")
def summary() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "group": ["2024-08-01", "2024-09-01", "2024-10-01", "2024-11-01"],
            "eligible": [1000, 1100, 1200, 1300],
            "churned": [200, 330, 240, 0],
            "rate": [0.2, 0.3, 0.2, np.nan],
            "refused": [0, 0, 0, 1300],
        }
    )


@pytest.fixture(scope="session")
def scores() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "customer_id": [f"C-{place}" for place in range(7)],
            "as_of": pd.Timestamp("2025-01-01"),
            "churn_probability": [0.10, 0.90, 0.50, 0.70, 0.60, 0.02, np.nan],  # the last is not eligible
            "band": ["low", "high", "medium", "high", "high", "low", None],
            "reason_1": [f"reason of C-{place}" for place in range(7)],
            "points_1": [2.0, 6.4, 0.5, 12.0, 5.0, -1.0, np.nan],
            "reason_2": ["<script>alert(1)</script>"] * 5 + [None] * 2,
            "points_2": [1.0] * 5 + [np.nan] * 2,
        }
    )


@pytest.fixture(scope="session")
def explanation(scores: pd.DataFrame) -> Explanation:
    """Of those who are asked about, by which the scores are what they are: five columns of four drivers in three themes."""
    asked = scores.dropna(subset="churn_probability")
    says = [
        Says("recency_days", "recency", "was last here {value:.0f} days ago", theme="rhythm"),
        Says("effort_wait", "effort", "waited {value:.0f} minutes", theme="experience", actionable=True),
        Says("effort_passed", "effort", "was passed on {value:.0f} times", theme="experience", actionable=True),
        Says("value_sum", "value", "spent {value:.0f}", theme="money"),
        Says("mine_n", "effort & <pain>", "had {value:.0f} $ and $", theme="experience"),
    ]
    names = [one.name for one in says]
    parts = np.random.default_rng(1).normal(size=(len(asked), 5))
    raw = np.log(asked["churn_probability"] / (1 - asked["churn_probability"])).to_numpy()
    parts[:, 0] += raw + 1.0 - parts.sum(axis=1)
    rows = pd.DataFrame({"customer_id": asked["customer_id"], "cutoff": asked["as_of"]}).reset_index(drop=True)
    features = pd.DataFrame(np.arange(5.0 * len(asked)).reshape(-1, 5), columns=names)
    return Explanation(rows, features, pd.DataFrame(parts, columns=names), -1.0, says, dict.fromkeys(names, 1.0))


@pytest.fixture(scope="session")
def statement() -> pd.DataFrame:
    """An account of four interactions: a visit, a bad call, a chat after which nobody asks, and a good call."""
    return pd.DataFrame(
        {
            "known_at": pd.to_datetime(["2024-10-01", "2024-10-08", "2024-10-20", "2024-11-03"]),
            "kind": ["visit", "call $", "chat", "call"],
            "valence": [np.nan, -0.8, 0.0, 0.6],
            "before": [0.10, 0.14, 0.30, 0.40],
            "after": [0.08, 0.25, np.nan, 0.33],
            "experience_points": [0.1, 12.0, np.nan, -3.0],
        }
    )


@pytest.fixture(scope="session")
def ledger() -> pd.DataFrame:
    """Touchpoints by what contacts with them cost, not in order."""
    return pd.DataFrame(
        {
            "touchpoint": ["web", "phone", None],
            "kind": ["visit", "complaint & <b>", "survey"],
            "contacts": [1200, 80, 15],
            "heads": [-2.0, 5.0, 0.1],
            "heads_low": [-3.0, 3.5, -0.2],
            "heads_high": [-1.0, 6.5, 0.4],
            "money": [-10.0, 900.0, 2.0],
            "money_low": [-20.0, 500.0, -1.0],
            "money_high": [-1.0, 1300.0, 5.0],
        }
    )


@pytest.fixture(scope="session")
def beats() -> pd.DataFrame:
    """The pulse of two touchpoints in three months: contacts of both, waits of one."""
    months = ["2024-08", "2024-09", "2024-10"]
    table = pd.DataFrame(
        {
            "touchpoint": ["phone"] * 5 + ["web"] * 3,
            "period": [*months, *months[1:], *months],
            "measure": ["contacts"] * 3 + ["wait_s"] * 2 + ["contacts"] * 3,
            "value": [10.0, 12.0, 30.0, 60.0, 90.0, 5.0, 6.0, 7.0],
        }
    )
    table["start"] = pd.to_datetime(table["period"])
    table["low"], table["high"], table["customers"] = table["value"] - 2, table["value"] + 2, 50
    table["moved"] = [None, "none", "up", "none", "none", None, "none", "down"]
    return table


@pytest.fixture(scope="session")
def by_kind_and_month() -> pd.DataFrame:
    """Two kinds over four months, the second of which has no row."""
    return pd.DataFrame(
        {
            "kind": ["call", "call", "call", "visit", "visit"],
            "month": ["2024-05", "2024-07", "2024-08", "2024-05", "2024-08"],
            "rows": [1, 2, 9, 3, 4],
            "customers": [1, 2, 5, 2, 4],
        }
    )


class _Definition:
    says = "customers active in the last 90 days who then show no activity of their own for 60 days"

    def __repr__(self) -> str:
        return "Inactivity(horizon='60D', active_within='90D')"


@pytest.fixture(scope="session")
def parts(
    evaluation: Evaluation, explanation: Explanation, scores: pd.DataFrame, summary: pd.DataFrame
) -> dict[str, Any]:
    """Everything `write_report` takes."""
    families = pd.DataFrame(
        {
            "driver": ["feedback", "recency"],
            "builder": ["Feedback", "Recency"],
            "on": [False, True],
            "why": ["the log lacks score", ""],
        }
    )
    return {
        "model": SimpleNamespace(features_=SimpleNamespace(families_=families)),
        "evaluation": evaluation,
        "explanation": explanation,
        "scores": scores,
        "panel": SimpleNamespace(definition=_Definition(), summary=summary),
        "title": "Churn of <Acme & Co>",
    }
