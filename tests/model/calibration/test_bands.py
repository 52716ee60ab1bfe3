from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxchurn.features import Builder, Column
from cxchurn.model import Bands, ChurnClassifier, ChurnModel
from cxchurn.model.calibration._ranking import ranking_of


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


def test_where_most_are_equal_nobody_is_high():
    probabilities = np.r_[np.full(95, 0.4), np.linspace(0.1, 0.3, 5)]
    bands = Bands.of(probabilities)
    assert bands == Bands.none()
    assert set(bands.name(probabilities)) == {"medium"}
    assert bands.says == "everybody is in the medium band"


class TestRanking:
    def drawn(self, tells: float, customers: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        rng = np.random.default_rng(seed)
        raw = rng.normal(size=customers)
        y = (rng.random(customers) < 1 / (1 + np.exp(1.0 - tells * raw))).astype(float)
        return raw, y, np.arange(customers)

    def test_the_area_is_the_share_of_pairs_in_order(self):
        raw, y, who = np.array([0.1, 0.4, 0.4, 0.9]), np.array([0.0, 1.0, 0.0, 1.0]), np.arange(4)
        # of four pairs three are in order, and one is equal: half
        assert ranking_of([raw], [y], [who]).area == pytest.approx(3.5 / 4)

    def test_what_tells_is_shown_and_what_does_not_is_not(self):
        assert all(ranking_of(*([part] for part in self.drawn(1.0, 300, seed))).shown for seed in range(20))
        # by chance one in forty lies above
        lots = [ranking_of(*([part] for part in self.drawn(0.0, 300, seed))).shown for seed in range(100)]
        assert sum(lots) <= 8

    def test_the_same_customers_again_are_no_further_evidence(self):
        once, more = (ranking_of(*([part] * n for part in self.drawn(0.3, 200, 3))) for n in (1, 4))
        assert (once.area, once.low) == pytest.approx((more.area, more.low))

    def test_without_both_outcomes_nothing_is_known(self):
        assert ranking_of([np.zeros(5)], [np.zeros(5)], [np.arange(5)]) is None

    def test_a_model_that_cannot_rank_calls_nobody_high(self, train, churn):
        noise = ChurnModel(churn, features=[Lots()], classifier=ChurnClassifier(n_estimators=5), folds=2).fit(train)
        assert noise.bands_ == Bands.none()
        assert noise.notes_[-1].startswith(
            "everybody is in the medium band, for it cannot be told who is at greater risk"
        )


class Lots(Builder):
    """Nothing that anybody could have a reason for."""

    driver = "lots"

    def columns(self, seen):
        yield Column("lots", np.sin(1e4 * seen.age()), says="drew {value:number}")
