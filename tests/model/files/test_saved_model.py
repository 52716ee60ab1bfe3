from __future__ import annotations

import copy
import hashlib
import json
import pickle
import sys
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError
from threadpoolctl import threadpool_limits

from cxchurn._core import DataError, MismatchError, UsageError, span
from cxchurn.features import Attributes, Builder, Column, FeatureSet, Recency
from cxchurn.history import Measure, where
from cxchurn.interactions import CustomerSchema, Later, Schema, read_customers, with_customers
from cxchurn.model import ChurnClassifier, ChurnModel, load_model
from cxchurn.panel import Inactivity, make_panel, monthly, panel_from_labels

FILES = ["features.json", "lightgbm.txt", "manifest.json", "model.json"]


class Calls(Builder):
    """How often customers ever called."""

    driver = "calls"

    def __init__(self, *, kind="call"):
        self.kind = kind

    def columns(self, seen):
        yield Column("calls_count_life", seen.count(where(kind=self.kind)), says="has had {value:#call} in all")


@pytest.fixture
def saved(model, tmp_path):
    return model.save(tmp_path / "churn-model")


@pytest.fixture
def loaded(saved):
    return load_model(saved)


def test_probabilities_come_back_bit_for_bit(model, loaded, test):
    np.testing.assert_array_equal(loaded.predict_proba(test), model.predict_proba(test))
    np.testing.assert_array_equal(
        loaded.contributions(loaded.features_of(test)), model.contributions(model.features_of(test))
    )


def test_everything_else_comes_back(model, loaded):
    for name in ("version_", "calibration_", "bands_", "base_rate_", "notes_", "churn_", "folds", "random_state"):
        assert getattr(loaded, name) == getattr(model, name), name
    assert loaded.typical_ == pytest.approx(model.typical_, nan_ok=True)
    assert loaded.present_ == model.present_
    assert loaded.features_.spare_ == model.features_.spare_
    assert loaded.classes_.tolist() == [0, 1]
    assert loaded.classifier_.n_rounds_ == model.classifier_.n_rounds_
    assert loaded.features_.says_ == model.features_.says_
    assert loaded.features_.families_.equals(model.features_.families_)
    assert repr(loaded.get_params()) == repr(model.get_params()), "so that a clone trains the same again"
    assert (loaded.schemas_, loaded.ids_) == (model.schemas_, model.ids_)
    assert not hasattr(loaded, "training_panel_")


def test_a_loaded_model_takes_frames_of_any_log(model, loaded, test):
    with pytest.raises(UsageError, match="without a log"):
        loaded.predict_proba(test.frame)
    np.testing.assert_array_equal(loaded.set_params(log=test.log).predict_proba(test.frame), model.predict_proba(test))


def test_saving_again_writes_the_same_bytes(saved, loaded, tmp_path):
    again = loaded.save(tmp_path / "again")
    assert sorted(path.name for path in again.iterdir()) == FILES
    for name in FILES:
        assert (again / name).read_bytes() == (saved / name).read_bytes()


def test_no_customer_is_in_it(saved, log):
    texts = [path.read_text() for path in saved.iterdir()]
    ids = log.events["customer_id"].unique().to_pylist()
    cases = [case for case in log.events["case_id"].unique().to_pylist() if case]
    agents = [agent for agent in log.events["agent_id"].unique().to_pylist() if agent]
    assert len(ids) == 300
    assert min(map(len, [cases, agents])) > 3
    assert [word for word in (*ids, *cases, *agents) if any(f'"{word}"' in text for text in texts)] == []
    assert [who for who in ids if any(who in text for text in texts)] == []


def test_no_number_of_one_customer_is_in_it(train, tmp_path):
    """Of a feature's numbers LightGBM writes down the smallest and the largest: each is somebody's."""
    extreme = train.frame["customer_id"].iloc[3]
    table = pd.DataFrame({"customer_id": train.frame["customer_id"].unique(), "income": 1000.0})
    table["income"] += np.arange(len(table)) % 50
    table.loc[table["customer_id"] == extreme, "income"] = 98_765_432.1
    features = FeatureSet(
        [Recency(), Attributes(("income",))], log=with_customers(train.log, read_customers(table))
    ).fit(train.frame)
    X = features.transform(train.frame)
    assert X["attributes_income"].max() == 98_765_432.1
    text = ChurnClassifier(n_estimators=20).fit(X, train.y).boosters_[0].model_to_string()
    assert "98765432" not in text.replace("_", "")
    infos = next(line for line in text.splitlines() if line.startswith("feature_infos="))
    assert set(infos.removeprefix("feature_infos=").split()) <= {"[-inf:inf]", "none"}


