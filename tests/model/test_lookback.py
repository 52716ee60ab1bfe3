"""A model with a look-back keeps it, and scores the same from a log that is read from there on."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from sklearn.base import clone

from cxchurn._core import UsageError
from cxchurn.features import Recency, Volume
from cxchurn.interactions import with_events
from cxchurn.model import ChurnClassifier, ChurnModel, load_model

BUILDERS = [Recency(), Volume(windows=("30D",), detail=(), rates=("365D",))]


@pytest.fixture(scope="module")
def bounded(churn, train) -> ChurnModel:
    classifier = ChurnClassifier(n_estimators=10)
    return ChurnModel(churn, features=BUILDERS, classifier=classifier, folds=2, lookback="100D").fit(train)


def test_it_is_kept(bounded, test, tmp_path):
    loaded = load_model(bounded.save(tmp_path / "model"))
    assert loaded.lookback == loaded.features_.lookback == clone(bounded).lookback == "100D"
    assert loaded.features_.depths_ == bounded.features_.depths_
    np.testing.assert_array_equal(loaded.predict_proba(test), bounded.predict_proba(test))


def test_it_is_part_of_the_version(bounded, churn, train):
    other = ChurnModel(churn, features=BUILDERS, classifier=ChurnClassifier(n_estimators=10), folds=2).fit(train)
    assert other.lookback is None
    assert other.version_ != bounded.version_


def test_a_shorter_log_gives_the_same_probabilities(bounded, log, november):
    recent = pa.scalar((november["cutoff"].iloc[0] - pd.Timedelta("100D")).to_datetime64())
    short = with_events(log, log.events.filter(pc.greater_equal(log.events["known_at"], recent)))
    one, other = (
        bounded.probability_of(bounded.features_.with_log(either).transform(november)) for either in (log, short)
    )
    np.testing.assert_array_equal(one, other)


def test_its_words_reach_no_further(bounded):
    said = {says.name: says for says in bounded.features_.says_}
    assert said["volume_count_life"].sentence(3.0).endswith("in the last 100 days")
    assert not [says.name for says in said.values() if says.window is None and " in all" in says.one]


def test_only_a_span_is_one(churn, train):
    with pytest.raises(UsageError, match="'1Y' has the unit 'Y'"):
        ChurnModel(churn, features=BUILDERS, lookback="1Y").fit(train)
