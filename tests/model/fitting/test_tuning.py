from __future__ import annotations

import sqlite3
import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from cxchurn._core import MissingExtraError, UsageError
from cxchurn.features import ActiveDays, Attributes, Recency
from cxchurn.model import ChurnClassifier, ChurnModel, Tuning
from cxchurn.model.fitting import _tuning

optuna = pytest.importorskip("optuna")

PARAMETERS = [
    "num_leaves", "min_child_samples", "colsample_bytree", "reg_lambda", "learning_rate", "ridge_penalty",
]  # fmt: skip


def blank(churn, tune, **classifier) -> ChurnModel:
    few = [Recency(by=()), ActiveDays(windows=("30D",)), Attributes(("plan",))]
    return ChurnModel(
        churn, features=few, classifier=ChurnClassifier(**{"n_estimators": 12, **classifier}), folds=2, tune=tune
    )


@pytest.fixture(scope="module")
def plain(churn, train) -> ChurnModel:
    return blank(churn, None).fit(train)


@pytest.fixture(scope="module")
def tuned(churn, train) -> ChurnModel:
    return blank(churn, 12).fit(train)


class TestTrials:
    def test_table(self, tuned):
        trials = tuned.trials_
        assert list(trials) == ["number", "value", "state", *PARAMETERS]
        assert trials["number"].tolist() == list(range(12))
        assert set(trials["state"]) <= {"complete", "pruned"}
        assert (trials["value"].notna() == (trials["state"] == "complete")).all()

    def test_the_default_comes_first(self, tuned, plain, train):
        first = tuned.trials_.iloc[0]
        rows = len(train)
        leaf = min(100, max(5, rows // 40))
        assert first[PARAMETERS].tolist() == [8, leaf, 0.3, 1.0, 0.06, 1000.0]
        assert first["state"] == "complete"

    def test_its_value_is_the_log_loss_of_the_blend_on_the_folds(self, tuned, plain):
        """By hand: the trees' fold scores and ridge and core again, weighted as the model weighs them."""
        seen = {}
        choose = _tuning.choose_weights

        def listen(names, raw, y, **how):
            seen.update(raw=raw, y=y, weights=choose(names, raw, y, **how), names=names)
            return seen["weights"]

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("cxchurn.model.fitting._learn.choose_weights", listen)
            clone(plain).set_params(ranks=False).fit(plain.training_panel_)
        z = np.concatenate(seen["raw"]) @ [seen["weights"][name] for name in seen["names"]]
        y = np.concatenate(seen["y"])
        p = 1 / (1 + np.exp(-z))
        by_hand = -np.mean(np.where(y == 1, np.log(p), np.log(1 - p)))
        assert tuned.trials_["value"][0] == pytest.approx(by_hand, abs=1e-12)

    def test_values_stay_within_bounds(self, tuned):
        for name in PARAMETERS:
            low, high = _tuning._BOUNDS[name]
            assert tuned.trials_[name].between(low, high).all()
            assert tuned.trials_[name].nunique() > 5

    def test_without_tuning_there_is_none(self, plain):
        assert plain.trials_ is None
        assert not any("tuned" in note for note in plain.notes_)


class TestChoice:
    def test_a_poor_default_is_left(self, churn, train, monkeypatch):
        """Trees that hardly learn, and a ridge that cannot: any trial is better."""
        model = blank(churn, 8, learning_rate=1e-4, colsample_bytree=1e-3)
        monkeypatch.setitem(_tuning._BOUNDS, "learning_rate", (0.05, 0.1))
        fitted = model.fit(train)
        note = next(note for note in fitted.notes_ if note.startswith("tuned"))
        chosen = fitted.trials_.loc[fitted.trials_["value"].idxmin()]
        assert f"trial {chosen['number']} chosen" in note
        assert fitted.classifier_.num_leaves == chosen["num_leaves"]
        assert fitted.classifier_.learning_rate == chosen["learning_rate"] > 1e-4
        assert fitted.classifier_.min_child_samples == chosen["min_child_samples"]
        assert f"{chosen['value'] - fitted.trials_['value'][0]:+.4f}" in note

    def test_default_kept_is_the_model_without_tuning(self, churn, train, plain, test):
        fitted = blank(churn, 1).fit(train)
        assert fitted.version_ == plain.version_
        tuned = [note for note in fitted.notes_ if note not in plain.notes_]
        assert len(tuned) == 1
        assert "tuned in 1 trials, 0 pruned: default parameters kept" in tuned[0]
        np.testing.assert_array_equal(fitted.predict_proba(test), plain.predict_proba(test))

    def test_gain_and_its_error(self, churn, train, plain):
        """Folds of 30 and 10 rows, gains 0.2 and 0.0: mean 0.75 x 0.2; its error by the weights squared, times 2 / 1."""
        judge = _tuning._Judge.__new__(_tuning._Judge)
        judge.share = np.array([0.75, 0.25])
        mean, error = judge.gain(np.array([0.4, 0.5]), np.array([0.6, 0.5]))
        assert mean == pytest.approx(0.15)
        assert error == pytest.approx(np.sqrt(2 * (0.75**2 * 0.05**2 + 0.25**2 * 0.15**2)))

    def test_one_fold_judges_nothing(self, churn, train):
        fitted = blank(churn, 3).set_params(folds=1).fit(train)
        assert "not tuned: fewer than 2 folds to judge on" in fitted.notes_
        assert list(fitted.trials_) == ["number", "value", "state", *PARAMETERS]
        assert len(fitted.trials_) == 0


class TestTwice:
    def test_the_same_trials(self, tuned, train):
        again = clone(tuned).fit(train)
        pd.testing.assert_frame_equal(again.trials_, tuned.trials_, check_exact=True)
        assert again.version_ == tuned.version_

    def test_another_seed_tries_others(self, tuned, churn, train):
        other = blank(churn, 3).set_params(random_state=5).fit(train)
        assert other.trials_["num_leaves"][0] == 8
        assert (other.trials_["reg_lambda"][1:3] != tuned.trials_["reg_lambda"][1:3]).all()

    def test_a_tuning_that_was_stopped_goes_on(self, tuned, churn, train, tmp_path, monkeypatch):
        """Stopped after four trials and in the middle of the fifth, it ends where one in a single go does."""
        storage = f"sqlite:///{tmp_path}/tune.db"
        blank(churn, Tuning(4, storage=storage)).fit(train)
        report = optuna.Trial.report
        monkeypatch.setattr("optuna.Trial.report", _interrupted)
        with pytest.raises(KeyboardInterrupt):
            blank(churn, Tuning(12, storage=storage)).fit(train)
        monkeypatch.setattr("optuna.Trial.report", report)
        fitted = blank(churn, Tuning(12, storage=storage)).fit(train)
        pd.testing.assert_frame_equal(fitted.trials_, tuned.trials_, check_exact=True)
        assert fitted.version_ == tuned.version_
        with sqlite3.connect(tmp_path / "tune.db") as store:
            names = [name for (name,) in store.execute("SELECT study_name FROM studies")]
        store.close()
        assert len(names) == 1
        assert names[0].startswith("cxchurn-")

    @pytest.mark.prove
    def test_other_data_is_another_study(self, churn, train, test, tmp_path):
        storage = f"sqlite:///{tmp_path}/tune.db"
        one = blank(churn, Tuning(1, storage=storage)).fit(train)
        fewer = train.take(np.arange(len(train)) % 5 > 0)
        other = blank(churn, Tuning(1, storage=storage)).fit(fewer)
        assert one.trials_["value"][0] != other.trials_["value"][0]
        assert len(optuna.get_all_study_names(storage)) == 2


def _interrupted(*args, **kwargs):
    raise KeyboardInterrupt


def test_a_timeout_ends_it(churn, train):
    assert len(blank(churn, Tuning(50, timeout=1e-9)).fit(train).trials_) == 1


def test_optuna_is_left_as_it_was(churn, train, capfd):
    before = optuna.logging.get_verbosity()
    blank(churn, 1).fit(train)
    assert optuna.logging.get_verbosity() == before
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("tune", [0, -3, 2.5, True, "30", Tuning(0), Tuning(3, timeout=0), Tuning(3, timeout="1h")])
def test_what_is_no_tuning(tune, churn, train):
    with pytest.raises(UsageError, match=r"cannot be tuned with(.|\n)*1 or more(.|\n)*tune=30"):
        blank(churn, tune).fit(train)


@pytest.mark.parametrize("storage", ["sqlite:////no/such/folder/tune.db", "nosuch://place", "words"])
def test_a_storage_that_cannot_be_used(storage, churn, train):
    with pytest.raises(UsageError, match=r"the storage (.|\n)*cannot be used(.|\n)*sqlite:///tune.db"):
        blank(churn, Tuning(1, storage=storage)).fit(train)


def test_without_optuna(churn, train, monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(MissingExtraError, match=r"tuning needs the library optuna(.|\n)*cxchurn\[tune\]"):
        blank(churn, 2).fit(train)
