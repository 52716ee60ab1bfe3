"""Random LightGBM models, and what they say of random rows."""

from __future__ import annotations

import lightgbm as lgb
import numpy as np

COLUMNS, LABELS = 12, (4, 5)


def table(rows: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return features with missing values, zeros, ties and labels, and outcomes that follow from some of them."""
    draw = np.random.default_rng(seed)
    X = draw.normal(size=(rows, COLUMNS)).round(1)
    X[draw.random(X.shape) < 0.2] = np.nan
    X[:, 1] = np.where(draw.random(rows) < 0.5, 0.0, X[:, 1])
    for column in LABELS:
        X[:, column] = np.where(draw.random(rows) < 0.1, np.nan, draw.integers(0, 40, rows))
    z = np.nan_to_num(X[:, 0]) + (X[:, 4] % 3 == 1) + np.nan_to_num(X[:, 2] * X[:, 3]) + draw.normal(size=rows)
    return X, (z > 0.5).astype(float)


def strange(rows: int, seed: int) -> np.ndarray:
    """Return rows unlike those of training: labels never met, infinities, values that only just count as zero."""
    X, _ = table(rows, seed)
    draw = np.random.default_rng(seed + 1)
    for value in (-3.0, 2.5, 99.0, 1e9):
        X[draw.random(rows) < 0.05, 4] = value
    for value in (np.inf, -np.inf, 1e-36, -1e-36, 1e-34):
        X[draw.random(X.shape) < 0.02] = value
    X[:, LABELS] = np.where(np.isfinite(X[:, LABELS]), X[:, LABELS], np.nan)
    return X


def trained(leaves: int, seed: int = 0, rounds: int = 30, **more: object) -> lgb.Booster:
    """Return a small model with decisions of every kind."""
    X, y = table(1500, seed)
    settings = {
        "objective": "binary", "num_leaves": leaves, "seed": seed, "num_threads": 1, "verbosity": -1, "min_data_in_leaf": 5,
        "learning_rate": 0.2, "min_data_per_group": 5, "max_cat_to_onehot": 4, "cat_smooth": 1.0,
    }  # fmt: skip
    data = lgb.Dataset(X, y, categorical_feature=list(LABELS))
    return lgb.train({**settings, **more}, data, rounds)
