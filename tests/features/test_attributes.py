from __future__ import annotations

import math

import pandas as pd
import pytest

from cxchurn.features import Attributes, FeatureSet

T = pd.Timestamp("2024-04-01")
DATED = pd.DataFrame(
    {
        "customer_id": ["a", "a", "a", "b", "c", "c"],
        "valid_from": pd.to_datetime(
            ["2023-01-01", "2024-03-31", "2024-04-01", "2023-01-01", "2024-01-01", "2024-05-01"]
        ),
        "plan": ["basic", "plus", "gold", "basic", None, "new"],
        "signup": pd.to_datetime(["2024-03-22"] * 3 + ["2023-04-02", None, "2024-05-01"]),
        "seats": [1.0, 2.0, 3.0, 4.0, None, 5.0],
    }
)


@pytest.fixture(scope="module")
def features(log_of):
    log = log_of([{"ago": 5, "customer_id": who} for who in "abcd"], customers=DATED)
    rows = pd.DataFrame({"customer_id": list("abcd"), "cutoff": T})
    builder = Attributes(("plan", "signup", "seats"), dates=("signup",))
    return FeatureSet([builder], min_customers=1, log=log).fit(rows), rows


def test_what_was_on_file_just_before_the_cut_off(features):
    # "gold" holds from the cut-off itself and "new" from later: both are the future, and no known label
    # known before: basic (two rows) and plus (one); so basic is 0 and plus is 1. "a" has plus since the day before
    fitted, rows = features
    assert fitted.known_["customers.plan"] == ("basic", "plus")
    expected = {
        "attributes_plan": [1.0, 0.0, math.nan, math.nan],
        "attributes_signup": [10.0, 365.0, math.nan, math.nan],
        "attributes_seats": [2.0, 4.0, math.nan, math.nan],
    }
    pd.testing.assert_frame_equal(fitted.transform(rows), pd.DataFrame(expected))
    assert fitted.categories_ == {"attributes_plan": ("basic", "plus")}


def test_a_label_that_training_did_not_know_is_missing(features):
    fitted, rows = features
    later = fitted.transform(rows.assign(cutoff=pd.Timestamp("2024-06-01")))
    assert later["attributes_plan"].tolist() == pytest.approx([math.nan, 0.0, math.nan, math.nan], nan_ok=True)
    assert later["attributes_seats"].tolist() == pytest.approx([3.0, 4.0, 5.0, math.nan], nan_ok=True)


def test_sentences(features):
    plan, signup, seats = features[0].says_
    assert [plan.sentence(1.0), plan.sentence(math.nan)] == [
        'has plus on file under "plan"',
        'has nothing on file under "plan"',
    ]
    assert [signup.sentence(10.0), signup.sentence(1.0)] == ["is 10 days past the signup", "is 1 day past the signup"]
    assert seats.sentence(2.0) == 'has 2 on file under "seats"'


def test_names_that_tell_customers_apart_are_not_learned(log_of):
    people = [f"c{number}" for number in range(120)]
    attributes = pd.DataFrame(
        {
            "customer_id": people,
            "email": [f"{who}@example.org" for who in people],
            "shop": [f"s{n % 60}" for n in range(120)],
        }
    )
    log = log_of([{"ago": 5, "customer_id": who} for who in people], customers=attributes)
    fitted = FeatureSet(min_customers=1, log=log).fit(pd.DataFrame({"customer_id": people, "cutoff": T}))
    # 120 addresses of 120 customers; 60 shops, two customers each, of which the first 50 have a code
    assert "customers.email" not in fitted.known_
    assert len(fitted.known_["customers.shop"]) == 50
