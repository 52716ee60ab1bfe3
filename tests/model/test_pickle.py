"""A pickle or a copy of a model or a feature set holds no interactions; a clone shares the log."""

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


WAYS = pytest.mark.parametrize("way", [_pickled, _through_joblib, copy.deepcopy, copy.copy])


@pytest.fixture(scope="module")
def holder(churn, train):
    """A model that was given its log."""
    classifier = ChurnClassifier(n_estimators=5)
    return ChurnModel(churn, features=[Recency()], classifier=classifier, log=train.log).fit(train)


@WAYS
def test_a_model_leaves_its_interactions_behind(way, holder, test):
    again = way(holder)
    assert (again.log, again.features_.log if way is not copy.copy else None) == (None, None)
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


def test_clones_share_the_log(holder, log):
    pipeline = make_pipeline(FeatureSet([Recency()], log=log), HistGradientBoostingClassifier())
    assert clone(holder).log is log
    assert clone(FeatureSet([Recency()], log=log)).log is log
    assert clone(pipeline).named_steps["featureset"].log is log
