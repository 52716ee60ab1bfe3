"""Columns that tell nothing of their own are left out, and nothing else changes."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxchurn.features import (
    Activity,
    Builder,
    Column,
    FeatureSet,
    Recency,
    Spare,
    Volume,
    features_from_plain,
    features_of_use,
    features_to_plain,
    without_spare,
)

NAN = np.nan


@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_copies_and_constants(data):
    """By looking at every pair."""
    rows = data.draw(st.integers(1, 4))
    numbers = st.sampled_from([0.0, -0.0, 1.0, NAN])
    columns = data.draw(st.lists(st.lists(numbers, min_size=rows, max_size=rows), min_size=1, max_size=6))
    frame = pd.DataFrame({f"c{k}": values for k, values in enumerate(columns)})

    def same(one: list[float], other: list[float]) -> bool:
        # to the bit: 0.0 is not -0.0; missing values are alike
        return all(str(a) == str(b) for a, b in zip(one, other, strict=True))

    constant = [f"c{k}" for k, values in enumerate(columns) if same(values, values[:1] * rows)]
    copies = {}
    for k, values in enumerate(columns):
        first = next(j for j, other in enumerate(columns) if same(values, other))
        if first < k and f"c{k}" not in constant:
            copies[f"c{k}"] = f"c{first}"
    if len(constant) + len(copies) == len(columns):
        constant, copies = [], {}
    found = Spare.of(frame)
    assert found == Spare(tuple(constant), copies)
    assert found.names == {*constant, *copies}


def test_in_words():
    frame = pd.DataFrame({"a": [1.0, NAN], "b": [1.0, NAN], "c": [0.0, 0.0], "d": [2.0, 3.0]})
    assert Spare.of(frame).notes == (
        "1 column left out that is a copy of another: b (of a)",
        "1 column left out that is the same for everybody: c",
    )
    assert Spare.of(frame.assign(e=0.0)).notes[1] == "2 columns left out that are the same for everybody: c, e"
    assert Spare.of(frame[["a", "d"]]).notes == ()


class Branching(Builder):
    """Depends on the values, so that it has to be called as it is."""

    driver = "branching"

    def columns(self, seen):
        many = seen.count()
        yield Column("branching_a", many if many.sum() > 0 else many + 1, says="is {value}")
        yield Column("branching_b", many * 2, says="is {value}")


@pytest.fixture(scope="module")
def whole(log, november) -> FeatureSet:
    return FeatureSet([Activity(), Recency(), Volume(), Branching()], log=log).fit(november)


SPARE = ("recency_days_last", "recency_days_last_2", "branching_b")


def test_nothing_else_changes(whole, log, november):
    features, less = whole.transform(november), without_spare(whole, SPARE)
    found = less.transform(november)
    pd.testing.assert_frame_equal(found, features.drop(columns=list(SPARE)), check_exact=True)
    assert set(less.get_feature_names_out()) == set(found.columns)
    # what is asked for them alone is asked no more
    assert (
        less.plan().recordings[0].program.counts["questions"] < whole.plan().recordings[0].program.counts["questions"]
    )
    # the whole one is as it was
    pd.testing.assert_frame_equal(whole.transform(november), features, check_exact=True)


def test_the_others_are_what_they_are_beside_them(whole, november):
    features = whole.transform(november)
    less, found, spare = features_of_use(whole, november)
    assert spare == Spare.of(features)
    assert len(spare.names) > 1
    pd.testing.assert_frame_equal(found, features.drop(columns=list(spare.names)), check_exact=True)
    pd.testing.assert_frame_equal(less.transform(november), found, check_exact=True)


def test_the_catalogue_has_them_still(whole):
    table = without_spare(whole, SPARE).catalogue().set_index("name")
    assert set(table.index) == set(whole.catalogue()["name"])
    assert table.index[~table["used"]].tolist() == table.index[-len(SPARE) :].tolist() == list(SPARE)


def test_saved_and_pickled(whole, log, november):
    less = without_spare(whole, SPARE)
    wanted = less.transform(november)
    again = features_from_plain(features_to_plain(less), builders=[Branching]).with_log(log)
    pd.testing.assert_frame_equal(again.transform(november), wanted, check_exact=True)
    pd.testing.assert_frame_equal(again.catalogue(), less.catalogue())
    other = pickle.loads(pickle.dumps(less)).with_log(log)
    pd.testing.assert_frame_equal(other.transform(november), wanted, check_exact=True)


def test_a_model_leaves_them_out_and_says_so(model, test):
    left_out = {says.name for says in model.features_.spare_}
    assert {"recency_days_last", "volume_count_life"} <= left_out
    assert "activity_days_last" not in left_out
    features = model.features_of(test)
    assert not left_out & set(features.columns)
    assert any("copies of others" in note for note in model.notes_)
