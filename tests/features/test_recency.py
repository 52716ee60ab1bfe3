from __future__ import annotations

import pandas as pd
import pytest

from cxchurn._core import MismatchError
from cxchurn.features import FeatureSet, Recency, small, standard

CUTOFF = pd.Timestamp("2024-04-01")

# before the cut-off: a visit 90 days ago, a call by phone 10.5 days ago, a visit to the store 1 day ago;
# the call at the cut-off itself and the one 3 days after it are the future
EVENTS = [
    {"ago": 90, "touchpoint": "store"},
    {"ago": 10.5, "kind": "call", "touchpoint": "phone"},
    {"ago": 1, "touchpoint": "store"},
    {"ago": 0, "kind": "call", "touchpoint": "phone"},
    {"ago": -3, "kind": "call", "touchpoint": "phone"},
]
# somebody else was there long before: the log does not begin with the customer
EARLIER = {"customer_id": "old", "ago": 400}


def test_ages_are_counted_in_days_from_the_cut_off(made):
    assert made(Recency(), [*EVENTS, EARLIER]) == {
        "recency_days_last": 1.0,
        "recency_days_last_2": 10.5,
        "recency_days_last_3": 90.0,
        "recency_days_first": 90.0,
        "recency_days_last_kind_visit": 1.0,
        "recency_days_last_kind_call": 10.5,
        "recency_days_last_touchpoint_store": 1.0,
        "recency_days_last_touchpoint_phone": 10.5,
    }


def test_what_never_happened_is_missing(made):
    features = made(Recency(stack=2, by=()), [{"ago": 5}, EARLIER])
    assert features == pytest.approx(
        {"recency_days_last": 5.0, "recency_days_last_2": float("nan"), "recency_days_first": 5.0}, nan_ok=True
    )
    unknown = made(Recency(), EVENTS, who="nobody")
    assert len(unknown) == 8
    assert all(value != value for value in unknown.values())


def test_only_the_most_frequent_labels_have_a_column(made):
    features = made(Recency(stack=1, by=("kind",), most=1), EVENTS)
    assert list(features) == ["recency_days_last", "recency_days_first", "recency_days_last_kind_visit"]


def test_labels_that_read_alike_are_told_apart(made):
    # by frequency: "E-Mail" twice, then "e mail" and "{odd}" once each
    events = [{"ago": 8, "kind": "E-Mail"}, {"ago": 7, "kind": "E-Mail"}, {"ago": 6, "kind": "e mail"}]
    features = made(
        Recency(stack=1, by=("kind",)), [*events, {"ago": 5, "kind": "{odd}"}, EARLIER | {"kind": "E-Mail"}]
    )
    assert features == {
        "recency_days_last": 5.0,
        "recency_days_first": 8.0,
        "recency_days_last_kind_e_mail": 7.0,
        "recency_days_last_kind_e_mail_2": 6.0,
        "recency_days_last_kind_odd": 5.0,
    }


class TestTenure:
    def of(self, made, events, **recency):
        return made(Recency(stack=1, by=(), **recency), [*events, EARLIER])["recency_days_first"]

    @pytest.mark.parametrize(
        ("ago", "expected"),
        # the log begins 400 days before the cut-off, the horizon is 60 days
        [(400, None), (341, None), (340.001, None), (340, 340.0), (339, 339.0), (5, 5.0)],
    )
    def test_is_not_told_within_a_horizon_of_the_log_s_start(self, made, ago, expected):
        assert self.of(made, [{"ago": ago}, {"ago": 1}]) == pytest.approx(expected or float("nan"), nan_ok=True)

    def test_comes_from_the_customers_table_where_there_is_a_date(self, log_of):
        table = pd.DataFrame({"customer_id": ["a", "c"], "signup": ["2023-04-02", None]})
        table["signup"] = pd.to_datetime(table["signup"])
        events = [{"customer_id": who, "ago": 30} for who in "abcd"]
        rows = pd.DataFrame({"customer_id": list("abcd"), "cutoff": [CUTOFF] * 4})
        features = FeatureSet(
            [Recency(since="signup")], min_customers=1, log=log_of([*events, EARLIER], customers=table)
        )
        # 365 days before 2024-04-01; not in the table; none; not in the table
        assert features.fit_transform(rows)["recency_days_first"].tolist() == [365.0, 30.0, 30.0, 30.0]

    def test_dates_that_nobody_could_have_known_are_not_asked(self, log_of):
        table = pd.DataFrame({"customer_id": ["a", "b"], "signup": pd.to_datetime(["2023-04-02", "2024-06-01"])})
        events = [{"customer_id": who, "ago": 30} for who in "ab"]
        rows = pd.DataFrame({"customer_id": list("ab"), "cutoff": [CUTOFF] * 2})
        features = FeatureSet(
            [Recency(since="signup")], min_customers=1, log=log_of([*events, EARLIER], customers=table)
        ).fit(rows)
        assert features.transform(rows)["recency_days_first"].tolist() == [30.0, 30.0]
        assert "signup is left out" in features.notes_[0]

    def test_a_date_that_is_not_there_is_an_error(self, log_of):
        table = pd.DataFrame({"customer_id": ["a"], "signup": [pd.Timestamp("2023-04-02")]})
        features = FeatureSet([Recency(since="sign_up")], min_customers=1, log=log_of([{"ago": 3}], customers=table))
        with pytest.raises(MismatchError, match="the customers table has no attribute 'sign_up'"):
            features.fit(pd.DataFrame({"customer_id": ["a"], "cutoff": [CUTOFF]}))

    def test_is_said(self, log_of):
        rows = pd.DataFrame({"customer_id": ["a"], "cutoff": [CUTOFF]})
        says = FeatureSet([Recency(stack=1, by=())], min_customers=1, log=log_of([{"ago": 3}])).fit(rows).says_[1]
        assert says.sentence(365.0) == "has been a customer for 365 days"
        assert says.sentence(float("nan")) == "has been a customer for an unknown time"


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"signup": "time"}, "signup"),
        ({"last_login": "time", "Customer Since": "time", "created_at": "time"}, "Customer Since"),
        ({"created_at": "time", "SignupDate": "time"}, "SignupDate"),
        ({"dateJoined": "time"}, "dateJoined"),
        ({"signup": "text"}, None),
        ({"birthday": "time", "contract_end": "time"}, None),
        ({}, None),
    ],
)
def test_the_standard_families_find_the_date_by_its_name(log_of, columns, expected):
    values = {"time": pd.Timestamp("2023-01-01"), "text": "soon"}
    table = pd.DataFrame(
        {"customer_id": ["a"], "plan": ["x"]} | {name: [values[kind]] for name, kind in columns.items()}
    )
    log = log_of([{"ago": 3}], customers=table)
    for chosen in (standard, small):
        assert [b.since for b in chosen(log) if isinstance(b, Recency)] == [expected]
    assert [b.since for b in standard(log_of([{"ago": 3}])) if isinstance(b, Recency)] == [None]
