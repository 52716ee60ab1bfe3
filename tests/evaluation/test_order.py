"""The one verdict on a model's order."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxchurn.evaluation import evaluate_predictions, order_of

ROWS = 2_000


def judged(*models: str, seed: int = 0):
    """Two cut-offs, each customer once; a fifth churns; see `_said` for what models say of them."""
    random = np.random.default_rng(seed)
    churned = (np.arange(ROWS) % 5 == 0).astype(int)
    frame = pd.DataFrame({"customer_id": np.arange(ROWS), "churned": churned})
    frame["group"] = np.where(np.arange(ROWS) % 2, "2024-11-01", "2024-10-01")
    for name in models:
        frame[name] = _said(name.split(" ")[0], churned, random)
    return evaluate_predictions(frame, list(models), replicates=60)


def _said(model: str, churned: np.ndarray, random: np.random.Generator) -> np.ndarray:
    noise = random.random(ROWS)
    if model == "lots":
        return noise
    if model == "all":
        # those with the highest probabilities stay, of the rest those who leave stand first
        said = 0.3 * noise + 0.4 * churned
        said[np.flatnonzero(churned == 0)[: ROWS // 8]] = 0.9
        return said
    return (noise + {"good": 1.0, "fair": 0.4}[model] * churned) / 3


@pytest.mark.parametrize(
    ("model", "verdict"), [("good", "shown"), ("fair", "shown"), ("all", "top unsure"), ("lots", "chance")]
)
def test_the_verdict(model, verdict):
    found = order_of(judged(model))
    assert found is not None
    assert found.verdict == verdict
    assert (found.worse, found.close) == ((), ())


@pytest.mark.parametrize(
    ("models", "worse", "close"),
    [
        (("good", "fair"), (), ()),
        (("fair", "good", "fair 2"), ("good",), ("fair 2",)),
        (("lots", "fair"), ("fair",), ()),
    ],
)
def test_it_stands_beside_simpler_rules(models, worse, close):
    found = order_of(judged(*models))
    assert found is not None
    assert (found.worse, found.close) == (worse, close)


def test_it_is_that_of_the_numbers_beside_it():
    evaluation = judged("fair")
    found = order_of(evaluation)
    assert found is not None
    first = evaluation.predictions.sort_values("fair", ascending=False).head(ROWS // 10)
    assert found.left == pytest.approx(first["churned"].mean())
    # a fifth of all leave
    assert found.lift == pytest.approx(5 * found.left)


def test_nothing_tells_where_all_stay_or_all_leave():
    for churned in (0, 1):
        frame = judged("fair").predictions.assign(churned=churned)
        assert order_of(evaluate_predictions(frame, ["fair"], replicates=20)) is None


def test_where_no_cutoff_has_both_outcomes_all_rows_are_judged_together():
    frame = judged("good").predictions
    apart = frame.assign(group=np.where(frame["churned"] == 1, "2024-11-01", "2024-10-01"))
    found = order_of(evaluate_predictions(apart, ["good"], replicates=20))
    assert found is not None
    assert found.verdict == "shown"