@pytest.mark.parametrize("jobs", [*(pytest.param(one, marks=pytest.mark.prove) for one in (None, 1)), 3])
def test_the_same_training_writes_the_same_bytes_whatever_threads_there_are(jobs, churn, train, saved, tmp_path):
    trees = ChurnClassifier(n_estimators=60, learning_rate=0.06, n_jobs=jobs)
    with threadpool_limits(2):
        again = ChurnModel(churn, classifier=trees, folds=2).fit(train)
    again.save(tmp_path / "again")
    for name in (*FILES, "manifest.json"):
        assert (tmp_path / "again" / name).read_bytes() == (saved / name).read_bytes(), name


def test_files_are_plain(saved):
    assert sorted(path.name for path in saved.iterdir()) == FILES
    manifest = json.loads((saved / "manifest.json").read_text())
    assert sorted(manifest) == ["features", "format", "kind", "sha256", "versions"]
    assert {"cxchurn", "lightgbm", "numpy"} <= set(manifest["versions"])
    for name, expected in manifest["sha256"].items():
        assert hashlib.sha256((saved / name).read_bytes()).hexdigest() == expected
    assert (saved / "lightgbm.txt").read_text().startswith("tree\nversion=")


@pytest.mark.parametrize("name", [name for name in FILES if name != "manifest.json"])
def test_one_changed_byte_is_noticed(name, saved):
    path = saved / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(DataError, match=f"{name} was changed"):
        load_model(saved)


@pytest.mark.parametrize("name", [name for name in FILES if name != "manifest.json"])
def test_a_lost_file_is_noticed(name, saved):
    (saved / name).unlink()
    with pytest.raises(DataError, match=f"incomplete: {name}"):
        load_model(saved)


def change_manifest(folder, **changes):
    said = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**said, **changes}))


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"format": 99}, MismatchError, "format 99"),
        ({"format": None}, MismatchError, "format None"),
        ({"format": 2}, MismatchError, r"saved by version 0.1(.|\n)*train it again"),
        ({"format": 1}, MismatchError, r"saved by version 0.1(.|\n)*train it again"),
        ({"features": 1}, MismatchError, r"features of the meaning 1(.|\n)*train it again"),
        ({"kind": "curve"}, MismatchError, r"holds a curve(.|\n)*load_curve"),
        ({"sha256": {}}, DataError, "incomplete: model.json is missing"),
        ({"sha256": {"../secret": "0"}}, DataError, "secret is missing"),
        ({"sha256": None}, DataError, "no checksums"),
        ({"at": ".."}, DataError, "no checksums"),
        ({"at": ".saving-0123456789ab"}, DataError, "incomplete"),
    ],
)
def test_another_manifest(changes, error, words, saved):
    change_manifest(saved, **changes)
    with pytest.raises(error, match=words):
        load_model(saved)


