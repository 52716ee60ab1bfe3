from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone

from cxchurn.features import CORE
from cxchurn.model import Affine, ChurnClassifier
from cxchurn.model.fitting._folds import find_folds, horizons_spanned
from cxchurn.model.fitting._learn import Learned, _correct, cutoff_weights, learn
from cxchurn.panel import Cancellation, Panel

ORIGIN = np.datetime64("2024-01-01", "us")
HORIZON = np.timedelta64(30, "D")


def at(*days: int) -> np.ndarray:
    return ORIGIN + np.array(days).astype("timedelta64[D]")


def panel_of(days: list[int], customers: int) -> Panel:
    """Every customer at every cut-off."""
    rng = np.random.default_rng(0)
    n = len(days) * customers
    frame = pd.DataFrame(
        {
            "customer_id": np.tile([f"c{k}" for k in range(customers)], len(days)),
            "cutoff": np.repeat(at(*days), customers),
            "churned": (rng.random(n) < 0.5).astype(np.int8),
        }
    )
    frame["group"] = frame["cutoff"].astype(str)
    return Panel(frame, None, Cancellation("cancel", horizon="30D"), pd.DataFrame({"group": []}))


class TestCutoffWeights:
    @given(sizes=st.lists(st.integers(20, 60), min_size=1, max_size=5), seed=st.integers(0, 99))
    def test_each_cutoff_counts_the_same(self, sizes, seed):
        cutoffs = np.random.default_rng(seed).permutation(np.repeat(at(*range(len(sizes))), sizes))
        weight = cutoff_weights(cutoffs, None)
        assert weight.mean() == pytest.approx(1.0)
        each = [weight[cutoffs == one].sum() for one in np.unique(cutoffs)]
        assert each == pytest.approx([sum(sizes) / len(sizes)] * len(sizes))

    def test_an_older_cutoff_counts_half_after_a_half_life(self):
        # 0, 10, 20 and 30 days: 30, 20, 10 and 0 days before the last one
        cutoffs = np.repeat(at(0, 10, 20, 30), [20, 40, 80, 20])
        weight = cutoff_weights(cutoffs, 10.0)
        each = np.array([weight[cutoffs == one].sum() for one in np.unique(cutoffs)])
        assert each / each[-1] == pytest.approx([1 / 8, 1 / 4, 1 / 2, 1])
        assert weight.mean() == pytest.approx(1.0)

    def test_cutoffs_of_a_few_rows_each_count_by_their_rows(self):
        # 3 cut-offs over 6 rows: fewer than 20 rows each, so it is rows that count the same
        cutoffs = np.repeat(at(0, 5, 10), [1, 2, 3])
        assert cutoff_weights(cutoffs, None).tolist() == [1.0] * 6
        weight = cutoff_weights(cutoffs, 5.0)
        assert weight / weight[-1] == pytest.approx([1 / 4, 1 / 2, 1 / 2, 1, 1, 1])

    def test_one_cutoff(self):
        assert cutoff_weights(np.repeat(at(0), 30), 7.0) == pytest.approx(np.ones(30))


class TestFindFolds:
    def test_forward_where_possible(self):
        panel = panel_of([0, 30, 60, 90, 120], 100)
        folds, sort, _ = find_folds(panel, 4)
        assert (sort, len(folds)) == ("forward", 4)
        for past, future in folds:
            first = panel.cutoffs[future].min()
            # every label that is learned from was known by the fold's first cut-off
            assert (panel.cutoffs[past] + HORIZON <= first).all()
        assert all(panel.cutoffs[a].max() < panel.cutoffs[b].min() for (_, a), (_, b) in pairwise(folds))

    def test_no_more_than_asked_for(self):
        folds, sort, _ = find_folds(panel_of([0, 30, 60, 90, 120], 100), 2)
        assert (sort, len(folds)) == ("forward", 2)

    @pytest.mark.parametrize("days", [[0], [0, 10, 20]], ids=["one cut-off", "cut-offs within a horizon"])
    def test_else_by_customers(self, days):
        panel = panel_of(days, 201)
        folds, sort, _ = find_folds(panel, 4)
        assert (sort, len(folds)) == ("customer", 4)
        customers = panel.frame["customer_id"].to_numpy()
        for rest, held in folds:
            assert not set(customers[rest]) & set(customers[held])
            assert rest.size + held.size == len(panel)
        # each row is tested once
        assert sorted(np.concatenate([held for _, held in folds])) == list(range(len(panel)))

    def test_a_customers_side_does_not_depend_on_the_others(self):
        many = panel_of([0], 401)
        few = replace(many, frame=many.frame.iloc[150:].reset_index(drop=True))
        held = [
            [set(panel.frame["customer_id"].to_numpy()[rows]) for _, rows in find_folds(panel, 4)[0]]
            for panel in (many, few)
        ]
        assert [one & set(few.frame["customer_id"]) for one in held[0]] == held[1]

    def test_forward_folds_with_too_few_churners_give_way_to_customers(self):
        # nobody of the first cut-off churns, and 20 churners are needed to learn from it
        panel = panel_of([0, 30], 400)
        churned = panel.frame["churned"].where(panel.frame["cutoff"] != ORIGIN, 0)
        few = replace(panel, frame=panel.frame.assign(churned=churned))
        assert find_folds(panel, 1)[1] == "forward"
        assert find_folds(few, 1)[1] == "customer"

    def test_none_where_there_is_too_little_of_all(self):
        folds, sort, _ = find_folds(panel_of([0], 12), 4)
        assert (list(folds), sort) == ([], "customer")

    def test_a_fold_that_learns_from_few_rows_does_not_decide(self):
        # the first cut-off is the past of the last, with 300 of 2,700 rows between which outcomes overlap
        panel = panel_of([0, 22, 23, 24, 25, 26, 27, 28, 30], 300)
        folds, sort, note = find_folds(panel, 4)
        assert (sort, len(folds)) == ("customer", 4)
        assert note.startswith("forward folds learn from 11% of the rows at most, too few to decide")
        # with a fifth of the rows it does
        folds, sort, note = find_folds(panel_of([0, 24, 25, 26, 30], 300), 4)
        assert (sort, [past.size for past, _ in folds], note) == ("forward", [300], "")

    def test_overlapping_outcomes_span_fewer_horizons(self):
        panel = panel_of([0, 30, 60, 75, 90], 200)
        folds = find_folds(panel, 4).folds
        # test cut-offs from day 30 to day 90, and the last horizon: 90 days
        assert horizons_spanned(panel, folds) == pytest.approx(3.0)
        assert horizons_spanned(panel, []) == 0.0

    def test_two_calls_are_one(self):
        panel = panel_of([0], 200)
        for one, other in zip(find_folds(panel, 4)[0], find_folds(panel, 4)[0], strict=True):
            np.testing.assert_array_equal(one[0], other[0])
            np.testing.assert_array_equal(one[1], other[1])


