"""Metrics: equal to scikit-learn's, exact with ties, blind to the order of rows."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as oracle

from cxchurn._core import DataError, UsageError
from cxchurn.evaluation import METRICS, average_precision, brier, calibration_error, gain, lift, log_loss, roc_auc
from cxchurn.evaluation.metrics._metrics import measured
from cxchurn.evaluation.metrics._ranking import Ranking

# few distinct probabilities make many ties; weight 0 drops a row
_ROW = st.tuples(st.booleans(), st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9, 1.0]) | st.floats(0, 1), st.integers(0, 3))
_ROWS = st.lists(_ROW, min_size=2, max_size=60)


def _columns(rows: list[tuple[bool, float, int]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    y, p, weight = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    return y, p, weight


def _has_both(y: np.ndarray, weight: np.ndarray) -> bool:
    return len(np.unique(y[weight > 0])) == 2


@settings(max_examples=150, deadline=None)
@given(_ROWS, st.floats(0.1, 7.0))
def test_metrics_equal_scikit_learn(rows: list[tuple[bool, float, int]], scale: float) -> None:
    y, p, weight = _columns(rows)
    weight = weight * scale
    if not _has_both(y, weight):
        assert math.isnan(roc_auc(y, p, weight))
        assert math.isnan(average_precision(y, p, weight))
        return
    assert roc_auc(y, p, weight) == pytest.approx(oracle.roc_auc_score(y, p, sample_weight=weight))
    assert average_precision(y, p, weight) == pytest.approx(oracle.average_precision_score(y, p, sample_weight=weight))
    assert log_loss(y, p, weight) == pytest.approx(oracle.log_loss(y, p, sample_weight=weight, labels=[0, 1]))
    assert brier(y, p, weight) == pytest.approx(oracle.brier_score_loss(y, p, sample_weight=weight))


_ALL = {
    "roc_auc": roc_auc,
    "average_precision": average_precision,
    "log_loss": log_loss,
    "brier": brier,
    "calibration_error": calibration_error,
    "gain": lambda y, p, weight=None: gain(y, p, weight, share=0.3),
    "lift": lambda y, p, weight=None: lift(y, p, weight, share=0.3),
}


@pytest.mark.parametrize("name", _ALL)
@settings(max_examples=60, deadline=None)
@given(rows=_ROWS, random=st.randoms(use_true_random=False))
def test_a_weight_is_so_many_equal_rows_in_any_order(name: str, rows: list[Any], random: Any) -> None:
    y, p, weight = _columns(rows)
    repeated = [(a, b) for a, b, times in rows for _ in range(times)]
    random.shuffle(repeated)
    many_y, many_p = np.array(repeated, dtype=float).reshape(-1, 2).T
    assert _ALL[name](y, p, weight) == pytest.approx(_ALL[name](many_y, many_p), nan_ok=True, abs=1e-12)


@settings(max_examples=100, deadline=None)
@given(_ROWS, st.integers(1, 100))
def test_gain_is_the_mean_over_all_orders_of_the_ties(rows: list[tuple[bool, float, int]], percent: int) -> None:
    y, p, _ = _columns(rows)
    if not _has_both(y, np.ones(len(y))):
        return
    # each place in a group of ties holds, over all orders, the group's mean; a share may end inside a place
    expected = np.array([y[p == value].mean() for value in sorted(p, reverse=True)])
    whole = np.clip(percent / 100 * len(y) - np.arange(len(y)), 0, 1)
    found = gain(y, p, share=percent / 100)
    assert found == pytest.approx((expected * whole).sum() / y.sum())
    assert lift(y, p, share=percent / 100) == pytest.approx(found / (percent / 100))


def test_gain_and_lift_counted_by_hand() -> None:
    y = [1, 0, 1, 0, 0, 0, 0, 0, 0, 0]
    p = [0.9, 0.8, 0.8, 0.3, 0.3, 0.2, 0.2, 0.1, 0.1, 0.1]
    # top 20 % = 2 rows: the churner at 0.9, and one of two tied rows of which one churned: 1.5 of 2 churners
    assert gain(y, p, share=0.2) == 0.75
    assert lift(y, p, share=0.2) == 3.75
    # top 10 % = the churner at 0.9: 1 of 2 churners
    assert gain(y, p, share=0.1) == 0.5


def test_calibration_error_counted_by_hand() -> None:
    y = [1, 1, 0, 1, 0, 0]
    p = [0.9, 0.9, 0.8, 0.2, 0.2, 0.2]
    # 2 bins of 3 rows: |2 - 2.6| and |1 - 0.6| over 6 rows
    assert calibration_error(y, p, bins=2) == pytest.approx((0.6 + 0.4) / 6)
    # 3 bins of 2 rows: 0.9, 0.9 | 0.8 | the three ties at 0.2, whose middle is row 4.5 of 6
    assert calibration_error(y, p, bins=3) == pytest.approx((0.2 + 0.8 + 0.4) / 6)


def test_calibration_error_has_one_bin_a_row_at_most() -> None:
    # 3 rows in 10 bins: each row alone, |1 - 0.5| + |0 - 0.4| + |0 - 0.1| over 3 rows
    assert calibration_error([1, 0, 0], [0.5, 0.4, 0.1]) == pytest.approx(1 / 3)


@pytest.mark.parametrize("y", [[0, 0, 0], [1, 1, 1], []])
def test_one_class_leaves_ranking_undefined_and_the_rest_defined(y: list[int]) -> None:
    p = [0.2, 0.3, 0.4][: len(y)]
    for name in ("roc_auc", "average_precision", "gain", "lift"):
        assert math.isnan(_ALL[name](y, p)), name
    for name in ("log_loss", "brier", "calibration_error"):
        assert math.isnan(_ALL[name](y, p)) == (not y), name


def test_all_weights_zero_leave_everything_undefined() -> None:
    assert all(math.isnan(metric([0, 1], [0.2, 0.3], [0, 0])) for metric in _ALL.values())


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: roc_auc([0, 1], [0.1]), DataError, "y has the shape"),
        (lambda: roc_auc([0, 2], [0.1, 0.2]), DataError, "other values than 0 and 1"),
        (lambda: brier([0, 1], [0.1, 1.2]), DataError, "outside 0 to 1"),
        (lambda: brier([0, 1], [0.1, math.nan]), DataError, "missing"),
        (lambda: log_loss([0, 1], [0.1, 0.2], [1, -1]), DataError, "negative"),
        (lambda: log_loss([0, 1], [0.1, 0.2], [1]), DataError, "weight has the shape"),
        (lambda: gain([0, 1], [0.1, 0.2], share=10), UsageError, "write 0.1 for 10 %"),
        (lambda: lift([0, 1], [0.1, 0.2], share=0), UsageError, "share is 0"),
        (lambda: calibration_error([0, 1], [0.1, 0.2], bins=0), UsageError, "bins is 0"),
    ],
)
def test_errors_teach(call: Any, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        call()


_OF_SHARES = {
    f"{name}_{percent}": (of, percent / 100) for name, of in (("gain", gain), ("lift", lift)) for percent in (5, 10, 20)
}


def test_what_is_measured_is_what_each_metric_says() -> None:
    y, p = np.array([1, 0, 1, 0, 0, 0, 0, 0, 0, 1]), np.array([0.9, 0.8, 0.8, 0.3, 0.3, 0.2, 0.2, 0.1, 0.1, 0.1])
    for name, value in zip(METRICS, measured(Ranking(y, p).weighed()), strict=True):
        of, share = _OF_SHARES.get(name, (None, None))
        assert value == pytest.approx(_ALL[name](y, p) if of is None else of(y, p, share=share)), name
