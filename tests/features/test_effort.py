from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given

from cxchurn.checks import check_no_leak
from cxchurn.features import Effort, FeatureSet

from ._life import SOME, features, lives, past

# matter m1: contacts 28 and 20 days ago, closed by the company 15 days ago; m2: one contact 14 days ago;
# m0 was opened before the window and only an outbound note fell into it
EVENTS = [
    {"ago": 40, "case_id": "m0", "transfers": 9, "wait_s": 900.0, "direction": "inbound"},
    {"ago": 28, "case_id": "m1", "transfers": 2, "wait_s": 60.0, "direction": "inbound", "resolved": False},
    {"ago": 20, "case_id": "m1", "transfers": 0, "wait_s": None, "direction": "inbound", "resolved": False},
    {"ago": 15, "case_id": "m1", "transfers": None, "direction": "outbound", "resolved": True},
    {"ago": 14, "case_id": "m2", "transfers": 1, "wait_s": 0.0, "direction": "inbound"},
    {"ago": 10, "case_id": "m0", "transfers": None, "direction": "outbound"},
    {"ago": 0, "case_id": "m3", "transfers": 50, "wait_s": 9999.0, "direction": "inbound", "resolved": False},
]


def test_transfers_waits_and_matters(made):
    assert made(Effort(windows=("30D",)), EVENTS) == pytest.approx(
        {
            "effort_transfers_last": 1.0,
            "effort_wait_s_last": 0.0,
            "effort_contacts_30d": 3.0,
            "effort_transfers_sum_30d": 3.0,
            "effort_transfers_mean_30d": 1.0,
            "effort_transfers_max_30d": 2.0,
            # three contacts, two gaps: 8 days and 6 days; one of them within 7 days
            "effort_repeat_share_30d": 0.5,
            "effort_wait_s_mean_30d": 30.0,
            "effort_wait_s_max_30d": 60.0,
            "effort_matters_30d": 2.0,
            "effort_contacts_per_matter_30d": 1.5,
            "effort_unresolved_30d": 2.0,
            "effort_reopened_30d": 0.0,
        }
    )


def test_a_window_without_contact(made):
    features = made(Effort(windows=("5D",)), EVENTS)
    counts = ("contacts", "transfers_sum", "matters", "unresolved")
    assert [features[f"effort_{name}_5d"] for name in counts] == [0.0] * 4
    means = ("transfers_mean", "transfers_max", "repeat_share", "wait_s_mean", "wait_s_max", "contacts_per_matter")
    assert all(math.isnan(features[f"effort_{name}_5d"]) for name in means)


def test_columns_follow_the_roles(made):
    matters = made(Effort(windows=("30D",)), [{"ago": 3, "case_id": "m"}])
    assert matters == {"effort_matters_30d": 1.0, "effort_contacts_per_matter_30d": 1.0}
    transfers = made(Effort(windows=("30D",)), [{"ago": 3, "transfers": 1}])
    others = ("matter", "wait", "unresolved", "reopened", "switches")
    assert [name for name in transfers if any(other in name for other in others)] == []


# m1: phone, a note of the company by e-mail, phone, chat: one switch; closed by the company, a note after that changes
# nothing; the customer is back after 16 days (one reopening, one switch), and the matter is closed at once: 4 contacts.
# m2: closed 30 days ago, outside of the last 25 days; m3: closed and reopened, stands open
MATTERS = [
    {"ago": 40, "case_id": "m1", "touchpoint": "phone", "resolved": False},
    {"ago": 39, "case_id": "m1", "touchpoint": "email", "direction": "outbound"},
    {"ago": 38, "case_id": "m1", "touchpoint": "phone"},
    {"ago": 37, "case_id": "m1", "touchpoint": "chat"},
    {"ago": 36, "case_id": "m1", "direction": "outbound", "resolved": True},
    {"ago": 35, "case_id": "m1", "touchpoint": "email", "direction": "outbound"},
    {"ago": 30, "case_id": "m2", "touchpoint": "web", "resolved": True},
    {"ago": 21, "case_id": "m3", "touchpoint": "phone", "resolved": True},
    {"ago": 20, "case_id": "m1", "touchpoint": "phone", "resolved": True},
    {"ago": 10, "case_id": "m3", "touchpoint": "web"},
    {"ago": 9, "case_id": "m3", "touchpoint": "phone"},
    {"ago": 0, "case_id": "m3", "touchpoint": "phone", "resolved": True},
]


