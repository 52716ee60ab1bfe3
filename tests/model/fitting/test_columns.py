"""What a model learns from: sets by name, and the lean one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxchurn._core import UsageError
from cxchurn.features import Builder, Staff, every_family, small, standard
from cxchurn.model import ChurnClassifier, ChurnModel, load_model
from cxchurn.model.fitting._columns import builders_of, columns_for
from cxchurn.model.fitting._lean import LEAN, lean_columns
from cxchurn.scoring import OnlineScorer, refresh


@pytest.fixture(scope="module")
def lean(churn, train, classifier) -> ChurnModel:
    return ChurnModel(churn, features="lean", classifier=classifier, folds=2).fit(train)


def test_a_set_is_asked_for_by_name(train, classifier):
    def made(asked: list[Builder] | str | None) -> list[str]:
        found = columns_for(train, asked, lookback=None, classifier=classifier, half_life=None)
        assert list(found.features) == [says.name for says in found.fitted.says_]
        return list(found.features)

    horizon = train.definition.horizon
    assert made("standard") == made(standard(train.log, horizon)) == made(None)
    assert made("small") == made(small(train.log, horizon))
    with pytest.raises(UsageError, match="features is 'leen'") as raised:
        made("leen")
    assert "'lean'" in str(raised.value)


def test_families_are_asked_for_by_name_beside_a_set(log):
    staff = next(one for one in every_family(log, "30D") if isinstance(one, Staff))
    own = Staff(quiet="9D")
    assert builders_of(["standard", "Staff"], log, "30D") == [*standard(log, "30D"), staff]
    assert builders_of(["Staff", "small", "Staff", own], log, "30D") == [staff, *small(log, "30D"), own]
    # what is in the set already is there once
    assert builders_of(["standard", "Value"], log, "30D") == standard(log, "30D")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["standard", "Loyality"], "did you mean 'Loyalty'"),
        (["lean", "Staff"], "'lean' stands alone"),
        ("Staff", r"features=\['standard', 'Staff'\]"),
    ],
)
def test_a_name_of_no_family_is_refused(asked, said, log):
    with pytest.raises(UsageError, match=said):
        builders_of(asked, log, "30D")


def test_the_lean_set_keeps_what_the_trees_gain_most_by(rng_table):
    features, y = rng_table
    kept = lean_columns(features, y, np.ones(len(y)), ChurnClassifier(min_child_samples=20), most=3)
    # the outcome follows these three alone, and they are returned as they stood
    assert kept == ["b", "d", "noise_7"]


@pytest.fixture
def rng_table() -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(0)
    names = ["a", "b", "c", "d", *(f"noise_{k}" for k in range(10))]
    features = pd.DataFrame(rng.normal(size=(3000, len(names))), columns=names)
    odds = 1.5 * features["b"] - 1.5 * features["d"] + features["noise_7"]
    return features, (rng.random(3000) < 1 / (1 + np.exp(-odds))).astype(int).to_numpy()


def test_few_columns_are_all_kept(rng_table):
    features, y = rng_table
    assert lean_columns(features, y, np.ones(len(y)), ChurnClassifier()) == list(features)


class TestALeanModel:
    def test_has_so_many_columns_and_says_so(self, lean, model):
        names = [says.name for says in lean.features_.says_]
        assert len(names) == LEAN
        whole = [says.name for says in model.features_.says_]
        assert names == [name for name in whole if name in set(names)]
        assert [note for note in lean.notes_ if note.startswith("a lean set")] == [
            f"a lean set: of {len(whole)} columns the {LEAN} kept that trees gain most by"
        ]

    def test_makes_the_columns_of_the_standard_set_to_the_bit(self, lean, model, test):
        # each with its own log: both carry the tables of the same weeks
        one, other = lean.features_of(test), model.features_of(test)
        pd.testing.assert_frame_equal(one, other[list(one)], check_exact=True)

    def test_asks_for_no_family_that_makes_no_column(self, lean):
        drivers = {says.driver for says in lean.features_.says_}
        assert {builder.driver for builder in lean.features_.builders_} == drivers

    def test_is_saved_refreshed_and_served_like_any(self, lean, log, november, tmp_path):
        lean.save(tmp_path / "lean")
        loaded = load_model(tmp_path / "lean")
        assert loaded.features_.references_ == lean.features_.references_
        at = november["cutoff"].iloc[0]
        tables = refresh(loaded, log, at=at)
        batch = loaded.set_params(log=log).features_.with_log(log, references=tables).transform(november)
        expected = loaded.probability_of(batch)
        with OnlineScorer(tmp_path / "lean", references=tables) as online:
            online.warm(log)
            found = [online.score(one, at=at) for one in november["customer_id"]]
        asked = [row for row, one in enumerate(found) if one.asked]
        assert len(asked) > 50
        assert [found[row].churn_probability for row in asked] == expected[asked].tolist()