class TestLearn:
    CLASSIFIER = ChurnClassifier(n_estimators=10, n_jobs=1)

    def features(self, panel: Panel) -> pd.DataFrame:
        """A number that tells something, one of the core, with gaps, and a constant."""
        rng = np.random.default_rng(1)
        told = panel.y + rng.normal(size=len(panel))
        core = np.where(rng.random(len(panel)) < 0.1, np.nan, panel.y + rng.exponential(1.0, len(panel)))
        return pd.DataFrame({"told": told, CORE[0]: core, "constant": 1.0})

    def learned(self, panel: Panel, **more: object) -> Learned:
        settings = {"folds": 3, "half_life": None, **more}
        return learn(self.features(panel), panel, clone(self.CLASSIFIER), **settings)

    @pytest.fixture(scope="class")
    def panel(self) -> Panel:
        return panel_of([0, 30, 60, 90], 150)

    @pytest.fixture(scope="class")
    def found(self, panel) -> Learned:
        return self.learned(panel)

    def test_contributions_sum_to_the_raw_score(self, panel, found):
        X = self.features(panel)
        classifier, matrix = found.classifier, X.to_numpy()
        parts = found.blend.contributions(classifier.contributions(X), matrix)
        raw = found.blend.raw_score(classifier.raw_score(X), matrix)
        np.testing.assert_allclose(parts.sum(axis=1), raw, rtol=0, atol=1e-10)

    def test_the_parts_share_the_weight(self, found):
        weights = found.blend.weights
        assert list(weights) == ["trees", "ridge", "core"]
        assert sum(weights.values()) == pytest.approx(1.0, abs=1e-12)
        assert set(found.blend.linear) == {name for name in ("ridge", "core") if weights[name] > 0}

    def test_the_core_sees_the_core_alone(self, panel, found):
        parts = found.blend.linear["core"].contributions(self.features(panel).to_numpy())
        assert [bool(np.any(parts[:, column])) for column in range(3)] == [False, True, False]

    def test_without_core_numbers_there_is_no_core(self, panel):
        X = self.features(panel).drop(columns=CORE[0])
        one = learn(X, panel, clone(self.CLASSIFIER), folds=3, half_life=None)
        assert list(one.blend.weights) == ["trees", "ridge"]

    def test_it_says_how_it_was_decided(self, found):
        assert len(found.notes) == 5
        assert found.notes[3].startswith("churn rate between")
        assert all("by 3 forward folds" in note for note in found.notes[:2])

    def test_customers_decide_but_correct_nothing(self):
        one = self.learned(panel_of([0], 300))
        assert "by 4 customer folds" in one.notes[0]
        assert one.calibration == Affine()
        assert one.notes[2] == "probabilities not corrected: no forward fold is possible"

    def test_no_fold_at_all_means_equal_weights(self):
        one = self.learned(panel_of([0], 12))
        # trees and trees on ranks, which are one sum of trees then, and the linear parts
        assert one.blend.weights == {
            "trees": pytest.approx(1 / 2),
            "ridge": pytest.approx(1 / 4),
            "core": pytest.approx(1 / 4),
        }
        assert "no fold is possible" in one.notes[0]

    def test_two_runs_are_one(self, panel, found):
        again = self.learned(panel)
        X = self.features(panel)
        assert again.blend.weights == found.blend.weights
        np.testing.assert_array_equal(again.classifier.raw_score(X), found.classifier.raw_score(X))
        assert again.blend.linear.keys() == found.blend.linear.keys()
        for name, part in found.blend.linear.items():
            np.testing.assert_array_equal(
                again.blend.linear[name].raw_score(X.to_numpy()), part.raw_score(X.to_numpy())
            )


@pytest.mark.parametrize(("slope", "said"), [(1.004, False), (0.997, False), (1.02, True)])
def test_a_stretch_that_reads_like_none_is_not_said(monkeypatch, slope, said):
    monkeypatch.setattr("cxchurn.model.fitting._learn.stretch", lambda *_: Affine(slope, 0.0))
    raw = np.linspace(-2, 2, 200)
    y = (np.arange(200) % 2).astype(float)
    rows = np.arange(200)
    monkeypatch.setattr("cxchurn.model.fitting._learn.choose_affine", lambda *_: (Affine(), "not corrected: so it is"))
    found, why = _correct("affine", [raw], [y], [rows], 3.0)
    assert found == Affine(slope, 0.0)
    assert (
        why
        == ("stretched by 1.02 in log-odds, by 1 forward fold; their level " if said else "")
        + "not corrected: so it is"
    )
