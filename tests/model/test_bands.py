from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cxchurn.model import Bands


def test_edges_belong_to_the_higher_band():
    probabilities = np.array([0.0, 0.2999, 0.3, 0.5999, 0.6, 1.0])
    assert Bands(0.3, 0.6).name(probabilities).tolist() == ["low", "low", "medium", "medium", "high", "high"]
    assert Bands(0.3, 0.6).name(np.empty(0)).tolist() == []


def test_a_tenth_is_high_and_a_fifth_medium():
    probabilities = np.random.default_rng(0).permutation(np.linspace(0, 1, 1000))
    names, counts = np.unique(Bands.of(probabilities).name(probabilities), return_counts=True)
    assert dict(zip(names, counts.tolist(), strict=True)) == {"low": 700, "medium": 200, "high": 100}


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_a_higher_risk_is_never_in_a_lower_band(values):
    probabilities = np.sort(np.array(values))
    rank = {"low": 0, "medium": 1, "high": 2}
    codes = [rank[name] for name in Bands.of(probabilities).name(probabilities)]
    assert codes == sorted(codes)
