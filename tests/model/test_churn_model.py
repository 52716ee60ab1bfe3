from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import cross_val_score

from cxchurn._core import DataError, MismatchError, UsageError
from cxchurn.features import ActiveDays, Attributes, Builder, Column, Recency
from cxchurn.interactions import known_before, with_events
from cxchurn.model import Affine, ChurnClassifier, ChurnModel
from cxchurn.panel import Inactivity, PanelSplit, panel_from_labels

FEW = [Recency(by=()), ActiveDays(windows=("30D",)), Attributes(("plan",))]


@pytest.fixture(scope="module")
def small(churn, train) -> ChurnModel:
    return ChurnModel(churn, features=FEW, classifier=ChurnClassifier(n_estimators=20), folds=2).fit(train)


class TestProbabilities:
    def test_are_probabilities(self, model, test):
        probability = model.predict_proba(test)
        assert probability.shape == (len(test), 2)
        assert probability.dtype == np.float64
        assert ((probability > 0) & (probability < 1)).all()
        np.testing.assert_allclose(probability.sum(axis=1), 1.0, rtol=0, atol=1e-15)
        assert (model.predict(test) == (probability[:, 1] > 0.5)).all()

    def test_tell_churners_from_others(self, model, test):
        probability = model.predict_proba(test)[:, 1]
        assert probability[test.y == 1].mean() > probability[test.y == 0].mean() + 0.1

    def test_follow_from_the_raw_score(self, model, test):
        raw = model.raw_score(test)
        np.testing.assert_array_equal(model.predict_proba(test)[:, 1], 1 / (1 + np.exp(-raw)))
        features = model.features_of(test)
        trees = model.classifier_.raw_score(features)
        parts = {
            "trees": trees,
            **{name: one.raw_score(features.to_numpy()) for name, one in model.blend_.linear.items()},
        }
        blended = sum(model.blend_.weights[name] * part for name, part in parts.items())
        own = model.calibration_.slope * blended + model.calibration_.shift
        np.testing.assert_allclose(raw, own, rtol=0, atol=1e-12)
        assert sum(model.blend_.weights.values()) == pytest.approx(1.0)

    def test_one_row_alone_gets_the_same_to_the_bit(self, model, test):
        whole = model.predict_proba(test)
        for row in (0, 17, len(test) - 1):
            np.testing.assert_array_equal(model.predict_proba(test.take(np.array([row]))), whole[[row]])

    def test_one_customer_alone_in_the_log_too(self, small, test):
        """Where no feature compares customers with each other."""
        whole = small.predict_proba(test)
        for row in (0, 17, len(test) - 1):
            alone = test.take(np.array([row]))
            one = np.asarray(test.log.events["customer_id"].to_pandas() == alone.frame["customer_id"][0])
            log = known_before(with_events(test.log, test.log.events.filter(one)), alone.frame["cutoff"][0])
            by_hand = clone_of_fitted(small, log).predict_proba(alone.frame)
            np.testing.assert_array_equal(by_hand, whole[[row]])

    def test_frame_and_panel_are_one(self, small, test):
        frame = test.frame[["cutoff", "customer_id"]].iloc[::-1]
        np.testing.assert_array_equal(small.predict_proba(frame)[::-1], small.predict_proba(test))


def clone_of_fitted(model: ChurnModel, log) -> ChurnModel:
    """The same fitted model for frames of another log."""
    other = ChurnModel.__new__(ChurnModel)
    other.__dict__.update(model.__dict__)
    return other.set_params(log=log)


