from __future__ import annotations

import pytest

from cxchurn.features import Recency

# before the cut-off: a visit 90 days ago, a call by phone 10.5 days ago, a visit to the store 1 day ago;
# the call at the cut-off itself and the one 3 days after it are the future
EVENTS = [
    {"ago": 90, "touchpoint": "store"},
    {"ago": 10.5, "kind": "call", "touchpoint": "phone"},
    {"ago": 1, "touchpoint": "store"},
    {"ago": 0, "kind": "call", "touchpoint": "phone"},
    {"ago": -3, "kind": "call", "touchpoint": "phone"},
]


def test_ages_are_counted_in_days_from_the_cut_off(made):
    assert made(Recency(), EVENTS) == {
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
    features = made(Recency(stack=2, by=()), [{"ago": 5}])
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
    features = made(Recency(stack=1, by=("kind",)), [*events, {"ago": 5, "kind": "{odd}"}])
    assert features == {
        "recency_days_last": 5.0,
        "recency_days_first": 8.0,
        "recency_days_last_kind_e_mail": 7.0,
        "recency_days_last_kind_e_mail_2": 6.0,
        "recency_days_last_kind_odd": 5.0,
    }
