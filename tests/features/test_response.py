from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxchurn._core import MismatchError
from cxchurn.checks import check_no_leak
from cxchurn.features import Builder, Column, FeatureSet, LastK, Response, features_from_plain, features_to_plain
from cxchurn.interactions import Later, Schema, read_interactions

from ._experience import mean
from ._life import SOME

NAN = math.nan
OUT = {"kind": "newsletter", "direction": "outbound", "touchpoint": "email", "agent": None, "opened": None}
CAME = {"direction": "inbound", "touchpoint": "store", "agent": "human", "opened": None}
# six messages: opened 200 days ago, not 100, opened 60, never again; two visits; and an opening at the cut-off
EVENTS = [
    {**OUT, "ago": 200, "opened": True},
    {**OUT, "ago": 100, "opened": False},
    {**CAME, "ago": 90},
    {**OUT, "ago": 60, "opened": True},
    {**OUT, "ago": 40, "opened": False},
    {**OUT, "ago": 20, "opened": False},
    {**OUT, "ago": 1, "opened": False},
    {**CAME, "ago": 1},
    {**OUT, "ago": 0, "opened": True},
]


def test_what_became_of_messages(made):
    assert made(Response(windows=("90D",)), EVENTS) == pytest.approx(
        {
            "response_unopened": 3.0,  # 40, 20 and 1 days ago
            "response_days_opened": 60.0,
            "response_sent_90d": 4.0,  # 60, 40, 20 and 1 days ago
            "response_opened_share_90d": 1 / 4,
            "response_opened_shift_90d": 1 / 4 - 1 / 2,  # before: opened one of two
            "response_ways_90d": 2.0,  # the e-mail opened 60 days ago, and the store
            "response_replies_90d": 0.0,  # both visits were in the store, to which no message went
            "response_personal_share_90d": NAN,
        },
        nan_ok=True,
    )


def test_a_person_is_no_message_and_a_word_on_opening_makes_one(made):
    events = [
        {**OUT, "ago": 9, "agent": "human"},  # written by a person
        {
            **OUT,
            "ago": 8,
            "kind": "offer",
            "opened": False,
        },  # a kind that nobody named, but it says that it was not opened
        {**OUT, "ago": 7, "kind": "delivery"},  # neither
        {**OUT, "ago": 6, "direction": "inbound"},  # sent to us
        {**OUT, "ago": 5},
    ]
    features = made(Response(windows=("90D",)), events)
    assert (features["response_sent_90d"], features["response_unopened"]) == (2.0, 2.0)
    assert math.isnan(features["response_days_opened"])
    # the one of 5 days ago may still be opened within 7
    assert features["response_opened_share_90d"] == 0.0
    assert made(Response(windows=("90D",), messages=("delivery",)), events)["response_unopened"] == 2.0


def test_replies_come_over_the_touchpoint_of_the_message_and_soon(made):
    mail = {**CAME, "kind": "email", "touchpoint": "email"}
    events = [
        {**OUT, "ago": 50, "opened": True},
        {**mail, "ago": 43},  # exactly 7 days later
        {**mail, "ago": 42.9, "agent": "bot"},  # the same message was replied to already
        {**OUT, "ago": 40, "opened": False},
        {**mail, "ago": 32.9},  # more than 7 days later
        {**OUT, "ago": 30, "opened": False},
        {**mail, "ago": 29, "touchpoint": "phone"},
        {**mail, "ago": 28, "agent": "bot"},
    ]
    features = made(Response(windows=("90D",)), events)
    assert (features["response_replies_90d"], features["response_personal_share_90d"]) == (2.0, 0.5)
    assert features["response_ways_90d"] == 2.0


@pytest.mark.parametrize(
    ("kinds", "days"),
    [
        ({30: "unsubscribe"}, 30.0),
        ({30: "unsubscribe", 10: "opt_out"}, 10.0),
        ({30: "unsubscribe", 10: "opt_in"}, NAN),
        ({30: "opt_in", 10: "unsubscribe"}, 10.0),
        ({30: "unsubscribe", 0: "opt_in"}, 30.0),
    ],
)
def test_who_told_us_to_stop(kinds, days, made):
    events = [{**CAME, "ago": ago, "kind": kind} for ago, kind in kinds.items()]
    features = made(Response(windows=()), [{**OUT, "ago": 99, "opened": True}, *events])
    assert features["response_days_opted_out"] == pytest.approx(days, nan_ok=True)


