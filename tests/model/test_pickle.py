"""A pickle of a model or a feature set holds no interactions; clones and copies within the process share the log."""

from __future__ import annotations

import copy
import io
import pickle

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import make_pipeline

from cxchurn._core import UsageError
from cxchurn.features import FeatureSet, Recency
from cxchurn.model import ChurnClassifier, ChurnModel


def _pickled(one):
    return pickle.loads(pickle.dumps(one))


def _through_joblib(one):
    buffer = io.BytesIO()
    joblib.dump(one, buffer)
    buffer.seek(0)
    return joblib.load(buffer)


WAYS = pytest.mark.parametrize("way", [_pickled, _through_joblib])
COPIES = pytest.mark.parametrize("way", [copy.copy, copy.deepcopy, clone])


@pytest.fixture(scope="module")
def holder(churn, train):
    """A model that was given its log."""
    classifier = ChurnClassifier(n_estimators=5)
    return ChurnModel(churn, features=[Recency()], classifier=classifier, log=train.log).fit(train)


@WAYS
def test_a_model_leaves_its_interactions_behind(way, holder, test):
    again = way(holder)
    assert (again.log, again.features_.log) == (None, None)
    assert not hasattr(again, "training_panel_")
    assert (holder.log, holder.features_.log, len(holder.training_panel_)) == (
        test.log,
        test.log,
        len(holder.training_panel_),
    )
    np.testing.assert_array_equal(again.predict_proba(test), holder.predict_proba(test))
    np.testing.assert_array_equal(again.set_params(log=test.log).predict_proba(test.frame), holder.predict_proba(test))


@WAYS
def test_a_feature_set_leaves_its_interactions_behind(way, train):
    features = FeatureSet([Recency()], log=train.log).fit(train.frame)
    again = way(features)
    assert (again.log, features.log) == (None, train.log)
    with pytest.raises(UsageError, match=r"has no log(.|\n)*use threads"):
        again.transform(train.frame)
    assert again.with_log(train.log).transform(train.frame).equals(features.transform(train.frame))


def test_no_customer_is_in_a_pickle(holder, model, log):
    ids = log.events["customer_id"].unique().to_pylist()
    pipeline = make_pipeline(FeatureSet(log=log), HistGradientBoostingClassifier())
    for one in (holder, model, model.features_, pipeline):
        content = pickle.dumps(one)
        assert [who for who in ids if who.encode() in content] == []


@COPIES
def test_copies_within_the_process_share_the_log(way, holder, log):
    pipeline = make_pipeline(FeatureSet([Recency()], log=log), HistGradientBoostingClassifier())
    assert way(holder).log is log
    assert way(FeatureSet([Recency()], log=log)).log is log
    assert way(pipeline).named_steps["featureset"].log is log
    features = FeatureSet([Recency()], log=log)
    again = way(features)
    assert again is not features
    assert again.set_params(horizon="7D").horizon != features.horizon


def test_a_deep_copy_has_parts_of_its_own(holder, test):
    again = copy.deepcopy(holder)
    again.features_.says_.clear()
    again.features[0].by = ("kind",)
    assert (len(holder.features_.says_) > 0, holder.features[0]) == (True, Recency())
    assert again.training_panel_.log is test.log
