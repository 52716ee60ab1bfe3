"""What a model said of its invented customer when it was saved, it says wherever it is loaded, or it is not loaded."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from cxchurn._core import MismatchError
from cxchurn.features import Builder, Column, Recency
from cxchurn.model import ChurnClassifier, ChurnModel, load_model
from cxchurn.model._example import Example
from cxchurn.model._format import versions


class Fragile(Builder):
    """Fails on histories that the log does not have."""

    driver = "fragile"

    def columns(self, seen):
        if seen.customers.tolist() == ["example"]:
            raise KeyError("no such customer")
        yield Column("fragile_count", seen.count(), says="{value}")


def test_it_holds_wherever_the_model_is(model, tmp_path):
    loaded = load_model(model.save(tmp_path / "model"))
    model.example_.check(model)
    loaded.example_.check(loaded)
    assert vars(loaded.example_) == json.loads(json.dumps(vars(model.example_)))


def test_nothing_in_it_is_from_the_log_but_known_labels_and_columns(model, log):
    events = model.example_.events
    known = model.features_.known_
    for name, values in events.items():
        texts = {value for value in values if isinstance(value, str)}
        assert texts <= {*known.get(name, ()), "example"}
    assert Example.of(model, log).events == events
    assert set(events) - {"customer_id", "timestamp", "known_at", "kind", "later"} <= set(model.features_.columns_)


def test_most_features_have_a_value_there(model):
    missing = [
        says.name for says, value in zip(model.features_.says_, model.example_.features, strict=True) if value is None
    ]
    assert len(missing) < len(model.example_.features) / 5, "those of builders that ask what is on file"


def test_a_feature_of_another_meaning_is_noticed(model):
    features = list(model.example_.features)
    place = next(k for k, value in enumerate(features) if value)
    features[place] *= 1.001
    name = model.features_.says_[place].name
    with pytest.raises(MismatchError, match=rf"1 features mean something else here(.|\n)*{name}|{name}"):
        replace(model.example_, features=features).check(model)


def test_another_score_is_noticed(model):
    with pytest.raises(MismatchError, match="scores otherwise here"):
        replace(model.example_, raw_score=model.example_.raw_score + 1e-6).check(model)


@pytest.mark.parametrize("other", [False, True])
def test_it_is_looked_at_where_versions_differ(other, model, tmp_path, monkeypatch):
    folder = model.save(tmp_path / "model")
    if other:
        monkeypatch.setattr("cxchurn.model._load.versions", lambda: {**versions(), "numpy": "0"})
    looked = []
    monkeypatch.setattr(Example, "check", lambda self, model: looked.append(model))
    loaded = load_model(folder)
    assert looked == ([loaded] if other else [])


def test_a_builder_that_fails_on_it_stops_nothing(train, tmp_path):
    model = ChurnModel(features=[Recency(by=()), Fragile()], classifier=ChurnClassifier(n_estimators=5)).fit(train)
    missing = [says.driver for says, v in zip(model.features_.says_, model.example_.features, strict=True) if v is None]
    assert missing == ["fragile"]
    loaded = load_model(model.save(tmp_path / "model"), builders=[Fragile])
    loaded.example_.check(loaded)
