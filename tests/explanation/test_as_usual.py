"""What an experience does to the risk: edits of events counted by hand, and the risk asked again of the edited past."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from cxchurn._core import UsageError
from cxchurn.explanation import USUAL, as_usual
from cxchurn.explanation._usual import experiences_of
from cxchurn.interactions import InteractionLog, Schema, read_interactions

_DAY = pd.Timestamp("2024-03-01")


def _events(**columns: list) -> pa.Table:
    return read_interactions(
        pd.DataFrame({"customer_id": ["a"] * len(next(iter(columns.values()))), **columns}).assign(
            timestamp=lambda rows: [_DAY + pd.Timedelta(days=k) for k in range(len(rows))],
            kind=lambda rows: columns.get("kind", ["call"] * len(rows)),
        ),
        Schema(**{name: name for name in ("customer_id", "timestamp", "kind", *columns)}),
        observed_until="2024-06-01",
    ).events


@pytest.mark.parametrize(
    ("experience", "columns", "expected"),
    [
        # phone: the median of 10, 20, 90 is 20; chat: of 2 and 4 it is 3; what has no wait gets none
        (
            "waits",
            {"touchpoint": ["phone", "phone", "phone", "chat", "chat", "web"], "wait_s": [10, 90, 20, 2, 4, None]},
            {"wait_s": [20, 20, 20, 3, 3, None]},
        ),
        # without touchpoints one median for all: of 1, 2, 3, 10 it is 2.5
        ("waits", {"wait_s": [1, 2, 3, 10]}, {"wait_s": [2.5] * 4}),
        ("transfers", {"transfers": [0, 0, 0, 2, 1, None]}, {"transfers": [0, 0, 0, 0, 0, None]}),
        (
            "tone",
            {"kind": ["call", "call", "visit", "visit"], "sentiment": [-0.5, 0.1, 0.4, None]},
            {"sentiment": [-0.2, -0.2, 0.4, None]},
        ),
        (
            "scores",
            {"score": [2, 9, 10, 5, 1], "score_type": ["nps", "nps", "nps", "csat", "csat"]},
            {"score": [9, 9, 9, 3, 3]},
        ),
        # the company's own closing stays what it was, in the matter that it closed
        (
            "open_matters",
            {
                "direction": ["inbound", "inbound", "outbound", "inbound"],
                "resolved": [False, True, True, None],
                "case_id": ["m", "m", "m", None],
            },
            {"resolved": [True, True, True, None], "case_id": ["own 0", "own 1", "m", None]},
        ),
        ("bots", {"agent": ["bot", "human", "self", None]}, {"agent": ["human", "human", "self", None]}),
        # a promotion and what goes out by itself are no word of the company's own accord
        (
            "care",
            {"kind": ["call", "call", "campaign", "survey"], "direction": ["inbound", "outbound", "outbound", "outbound"]},
            {"kind": ["call", "campaign", "survey"], "direction": ["inbound", "outbound", "outbound"]},
        ),
    ],
)  # fmt: skip
def test_edits_are_counted_by_hand(experience: str, columns: dict, expected: dict) -> None:
    events = _events(**columns)
    edited = USUAL[experience].edit(events)
    assert {name: edited[name].to_pylist() for name in expected} == expected
    assert edited.schema == events.schema
    untouched = [name for name in events.column_names if name not in expected and len(edited) == len(events)]
    assert all(edited[name].equals(events[name]) for name in untouched)


def test_what_came_late_comes_when_it_was_promised() -> None:
    days = [_DAY + pd.Timedelta(days=k) for k in range(4)]
    events = _events(promised_at=[days[0], days[2], None, days[1]], delivered_at=[days[0], days[1], days[2], days[3]])
    kept = USUAL["promises"].edit(events)
    # in time, early, without a promise, and two days late
    assert kept["delivered_at"].to_pylist() == [days[0], days[1], days[2], days[1]]
    for name in ("timestamp", "known_at"):
        assert kept[name].to_pylist() == [days[0], days[1], days[2], days[1]]


@pytest.fixture(scope="module")
def few(test):
    return test.take(np.arange(0, len(test), 9))


def test_it_is_the_risk_asked_again_of_the_edited_log(model, few, company, company_schema) -> None:
    found = as_usual(model, few, experiences={"transfers": USUAL["transfers"].edit})
    rows = company.interactions.assign(transfers=company.interactions["transfers"].where(lambda n: n.isna(), 0.0))
    edited = read_interactions(rows, company_schema, customers=company.customers)
    again = model.features_.with_log(edited).transform(few.frame)
    np.testing.assert_array_equal(found["transfers"], model.raw_score(few) - model.raw_score_of(again))
    assert (found["transfers"] > 0).any()
    ever = model.features_of(few).filter(like="effort_transfers").max(axis=1) > 0
    # whoever was never passed on has nothing of it
    assert (found.loc[~ever, "transfers"] == 0).all()


def test_who_else_is_asked_about_changes_nothing(model, few) -> None:
    whole, part = as_usual(model, few), as_usual(model, few.take(np.arange(3)))
    assert list(whole.columns) == ["customer_id", "cutoff", *USUAL]
    pd.testing.assert_frame_equal(whole.head(3), part)
    assert (as_usual(model, few, experiences={"nothing": lambda events: events})["nothing"] == 0).all()


def test_a_log_without_roles_tells_of_no_experience(log: InteractionLog) -> None:
    plain = read_interactions(
        pd.DataFrame({"customer_id": ["a"], "timestamp": [_DAY], "kind": ["visit"]}),
        Schema(customer_id="customer_id", timestamp="timestamp", kind="kind"),
        observed_until="2024-06-01",
    )
    assert experiences_of(plain) == {}
    assert list(experiences_of(log)) == list(USUAL)


def test_rows_without_a_log_are_refused_in_words(model, few) -> None:
    lost = pickle.loads(pickle.dumps(model))
    with pytest.raises(UsageError, match="without a log"):
        as_usual(lost, few.frame)
