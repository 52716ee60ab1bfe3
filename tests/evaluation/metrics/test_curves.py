"""Reliability and lift tables: the same bins and gains as the metrics, and Wilson's interval."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxchurn.evaluation import calibration_error, gain, lift_curve, reliability, wilson


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.sampled_from([0.1, 0.2, 0.5]) | st.floats(0, 1)), min_size=1, max_size=80))
def test_reliability_adds_up_to_the_calibration_error(rows: list[tuple[bool, float]]) -> None:
    y, p = np.array(rows, dtype=float).T
    table = reliability(y, p)
    off = (table["rows"] * (table["observed_rate"] - table["mean_probability"]).abs()).sum() / len(y)
    assert off == pytest.approx(calibration_error(y, p), abs=1e-12)
    assert table["rows"].sum() == len(y)
    assert (table["observed_rate"] * table["rows"]).sum() == pytest.approx(y.sum())
    assert table["mean_probability"].is_monotonic_increasing or np.diff(table["mean_probability"]).min() > -1e-9
    assert table["low"].le(table["observed_rate"]).all()
    assert table["high"].ge(table["observed_rate"]).all()


def test_reliability_counted_by_hand() -> None:
    table = reliability([0, 0, 1, 0, 1, 1], [0.1, 0.1, 0.2, 0.6, 0.7, 0.8], bins=2)
    # low bin: 0.1, 0.1, 0.2 with 1 churner; high bin: 0.6, 0.7, 0.8 with 2
    assert table["bin"].tolist() == [1, 2]
    assert table["rows"].tolist() == [3, 3]
    assert table["mean_probability"].to_numpy() == pytest.approx([0.4 / 3, 0.7])
    assert table["observed_rate"].to_numpy() == pytest.approx([1 / 3, 2 / 3])


def test_wilson_equals_published_values() -> None:
    # Newcombe (1998), Statistics in Medicine 17, table I, method 3
    low, high = wilson([81, 15, 0, 1], [263, 148, 20, 29])
    assert low == pytest.approx([0.2553, 0.0624, 0.0, 0.0061], abs=5e-5)
    assert high == pytest.approx([0.3662, 0.1605, 0.1611, 0.1718], abs=5e-5)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=2, max_size=50))
def test_lift_curve_equals_gain_at_every_share(rows: list[tuple[bool, float]]) -> None:
    y, p = np.array(rows, dtype=float).T
    table = lift_curve(y, p)
    assert table["share_contacted"].tolist() == [percent / 100 for percent in range(1, 101)]
    gains = [gain(y, p, share=share) for share in table["share_contacted"]]
    assert table["gain"].to_numpy() == pytest.approx(gains, nan_ok=True)
    assert table["lift"].to_numpy() == pytest.approx(np.array(gains) / table["share_contacted"], nan_ok=True)
