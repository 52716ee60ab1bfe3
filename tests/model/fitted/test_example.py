"""What a model said of its invented customers when it was saved, it says wherever it is loaded, or it is not loaded."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from cxchurn._core import MismatchError
from cxchurn.features import Builder, Column, Recency
from cxchurn.interactions import CustomerTable, with_customers, with_events
from cxchurn.model import ChurnClassifier, ChurnModel, load_model
from cxchurn.model.fitted._example import Example
from cxchurn.model.fitted._versions import versions


class Fragile(Builder):
    """Fails on histories that the log does not have."""

    driver = "fragile"

    def columns(self, seen):
        if "example 1" in seen.customers.tolist():
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
        assert texts <= {*known.get(name, ()), "example", "example 1", "example 2", "example 3", "example 4"}
    for name, values in model.example_.customers.items():
        texts = {value for value in values if isinstance(value, str)}
        assert texts <= {*known.get(f"customers.{name}", ()), "example 1", "example 2", "example 3"}
    assert Example.of(model, log, at=model.learned_from_.last).events == events
    assert set(events) - {"customer_id", "timestamp", "known_at", "kind", "later"} <= set(model.features_.columns_)


def test_nearly_all_features_have_a_value_of_somebody(model):
    columns = zip(model.features_.says_, zip(*model.example_.features, strict=True), strict=True)
    missing = [says for says, values in columns if all(value is None for value in values)]
    assert len(missing) < len(model.features_.says_) / 20
    assert not [says for says in missing if says.driver == "attributes"], "what is on file is invented too"
    assert len(model.example_.raw_scores) == len(set(model.example_.raw_scores)) == 4


def test_the_same_as_of_a_log_of_them(model, log):
    """Features by the way of logs: the invented customers' events and attributes put into one."""
    example = model.example_
    events = pa.table({name: made(values, log.types.field(name).type) for name, values in example.events.items()})
    about = {
        name: made(values, log.customers.table.schema.field(name).type) for name, values in example.customers.items()
    }
    table = CustomerTable(pa.table(about), attributes=log.customers.attributes, known_ahead=log.customers.known_ahead)
    other = with_customers(with_events(log, events), table)
    rows = pd.DataFrame({"customer_id": [f"example {k}" for k in range(1, 5)], "cutoff": pd.Timestamp(example.at)})
    features = model.features_.with_log(other).transform(rows)
    said = np.array([[np.nan if value is None else value for value in row] for row in example.features])
    np.testing.assert_array_equal(features.to_numpy(), said)
    np.testing.assert_array_equal(model.raw_score_of(features), example.raw_scores)


def made(values: list, kind: pa.DataType) -> pa.Array:
    if pa.types.is_timestamp(kind):
        return pa.array(values, pa.int64()).cast(kind)
    return pa.array(values, pa.string()).dictionary_encode() if pa.types.is_dictionary(kind) else pa.array(values, kind)


def test_a_feature_of_another_meaning_is_noticed(model):
    features = [list(row) for row in model.example_.features]
    place = next(k for k, value in enumerate(features[1]) if value)
    features[1][place] *= 1.001
    name = model.features_.says_[place].name
    with pytest.raises(MismatchError, match=rf"1 features mean something else here(.|\n)*{name}"):
        replace(model.example_, features=features).check(model)


def test_another_score_is_noticed_and_what_changed_is_named(model):
    scores = [*model.example_.raw_scores[:-1], model.example_.raw_scores[-1] + 2e-9]
    other = replace(model.example_, raw_scores=scores)
    before = {**versions(), "numpy": "1.0", "lightgbm": "3.2"}
    with pytest.raises(MismatchError, match=r"scores otherwise here(.|\n)*lightgbm 3\.2, here .*, numpy 1\.0, here"):
        other.check(model, before)
    with pytest.raises(MismatchError, match="The versions of the libraries are those it was saved with"):
        other.check(model, versions())
    replace(model.example_, raw_scores=[score + 5e-10 for score in model.example_.raw_scores]).check(model)


def test_other_reasons_are_noticed_but_not_a_change_of_places(model):
    reasons = [list(names) for names in model.example_.reasons]
    assert len(reasons[0]) == 3
    replace(model.example_, reasons=[names[::-1] for names in reasons]).check(model)
    features = np.array(model.example_.features, dtype=float)
    least = model.features_.says_[int(np.argmin(model.explained_of_matrix(features)[1][0, :-1]))]
    with pytest.raises(MismatchError, match=rf"other reasons(.|\n)*{least.name}"):
        replace(model.example_, reasons=[[least.name, *reasons[0][1:]], *reasons[1:]]).check(model)


def test_it_is_looked_at_on_loading_unless_it_was_before(model, tmp_path, monkeypatch):
    folder = model.save(tmp_path / "model")
    looked = []
    monkeypatch.setattr(Example, "check", lambda self, model, saved_with: looked.append(saved_with))
    load_model(folder)
    assert looked == [versions()]
    load_model(folder, self_test=False)
    assert looked == [versions()]


def test_a_builder_that_fails_on_it_stops_nothing(train, tmp_path):
    model = ChurnModel(features=[Recency(by=()), Fragile()], classifier=ChurnClassifier(n_estimators=5)).fit(train)
    columns = zip(model.features_.says_, zip(*model.example_.features, strict=True), strict=True)
    assert [says.driver for says, values in columns if all(value is None for value in values)] == ["fragile"]
    loaded = load_model(model.save(tmp_path / "model"), trust=[Fragile])
    loaded.example_.check(loaded)