class TestTraining:
    def test_a_definition_that_leaves_something_to_the_log_is_the_panels(self, churn, train, small):
        assert churn.ended_by is None
        assert train.definition == type(churn)(**churn.get_params() | {"ended_by": ("cancel",)})
        assert small.churn_ == small.features_.churn_ == train.definition
        other = type(churn)(**churn.get_params() | {"ended_by": ()})
        with pytest.raises(UsageError, match="one meaning of churned"):
            ChurnModel(other, features=FEW).fit(train)

    def test_what_was_decided_for_the_panel_is_among_the_notes(self, small, train):
        assert small.notes_[: len(train.notes)] == train.notes
        assert any(note.startswith("A cancel ends a customer") for note in small.notes_)

    def test_what_is_learned(self, model, train, churn):
        assert model.churn is churn
        assert model.churn_ == churn.resolved(train.log)
        assert model.training_panel_ is train
        assert model.base_rate_ == pytest.approx(train.frame["churned"].mean())
        assert model.classes_.tolist() == [0, 1]
        assert list(model.typical_) == list(model.features_.get_feature_names_out())
        features = model.features_of(train)
        assert model.typical_["activity_days_last"] == pytest.approx(features["activity_days_last"].median())
        # of labels what most customers have
        assert model.typical_["attributes_plan"] == features["attributes_plan"].value_counts().idxmax()
        assert model.present_["effort_wait_s_last"] == pytest.approx(features["effort_wait_s_last"].notna().mean())

    def test_bands_are_those_of_rows_not_learned_from(self, model, train):
        # what the folds said is in the intervals' bins: a tenth of their rows lies in the high band
        raw = np.log(model.bands_.high / (1 - model.bands_.high))
        rows, edges = np.array(model.intervals_.rows), np.array(model.intervals_.edges)
        assert rows.sum() == sum(map(len, model.classifier_.fold_scores_.rows))
        above = rows[np.searchsorted(edges, raw, side="right") + 1 :].sum() / rows.sum()
        below = rows[np.searchsorted(edges, raw, side="right") :].sum() / rows.sum()
        assert above <= 0.10 <= below
        assert any(note.startswith(model.bands_.says) and "out-of-sample" in note for note in model.notes_)

    def test_windows_follow_the_horizon(self, model):
        assert "volume_count_15d" in model.typical_
        assert model.features_.horizon == "60D"

    def test_notes_say_what_was_decided(self, model):
        text = "\n".join(model.notes_)
        assert f"{model.classifier_.n_rounds_} trees, by 2 forward folds" in text
        told = next(note for note in model.notes_ if note.startswith("probabilities "))
        assert told.startswith("probabilities not corrected: ") or model.calibration_ != Affine()
        assert f"stretched by {model.calibration_.slope:.2f}" in told or "stretched" not in told
        assert all(f"{name} {model.blend_.weights[name]:.2f}" in text for name in ("ridge", "core"))
        told = next(note for note in model.notes_ if note.startswith("parts weighted"))
        shares = {name: float(weight) for name, weight in re.findall(r"(\w+) (\d\.\d\d)", told)}
        assert shares["trees"] + shares["ranks"] == pytest.approx(model.blend_.weights["trees"], abs=0.011)

    def test_folds_are_forward_and_purged(self, small, train):
        cutoffs = train.cutoffs
        folds = list(PanelSplit(2, horizon="60D").split(train.frame))
        assert [rows.tolist() for rows in small.classifier_.fold_scores_.rows] == [rows.tolist() for _, rows in folds]
        assert small.classifier_.fold_scores_.trained == np.mean([past.size for past, _ in folds])
        for past, future in folds:
            assert cutoffs[past].max() + np.timedelta64(60, "D") <= cutoffs[future].min()

    def test_twice_is_the_same_to_the_byte(self, small, churn, train, test, tmp_path):
        again = clone(small).fit(train)
        assert again.version_ == small.version_
        assert again.classifier_.booster_.model_to_string() == small.classifier_.booster_.model_to_string()
        np.testing.assert_array_equal(again.predict_proba(test), small.predict_proba(test))
        one, two = (model.save(tmp_path / name) for model, name in ((small, "one"), (again, "two")))
        for file in one.iterdir():
            assert file.read_bytes() == (two / file.name).read_bytes()

    def test_threads_do_not_make_another_version(self, small, train):
        two = clone(small).set_params(classifier__n_jobs=2).fit(train)
        assert two.version_ == small.version_

    def test_another_model_has_another_version(self, small, train):
        others = [{"random_state": 1, "classifier": None}, {"features": FEW[:2]}]
        versions = {clone(small).set_params(**other).fit(train).version_ for other in others}
        assert len({small.version_, *versions}) == 3

    def test_without_a_possible_fold(self, train, churn):
        last = train.take(train.cutoffs == train.cutoffs.max())
        model = ChurnModel(churn, features=FEW, classifier=ChurnClassifier(n_estimators=9)).fit(last)
        assert model.calibration_ == Affine()
        assert model.notes_[-3] == "probabilities not corrected: no forward fold is possible"
        assert model.notes_[-2].endswith("at the one cut-off: how it shifts cannot be told")
        assert model.notes_[-1].endswith("out-of-sample predictions of the folds")

    def test_own_labels(self, train, test):
        labels = train.frame[["customer_id", "cutoff", "churned"]]
        panel = panel_from_labels(train.log, labels, horizon="60D")
        model = ChurnModel(features=FEW, classifier=ChurnClassifier(n_estimators=9)).fit(panel)
        assert type(model.churn_).__name__ == "OwnLabels"
        assert model.predict_proba(test).shape == (len(test), 2)