def test_what_became_of_matters(made):
    empty = {"touchpoint": None, "direction": "inbound", "resolved": None}
    features = made(Effort(windows=("25D", "90D")), [{**empty, **event} for event in MATTERS])
    expected = {
        "switches_90d": 4.0,  # two in m1, two in m3
        "switches_25d": 3.0,
        "matters_90d": 3.0,
        "matters_25d": 2.0,
        "contacts_per_matter_90d": 8 / 3,  # 4 of m1, 1 of m2, 3 of m3
        "contacts_per_matter_25d": 2.0,  # 1 of m1, 3 of m3
        "reopened_90d": 2.0,  # m1 20 days ago, m3 10 days ago; what comes after that is about an open matter
        "reopened_25d": 2.0,
    }
    assert {name: features[f"effort_{name}"] for name in expected} == expected


def test_an_answered_survey_is_no_contact_about_a_matter(made):
    survey = {"ago": 4, "kind": "survey", "score": 9.0, "score_type": "nps", "touchpoint": "email"}
    closed = {"ago": 5, "resolved": True, "score": None, "score_type": None, "touchpoint": "web"}
    features = made(
        Effort(windows=("30D",)), [{**e, "case_id": "m", "resolved": e.get("resolved")} for e in (closed, survey)]
    )
    names = ("reopened", "switches", "matters", "contacts_per_matter")
    assert [features[f"effort_{name}_30d"] for name in names] == [0.0, 0.0, 1.0, 1.0]


def test_what_became_known_later_is_no_contact():
    empty = dict.fromkeys(("touchpoint", "agent", "invited", "sentiment", "score", "score_type", "direction"))
    asked = {**empty, "ago": 200, "kind": "chat", "case_id": "m", "resolved": None}
    for later, contacts in ((True, 1.0), (False, 2.0)):
        made = features(Effort(windows=("365D",)), [asked, {**asked, "ago": 100, "resolved": True, "later": later}])
        assert made["effort_contacts_per_matter_365d"] == contacts


@SOME
@given(life=lives())
def test_matters_are_those_of_the_slow_count(life):
    switches, reopened, recently = 0, 0, {"m1": 0, "m2": 0}
    for matter in ("m1", "m2"):
        closed, touchpoint = False, None
        for event in (event for event in past(life) if event["case_id"] == matter):
            if event["direction"] != "outbound" and event["score"] is None:
                recent = event["ago"] <= 30 * 24
                recently[matter] += recent
                reopened += recent and closed
                switches += (
                    recent and None not in (touchpoint, event["touchpoint"]) and touchpoint != event["touchpoint"]
                )
                touchpoint = event["touchpoint"] or touchpoint
                closed = bool(event["resolved"])
            elif event["resolved"] is not None:
                closed = event["resolved"]
    made = features(Effort(windows=("30D",)), life)
    assert made["effort_switches_30d"] == switches
    assert made["effort_reopened_30d"] == reopened
    contacted = [count for count in recently.values() if count]
    assert made["effort_matters_30d"] == len(contacted)
    expected = sum(contacted) / len(contacted) if contacted else math.nan
    assert made["effort_contacts_per_matter_30d"] == pytest.approx(expected, nan_ok=True)


def test_the_sentence_names_the_time_of_coming_back(log_of):
    rows = pd.DataFrame({"customer_id": ["a"], "cutoff": pd.Timestamp("2024-04-01")})
    fitted = FeatureSet([Effort(windows=("30D",), repeat="3D")], log=log_of(EVENTS)).fit(rows)
    says = {one.name: one for one in fitted.says_}["effort_repeat_share_30d"]
    assert says.sentence(0.5) == "had to come back within 3 days after 50% of the contacts in the last 30 days"
    assert says.sentence(0.0) == "never had to come back within 3 days in the last 30 days"


def test_the_future_is_unknown(log):
    check_no_leak(Effort(), log, cutoffs=["2024-03-01", "2024-06-18T13:45:10"], customers=100)