def test_there_is_no_column_on_what_the_log_never_had(made):
    bare = [{"ago": ago, "kind": "sms", "direction": "outbound", "opened": ago > 5} for ago in (9, 3)]
    assert [name.removeprefix("response_") for name in made(Response(windows=("90D",)), bare)] == [
        "unopened",
        "days_opened",
        "sent_90d",
        "opened_share_90d",
        "opened_shift_90d",
    ]
    clicked = [{**one, "clicked": one["opened"]} for one in bare]
    assert made(Response(windows=("90D",)), clicked)["response_clicked_share_90d"] == 0.5


def test_a_click_is_an_opening_too(made):
    events = [{**OUT, "ago": ago, "opened": ago == 9, "clicked": ago == 6} for ago in (9, 6, 3)]
    features = made(Response(windows=("90D",)), events)
    assert (features["response_unopened"], features["response_days_opened"]) == (1.0, 6.0)
    assert features["response_opened_share_90d"] == pytest.approx(2 / 3)
    assert features["response_clicked_share_90d"] == pytest.approx(1 / 3)


def test_openings_known_later_are_not_known_before():
    """Three messages; the first was opened two days later, the second nine days later, the third a day after the cut-off."""
    rows = pd.DataFrame(
        {
            "customer_id": "a",
            "timestamp": pd.to_datetime(["2024-01-01", "2024-02-01", "2024-03-31"]),
            "kind": "newsletter",
            "direction": "outbound",
            "opened": True,
            "opened_at": pd.to_datetime(["2024-01-03", "2024-02-10", "2024-04-02"]),
        }
    )
    roles = {name: name for name in rows.columns if name != "opened_at"}
    schema = Schema(**roles, later=(Later(at="opened_at", columns=("opened",)),))
    log = read_interactions(rows, schema, now="2030-01-01")
    cutoffs = pd.to_datetime(["2024-01-02", "2024-01-04", "2024-04-01", "2024-04-03"])
    at = pd.DataFrame({"customer_id": "a", "cutoff": cutoffs})
    found = FeatureSet([Response(windows=("90D",))], min_customers=1, log=log).fit_transform(at)
    # on April 1st the 90 days begin on January 2nd: the second was opened too late, and of the third nobody knows yet
    assert found["response_unopened"].tolist() == [1.0, 0.0, 1.0, 0.0]
    assert found["response_sent_90d"].tolist() == [1.0, 1.0, 2.0, 2.0]
    assert found["response_opened_share_90d"].tolist() == pytest.approx([NAN, 1.0, 0.0, 1 / 2], nan_ok=True)
    assert found["response_days_opened"].tolist() == pytest.approx([NAN, 1.0, 51.0, 1.0], nan_ok=True)


_HOURS = st.one_of(st.sampled_from([24 * d + by for d in (0, 7, 30) for by in (-1, 0, 1)]), st.integers(-48, 60 * 24))
_VALUES = {
    "direction": ("outbound", "outbound", "inbound"),
    "touchpoint": ("email", "store", None),
    "agent": (None, "human", "bot"),
    "opened": (None, True, False),
}
_GUIDE = {**OUT, "customer_id": "guide", "ago": 300, "opened": True}


@st.composite
def _lives(draw: st.DrawFn) -> list[dict]:
    events = []
    for hours in sorted(draw(st.lists(_HOURS, max_size=14, unique=True)), reverse=True):
        event = {"ago": hours / 24, "kind": draw(st.sampled_from(["newsletter", "visit"]))}
        event |= {name: draw(st.sampled_from(values)) for name, values in _VALUES.items()}
        events.append(event)
    return events