@pytest.mark.parametrize("text", ["", "{", "[]", "\xff"])
def test_a_damaged_manifest(text, saved):
    (saved / "manifest.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(DataError, match="damaged"):
        load_model(saved)


def test_a_folder_that_is_no_model(tmp_path):
    for path in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(UsageError, match="not a saved model"):
            load_model(path)


class TestWhere:
    @pytest.mark.parametrize("form", [0, 2, 3])
    def test_an_older_model_is_replaced(self, form, model, saved, tmp_path):
        (saved / "notes.txt").write_text("put there by somebody")
        (saved / "lightgbm_2.txt").write_text("of the older one")
        sums = json.loads((saved / "manifest.json").read_text())["sha256"]
        change_manifest(saved, format=form, sha256={**sums, "lightgbm_2.txt": "0"})
        model.save(saved)
        assert sorted(path.name for path in saved.iterdir()) == sorted([*FILES, "notes.txt"])
        assert load_model(saved).version_ == model.version_
        assert [path.name for path in tmp_path.iterdir()] == [saved.name], "nothing is left beside it"

    def test_an_empty_folder_is_filled(self, model, tmp_path):
        assert load_model(model.save(tmp_path)).version_ == model.version_

    def test_a_failure_leaves_the_older_model(self, model, saved, tmp_path, monkeypatch):
        before = {path.name: path.read_bytes() for path in saved.iterdir()}
        monkeypatch.setattr("cxchurn.model.files._save.as_json", lambda data: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            model.save(saved)
        assert {path.name: path.read_bytes() for path in saved.iterdir()} == before
        assert [path.name for path in tmp_path.iterdir()] == [saved.name]


@pytest.fixture
def own(train):
    classifier = ChurnClassifier(n_estimators=np.int64(5), num_leaves=np.int64(4), learning_rate=np.float32(0.1))
    return ChurnModel(features=[Recency(by=()), Calls()], classifier=classifier).fit(train)


def test_own_builders(own, test, tmp_path):
    folder = own.save(tmp_path / "own")
    with pytest.raises(MismatchError, match=r"'Calls'(.|\n)*trust=\[Calls\]"):
        load_model(folder)
    loaded = load_model(folder, trust=[Calls])
    np.testing.assert_array_equal(loaded.predict_proba(test), own.predict_proba(test))


def test_names_in_files_import_nothing(own, tmp_path):
    folder = own.save(tmp_path / "own")
    text = (folder / "features.json").read_text().replace('"Calls"', '"antigravity.Calls"')
    (folder / "features.json").write_text(text)
    sums = json.loads((folder / "manifest.json").read_text())["sha256"]
    change_manifest(folder, sha256={**sums, "features.json": hashlib.sha256(text.encode()).hexdigest()})
    before = set(sys.modules)
    with pytest.raises(MismatchError, match="antigravity"):
        load_model(folder, trust=[Calls])
    assert "antigravity" not in set(sys.modules) - before


class Quiet(Inactivity):
    """A definition of somebody's own: silence, but for calls."""

    def __init__(self, horizon, *, weights=None, active_within=None, ended_by=None):
        super().__init__(horizon, active_within=active_within, ended_by=ended_by)
        self.weights = weights


@dataclass(frozen=True)
class Squared(Measure):
    """A measure of somebody's own."""

    name: str

    def compute(self, events):
        return events[self.name] ** 2


class Spread(Builder):
    """What is spent, squared, where a condition holds."""

    driver = "spread"

    def __init__(self, *, measure=Squared("value"), only=None, names=None):
        self.measure = measure
        self.only = only
        self.names = names

    def columns(self, seen):
        for window, name in (self.names or {}).items():
            value = seen.last(window).sum(self.measure, where=self.only)
            yield Column(f"spread_{name}", value, says="spent {value}", window=span(window))


class TestParametersOfAllSorts:
    @pytest.fixture
    def sorts(self, log):
        churn = Quiet("60D", active_within="60D", weights={"call": 0.5})
        spread = Spread(only=where(at_least={"value": 1}), names={"90D": "quarter", "30D": "month"})
        panel = make_panel(log, churn, cutoffs=monthly("2024-02-01", "2024-05-01"))
        classifier = ChurnClassifier(n_estimators=5)
        return ChurnModel(churn, features=[spread, Recency(by=())], classifier=classifier).fit(panel), panel

    def test_they_come_back(self, sorts, tmp_path):
        model, panel = sorts
        loaded = load_model(model.save(tmp_path / "sorts"), trust=[Quiet, Spread, Squared])
        assert (loaded.churn_, loaded.churn, loaded.features) == (model.churn_, model.churn, model.features)
        assert list(loaded.features_.get_feature_names_out()[:2]) == ["spread_quarter", "spread_month"]
        np.testing.assert_array_equal(loaded.predict_proba(panel), model.predict_proba(panel))

    @pytest.mark.parametrize("brought", [[], [Quiet], [Quiet, Spread], [Spread, Squared]])
    def test_what_is_not_brought_is_named(self, brought, sorts, tmp_path):
        folder = sorts[0].save(tmp_path / "sorts")
        with pytest.raises(MismatchError, match="if it is your own, load the model with trust="):
            load_model(folder, trust=brought)

    def test_what_could_not_be_loaded_is_said_in_fit_and_refused_in_save(self, train, tmp_path):
        spread = Spread(only=lambda event: True, names={})
        model = ChurnModel(features=[spread, Recency(by=())], classifier=ChurnClassifier(n_estimators=5)).fit(train)
        assert "the model cannot be saved: " in model.notes_[-1]
        assert "Spread.only is <function" in model.notes_[-1]
        with pytest.raises(UsageError, match=r"Spread.only is <function(.|\n)*a saved model cannot hold"):
            model.save(tmp_path / "model")
        assert list(tmp_path.iterdir()) == []


def test_own_labels(train, test, tmp_path):
    panel = panel_from_labels(train.log, train.frame[["customer_id", "cutoff", "churned"]], horizon="60D")
    model = ChurnModel(features=[Recency(by=())], classifier=ChurnClassifier(n_estimators=5)).fit(panel)
    loaded = load_model(model.save(tmp_path / "labels"))
    assert loaded.churn_ == panel.definition
    np.testing.assert_array_equal(loaded.predict_proba(test), model.predict_proba(test))


@pytest.fixture
def three(train, test, tmp_path):
    """A saved model with the trees of three seeds, and its probabilities."""
    model = ChurnModel(features=[Recency(by=())], classifier=ChurnClassifier(n_estimators=5, n_seeds=3)).fit(train)
    return model.save(tmp_path / "three"), model.predict_proba(test)


def test_the_trees_of_each_seed_are_a_file(three, test):
    folder, probabilities = three
    assert sorted(path.name for path in folder.iterdir()) == sorted([*FILES, "lightgbm_2.txt", "lightgbm_3.txt"])
    np.testing.assert_array_equal(load_model(folder).predict_proba(test), probabilities)
    data = bytearray((folder / "lightgbm_3.txt").read_bytes())
    data[len(data) // 2] ^= 1
    (folder / "lightgbm_3.txt").write_bytes(data)
    with pytest.raises(DataError, match=r"lightgbm_3.txt was changed"):
        load_model(folder)


@pytest.mark.parametrize("told", [True, False])
def test_a_seed_that_is_lost_is_noticed(told, three):
    folder, _ = three
    (folder / "lightgbm_2.txt").unlink()
    if not told:
        sums = json.loads((folder / "manifest.json").read_text())["sha256"]
        change_manifest(folder, sha256={name: one for name, one in sums.items() if name != "lightgbm_2.txt"})
    with pytest.raises(DataError, match=r"incomplete: '?lightgbm_2.txt"):
        load_model(folder)


def test_before_fit(tmp_path):
    with pytest.raises(NotFittedError):
        ChurnModel().save(tmp_path / "model")


def test_words_of_labels_that_few_have_stay_out_of_a_model(train, tmp_path):
    worded = replace(train.log.schemas[0], words={"kind": {"rarest": ("Mr Smith's case", "Mr Smith's cases")}})
    log = copy.copy(train.log)
    log.schemas = (worded,)
    panel = replace(train, log=log)
    model = ChurnModel(features=[Recency()], folds=2).fit(panel)
    folder = model.save(tmp_path / "model")
    assert not any(b"Smith" in file.read_bytes() for file in folder.iterdir() if file.is_file())
    assert b"Smith" not in pickle.dumps(model)


def test_what_the_columns_meant_comes_back(train, tmp_path):
    schema = Schema(
        customer_id="cust",
        timestamp="when",
        kind="what",
        measures={"weight": "kg"},
        categories=("plan",),
        later=(Later(at="solved_at", columns=("resolved",)),),
        customers=CustomerSchema(customer_id="cust", known_ahead=("ends",)),
    )
    model = ChurnModel(features=[Recency()], folds=2).fit(train)
    model.schemas_ = (schema, Schema(customer_id="k", timestamp="t", kind_is="visit", kinds=("visit",)))
    assert load_model(model.save(tmp_path / "model")).schemas_ == model.schemas_
