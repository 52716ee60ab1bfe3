from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.exceptions import NotFittedError

from cxchurn._core import MismatchError, UsageError
from cxchurn.features import FeatureSet, every_family, features_from_plain, features_to_plain, vector_of


def bits(values: np.ndarray) -> list[int]:
    return values.view(np.int64).tolist()


@pytest.fixture(scope="module")
def fitted(log, november, churn):
    return FeatureSet(every_family(log, "60D"), log=log, churn=churn).fit(november).with_log(log)


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_the_same_numbers_as_among_all(data, fitted, log, november):
    customer = data.draw(st.sampled_from(november["customer_id"].tolist()))
    days = data.draw(st.integers(-400, 30))
    at = pd.Timestamp("2024-11-05T13:20:00") + pd.Timedelta(f"{days}D")
    events = log.events.filter(pc.equal(log.events["customer_id"], customer))
    shuffled = events.take(data.draw(st.permutations(range(len(events)))))
    among = fitted.transform(pd.DataFrame({"customer_id": [customer], "cutoff": [at]})).to_numpy()[0]
    assert bits(vector_of(fitted, customer, shuffled, at)) == bits(among)


def test_somebody_without_events(fitted, log):
    nobody = pd.DataFrame({"customer_id": ["C-nobody"], "cutoff": [pd.Timestamp("2024-11-05")]})
    found = vector_of(fitted, "C-nobody", log.events.slice(0, 0), "2024-11-05")
    assert bits(found) == bits(fitted.transform(nobody).to_numpy()[0])
    assert found.shape == (len(fitted.says_),)


def test_the_events_of_somebody_else_are_not_the_customer_s_own(fitted, log, november):
    first, other = november["customer_id"].iloc[:2]
    events = log.events.filter(pc.equal(log.events["customer_id"], other))
    with pytest.raises(UsageError, match=f"the events are of '{other}', the customer asked about is '{first}'"):
        vector_of(fitted, first, events, "2024-11-05")


def test_not_before_fit(log):
    with pytest.raises(NotFittedError):
        vector_of(FeatureSet(log=log), "a", log.events.slice(0, 0), "2024-11-05")


def test_a_feature_set_without_a_log_is_given_what_is_on_file(fitted, log, november):
    customer = november["customer_id"].iloc[0]
    events = log.events.filter(pc.equal(log.events["customer_id"], customer))
    loaded = features_from_plain(features_to_plain(fitted))
    with pytest.raises(MismatchError, match="what is on file about customers too") as error:
        vector_of(loaded, customer, events, "2024-11-05")
    assert "customers=read_customers(...)" in str(error.value)
    found = vector_of(loaded, customer, events, "2024-11-05", customers=log.customers)
    assert bits(found) == bits(vector_of(fitted, customer, events, "2024-11-05"))


@pytest.mark.parametrize(
    "make", [lambda events: events.to_pandas(), lambda events: events.drop_columns("customer_id"), lambda events: {}]
)
def test_what_is_no_table_of_events_is_said(make, fitted, log):
    events = make(log.events.slice(0, 3))
    with pytest.raises(UsageError, match="the events are a ") as error:
        vector_of(fitted, "C-1", events, "2024-11-05")
    assert "an OnlineScorer takes rows as you have them" in str(error.value)