class TestManners:
    def test_clone_and_parameters(self, small, churn):
        again = clone(small)
        assert not hasattr(again, "version_")
        assert again.churn == churn
        assert again.features == FEW
        assert again.get_params(deep=False)["folds"] == 2
        assert set(ChurnModel().get_params()) >= {"churn", "features", "classifier", "log", "folds", "random_state"}

    def test_prints_as_typed(self):
        assert repr(ChurnModel(Inactivity("60D"), folds=2)) == "ChurnModel(churn=Inactivity(horizon='60D'), folds=2)"

    def test_a_frame_with_a_log_is_as_good_as_a_panel(self, small, churn, train, test):
        own = clone(small).set_params(log=train.log)
        fitted = own.fit(train.frame[["customer_id", "cutoff"]], train.y)
        assert fitted.version_ == small.version_
        np.testing.assert_array_equal(fitted.predict_proba(test.frame), small.predict_proba(test))
        pd.testing.assert_frame_equal(fitted.training_panel_.summary, train.summary)
        pd.testing.assert_frame_equal(fitted.training_panel_.frame, train.frame)

    def test_cross_validation(self, churn, train):
        model = ChurnModel(churn, features=FEW, classifier=ChurnClassifier(n_estimators=10), log=train.log, folds=1)
        cv = PanelSplit(2, horizon="60D")
        scores = cross_val_score(model, train.frame, train.y, cv=cv, scoring="roc_auc", error_score="raise")
        assert len(scores) == 2
        assert scores.min() > 0.6

    @pytest.mark.parametrize("method", ["predict_proba", "predict", "raw_score", "features_of"])
    def test_unfitted(self, method, test):
        with pytest.raises(NotFittedError):
            getattr(ChurnModel(), method)(test)


class AlwaysMissing(Builder):
    """Nothing at all."""

    driver = "nothing"

    def columns(self, seen):
        yield Column("nothing_life", np.full(seen.count().size, np.nan), says="{value}", missing="has nothing")


def test_a_column_without_any_value(train, test):
    model = ChurnModel(features=[*FEW, AlwaysMissing()], classifier=ChurnClassifier(n_estimators=5)).fit(train)
    # it is the same for everybody
    assert [says.name for says in model.features_.spare_] == ["nothing_life"]
    assert "nothing_life" not in model.typical_
    assert np.isfinite(model.predict_proba(test)).all()


class TestErrors:
    def test_no_row(self, train):
        with pytest.raises(DataError, match="no row"):
            ChurnModel().fit(train.take(np.zeros(len(train), dtype=bool)))

    def test_two_meanings_of_churned(self, train):
        with pytest.raises(UsageError, match=r"active_within='90D'(.|\n)*Inactivity\(horizon='30D'\)"):
            ChurnModel(Inactivity("30D")).fit(train)

    def test_a_frame_alone(self, small, churn, train):
        with pytest.raises(UsageError, match="plain frame"):
            ChurnModel(churn).fit(train.frame, train.y)
        with pytest.raises(UsageError, match="plain frame"):
            ChurnModel(log=train.log).fit(train.frame, train.y)

    @pytest.mark.parametrize(
        ("y", "words"),
        [
            (None, "not one 0 or 1"),
            ([0, 1], "not one 0 or 1"),
            ("half", "not one 0 or 1"),
            ("nan", "not one 0 or 1"),
            ("stayed", "only one class"),
        ],
    )
    def test_bad_outcomes(self, y, words, churn, train):
        made = {"half": np.full(len(train), 0.5), "nan": np.full(len(train), np.nan), "stayed": np.zeros(len(train))}
        with pytest.raises((UsageError, DataError), match=words):
            ChurnModel(churn, log=train.log, features=FEW).fit(train.frame, made.get(y, y) if isinstance(y, str) else y)

    def test_a_log_that_lacks_roles(self, model, test):
        lacking = with_events(test.log, test.log.events.drop_columns(["transfers"]))
        with pytest.raises(MismatchError, match="lacks transfers"):
            model.predict_proba(replace(test, log=lacking))
