from __future__ import annotations

import logging

import numpy as np
import pandas as pd
import pytest

from cxchurn._core import DataError, MismatchError
from cxchurn.features import Attributes, Builder, Column, FeatureSet, Number, Recency, outcome_name, written_on_name
from cxchurn.interactions import read_customers

T = pd.Timestamp("2024-04-01")
PEOPLE = [f"c{number}" for number in range(10)]


def table(**columns):
    return pd.DataFrame({"customer_id": PEOPLE, **columns})


def rows(count=10):
    return pd.DataFrame({"customer_id": PEOPLE[:count], "cutoff": T})


@pytest.fixture
def log(log_of):
    def make(customers):
        return log_of([{"ago": 5, "customer_id": who} for who in PEOPLE], customers=customers)

    return make


LOGINS = table(last_login=[T + pd.Timedelta(days=number - 5) for number in range(10)], plan="basic")


def test_a_date_after_the_cut_off_is_left_out_and_said_once(log, caplog):
    made = log(LOGINS)
    features = FeatureSet([Attributes(("last_login", "plan"), dates=("last_login",)), Recency()], log=made).fit(rows())
    # c5 is at the cut-off, c6 to c9 after it
    assert (
        "last_login is left out: in the undated customers table it lies after the cut-off for 50.0% of" in caplog.text
    )
    assert 'known_ahead = ["last_login"]' in features.notes_[0]
    assert features.builders_[0] == Attributes(("plan",))
    assert "customers.last_login" not in features.roles_
    FeatureSet([Attributes(("last_login",)), Recency()], log=made).fit(rows())
    assert len([record for record in caplog.records if record.levelno == logging.WARNING]) == 1


def test_where_nothing_else_is_left_it_is_an_error_that_says_why(log):
    with pytest.raises(DataError, match="last_login is left out"):
        FeatureSet([Attributes(("last_login",), dates=("last_login",))], log=log(LOGINS)).fit(rows())


class Own(Builder):
    """How long ago somebody logged in."""

    driver = "own"

    def columns(self, seen):
        yield Column("own_login", seen.attribute("last_login"), says="logged in {value:when}")


def test_a_builder_of_ones_own_is_refused(log):
    with pytest.raises(DataError, match="asks for what nobody could have known: last_login"):
        FeatureSet([Own()], log=log(LOGINS)).fit(rows())
    assert FeatureSet([Own()], log=log(LOGINS)).fit(rows(5)).transform(rows(5)).shape == (5, 1)


def test_few_dates_ahead_are_missing_and_said(log_of):
    people = [f"p{number:03}" for number in range(200)]
    signup = [T - pd.Timedelta(days=9)] * 199 + [T + pd.Timedelta(days=1)]
    made = log_of(
        [{"ago": 5, "customer_id": who} for who in people],
        customers=pd.DataFrame({"customer_id": people, "signup": signup}),
    )
    asked = pd.DataFrame({"customer_id": people, "cutoff": T})
    features = FeatureSet([Attributes(("signup",), dates=("signup",))], log=made).fit(asked)
    assert features.notes_ == ("signup lies after the cut-off for 0.5% of the rows, where it is taken as missing",)
    values = features.transform(asked)["attributes_signup"]
    assert values.tolist()[:199] == [9.0] * 199
    assert np.isnan(values.iloc[199])


def test_a_date_known_ahead_may_lie_ahead_and_is_said_in_words(log):
    ends = table(contract_end=[T + pd.Timedelta(days=number - 5) for number in range(10)])
    made = log(read_customers(ends, known_ahead=("contract_end",)))
    features = FeatureSet([Attributes(("contract_end",), dates=("contract_end",))], log=made).fit(rows())
    assert features.transform(rows())["attributes_contract_end"].tolist() == [5.0 - number for number in range(10)]
    (says,) = features.says_
    assert [says.sentence(value) for value in (-49.0, 49.0, -1.0, 0.0, np.nan)] == [
        "is 49 days before the contract end",
        "is 49 days past the contract end",
        "is 1 day before the contract end",
        "has just reached the contract end",
        'has nothing on file under "contract end"',
    ]
    assert features.notes_ == (
        "contract_end is taken as fixed beforehand, as said in known_ahead; if renewals overwrite it, the table must be "
        "dated (valid_from)",
    )
    # a table that does not say so would read as missing what lies ahead
    with pytest.raises(MismatchError, match=r"lacks customers.contract_end \(known ahead\)"):
        features.with_log(log(ends)).transform(rows())


def test_a_date_of_a_dated_row_may_lie_ahead(log):
    ends = table(renewal=[T + pd.Timedelta(days=39)] * 10, valid_from=T - pd.Timedelta(days=100))
    features = FeatureSet([Attributes(("renewal",), dates=("renewal",))], log=log(ends)).fit(rows())
    assert features.notes_ == ()
    assert features.transform(rows())["attributes_renewal"].tolist() == [-39.0] * 10
    assert features.says_[0].sentence(-39.0) == "is 39 days before the renewal"


CHURNED = table(churn_flag=["yes", "no"] * 5, status=["active"] * 10, plan="basic")


def test_what_is_called_like_the_outcome_is_no_attribute_by_default(log, caplog):
    thousand = pd.concat([rows()] * 100, ignore_index=True)
    features = FeatureSet(log=log(CHURNED)).fit(thousand)
    names = [says.name for says in features.says_ if says.driver == "attributes"]
    assert names == ["attributes_status", "attributes_plan"]
    assert "churn_flag is left out: it is called like the outcome" in caplog.text
    assert "status may have been written after the cut-offs" in caplog.text
    assert "customers.churn_flag" not in features.roles_


def test_what_is_asked_for_by_name_is_used_and_doubted(log, caplog):
    features = FeatureSet([Attributes(("churn_flag",))], log=log(CHURNED)).fit(rows())
    assert [says.name for says in features.says_] == ["attributes_churn_flag"]
    assert "churn_flag may have been written after the cut-offs" in caplog.text


def test_a_dated_table_says_when_somebody_churned(log, caplog):
    FeatureSet([Attributes(("churn_flag", "status"))], log=log(CHURNED.assign(valid_from="2024-01-01"))).fit(rows())
    assert caplog.text == ""


@pytest.mark.parametrize(
    "name",
    ["churn", "Churned", "churn_flag", "ChurnReason", "exited", "attrition", "cancel_reason", "cancelled_at", "end_date",
     "closed_on", "account_closed", "is_deleted", "terminated", "left_on", "date_left", "deactivated_at", "unsubscribed"],
)  # fmt: skip
def test_names_of_outcomes(name):
    assert outcome_name(name)


@pytest.mark.parametrize(
    "name", ["status", "customer_status", "last_login", "lastActivity", "last_order_date", "days_since_visit", "tenure"]
)
def test_names_of_what_is_written_on(name):
    assert written_on_name(name)
    assert not outcome_name(name)


@pytest.mark.parametrize(
    "name", ["plan", "region", "signup", "contract_end", "household", "acquired", "income", "weekend_plan", "closest_store",
             "enclosed", "last_name", "trend_date", "leftover", "blast", "contract_start"],
)  # fmt: skip
def test_names_of_attributes(name):
    assert not outcome_name(name)
    assert not written_on_name(name)


def test_how_long_ago_or_ahead():
    assert [format(Number(days), "when") for days in (-2.0, -0.5, 0.0, 0.25, 400.0)] == [
        "in 2 days",
        "in 12 hours",
        "just now",
        "6 hours ago",
        "400 days ago",
    ]