@SOME
@given(life=_lives())
def test_messages_are_as_the_slow_count_says(life, made):
    """One by one over the events before the cut-off."""
    seen = [event for event in life if event["ago"] > 0]
    sent = [
        event["direction"] == "outbound"
        and event["agent"] != "human"
        and (event["kind"] == "newsletter" or event["opened"] is not None)
        for event in seen
    ]
    unopened, fates, ways, replies = NAN, [], set(), []
    message = None
    for place, (event, is_message) in enumerate(zip(seen, sent, strict=True)):
        if is_message or event["opened"]:
            so_far = 0.0 if math.isnan(unopened) else unopened
            unopened = 0.0 if event["opened"] else so_far + 1
        if is_message:
            openings = [other["ago"] for other in seen[place + 1 :] if other["opened"]]
            soon = any(event["ago"] - ago <= 7 for ago in openings)
            if event["opened"] is not None:
                fates.append((event["ago"], float(event["opened"])))
            elif soon or event["ago"] >= 7:
                fates.append((event["ago"], float(soon)))
            message = event
        contact = event["direction"] == "inbound"
        if (contact or event["opened"]) and event["touchpoint"] and event["ago"] <= 30:
            ways.add(event["touchpoint"])
        near = message is not None and message["ago"] - event["ago"] <= 7 and not is_message
        if contact and near and event["touchpoint"] == message["touchpoint"] is not None:
            replies.append((event["ago"], float(event["agent"] == "human")))
            message = None
    recent, earlier = ([fate for ago, fate in fates if (ago <= 30) == late] for late in (True, False))
    found = made(Response(windows=("30D",)), [_GUIDE, *life])
    assert found == pytest.approx(
        {
            "response_unopened": unopened,
            "response_days_opened": min((event["ago"] for event in seen if event["opened"]), default=NAN),
            "response_sent_30d": sum(m for m, event in zip(sent, seen, strict=True) if event["ago"] <= 30),
            "response_opened_share_30d": mean(recent),
            "response_opened_shift_30d": mean(recent) - mean(earlier),
            "response_ways_30d": len(ways),
            "response_replies_30d": sum(ago <= 30 for ago, _ in replies),
            "response_personal_share_30d": mean([personal for ago, personal in replies if ago <= 30]),
        },
        nan_ok=True,
    )


def test_sentences(log_of):
    log = log_of([*EVENTS, {**CAME, "ago": 3, "kind": "unsubscribe"}])
    rows = pd.DataFrame({"customer_id": ["a"], "cutoff": pd.Timestamp("2024-04-01")})
    says = {one.name: one for one in FeatureSet([Response()], min_customers=1, log=log).fit(rows).says_}
    assert says["response_unopened"].sentence(1.0) == "was sent 1 message in a row without opening one"
    assert says["response_unopened"].sentence(12.0) == "was sent 12 messages in a row without opening one"
    assert says["response_unopened"].sentence(0.0) == "opened the last of our messages"
    assert says["response_days_opened"].sentence(60.0) == "last opened a message of ours 60 days ago"
    assert says["response_days_opted_out"].sentence(3.0) == "told us 3 days ago to send no more messages"
    shift = says["response_opened_shift_90d"]
    assert (
        shift.sentence(-0.2)
        == "opened our messages less often in the last 90 days than before, by 20 percentage points"
    )
    ways = says["response_ways_365d"]
    assert ways.sentence(1.0) == "opened a message or got in touch over 1 touchpoint in the last 365 days"


def test_a_measure_of_the_name_is_no_opening():
    """It keeps its name and its columns; what needs the role is off, what needs a column of the name is on."""
    frame = pd.DataFrame(EVENTS).assign(customer_id="a", opened=2.0).fillna({"kind": "visit"})
    frame = frame.assign(timestamp=pd.Timestamp("2024-04-01") - pd.to_timedelta(frame.pop("ago"), unit="D"))
    roles = {name: name for name in frame.columns if name != "opened"}
    rows = pd.DataFrame({"customer_id": ["a"], "cutoff": pd.Timestamp("2024-04-01")})
    log = read_interactions(frame, Schema(**roles, measures=("opened",)), now="2030-01-01")
    asked = FeatureSet([Response(), LastK(measures=("opened",)), Opened()], min_customers=1, log=log).fit(rows)
    assert [type(builder) for builder in asked.builders_] == [LastK, Opened]
    assert asked.families_.set_index("builder").loc["Response", "why"] == "the log lacks opened or clicked"
    assert asked.transform(rows)["opened_sum"].tolist() == [16.0]  # eight of the nine are before the cut-off

    as_role = read_interactions(frame.assign(opened=True), Schema(**roles, opened="opened"), now="2030-01-01")
    heard = FeatureSet([Response()], min_customers=1, log=as_role).fit(rows)
    assert heard.transform(rows)["response_unopened"].tolist() == [0.0]
    loaded = features_from_plain(features_to_plain(heard))
    with pytest.raises(MismatchError, match="the log lacks opened, which") as caught:
        loaded.with_log(log).transform(rows)
    assert caught.value.hint == "opened is a measure or category of the log: map its column as the role opened."


class Opened(Builder):
    """What somebody's own builder made of a column of the name, before there was the role."""

    driver = "opened"
    needs = ("opened",)

    def columns(self, seen):
        yield Column("opened_sum", seen.sum("opened"), says="opened {value:.0f} pages")


def test_the_future_is_unknown(log_of):
    events = [{**event, "customer_id": f"c{n}", "ago": event["ago"] + n} for n in range(20) for event in EVENTS]
    check_no_leak(Response(), log_of(events), cutoffs=["2024-01-02T12:00", "2024-03-01"], customers=20)
