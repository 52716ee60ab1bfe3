from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cxchurn as cx
from cxchurn.checks import check_no_leak
from cxchurn.features import FeatureSet, Network
from cxchurn.interactions import Schema, Source, read_interactions

from ._experience import mean, spoken
from ._life import FEW

NAN = math.nan
OWN = {"direction": "inbound", "peer_id": None}
NEWS = {"direction": "outbound", "kind": "peer_left"}
EVENTS = [
    {**OWN, "ago": 300, "kind": "joined", "peer_id": "Ann"},
    {**OWN, "ago": 200, "kind": "referral", "peer_id": "Bob"},
    {**OWN, "ago": 190, "kind": "referral", "peer_id": "Bob"},
    {**OWN, "ago": 80, "kind": "referral", "peer_id": "Cem"},
    {**NEWS, "ago": 70, "peer_id": "Ann"},
    {**NEWS, "ago": 60, "peer_id": "Bob"},
    {**NEWS, "ago": 50, "kind": "peer_back", "peer_id": "Bob"},
    {**OWN, "ago": 40, "kind": "question"},
    {"direction": "outbound", "ago": 33, "kind": "reply", "peer_id": "Dee"},
    {**OWN, "ago": 30, "kind": "question"},
    {**OWN, "ago": 2, "kind": "question"},
    {**NEWS, "ago": 0, "peer_id": "Cem"},
]


def network(made, events, **options):
    found = made(Network(**{"windows": ("90D",), **options}), events)
    return {name.removeprefix("network_"): value for name, value in found.items()}


def test_who_is_still_there(made):
    assert network(made, EVENTS) == pytest.approx(
        {
            "brought": 2.0,  # Bob and Cem
            "gone": 1.0,  # Ann: Bob is back, and what comes at the cut-off is the future
            "gone_share": 1 / 4,
            "days_gone": 60.0,
            "sponsor_gone": 1.0,
            "peers_90d": 2.0,  # Cem and Dee; news is no acquaintance
            "answered_share_90d": 1 / 2,  # exactly seven days later; the second within none; of the third nobody knows
            "unanswered_90d": 2.0,
        }
    )


def test_a_friend_who_left_is_gone_whatever_is_said_of_them(made):
    later = [
        {**OWN, "ago": 20, "kind": "comment", "peer_id": "Ann"},
        {**OWN, "ago": 10, "kind": "joined", "peer_id": "Cem"},
    ]
    found = network(made, [*EVENTS, *later])
    assert (found["gone"], found["sponsor_gone"]) == (1.0, 1.0)


def test_there_is_no_column_on_what_the_log_never_had(made):
    assert list(network(made, [{"ago": 9, "peer_id": "Ann", "kind": "chat"}])) == ["peers_90d"]
    assert list(network(made, [{**EVENTS[0]}])) == ["peers_90d"]


_PEERS = ("A", "B", "C")
_EVENT = st.fixed_dictionaries(
    {
        "ago": st.sampled_from([-1, 0, 1, 6, 7, 8, 13, 14, 15, 29, 30, 31, 37, 60, 100]),
        "kind": st.sampled_from(["joined", "referral", "question", "chat", "peer_left", "peer_left", "peer_back"]),
        "direction": st.sampled_from(["inbound", "outbound"]),
        "peer_id": st.sampled_from([None, *_PEERS, "A"]),
    }
)
_LIFE = st.lists(_EVENT, min_size=1, max_size=12, unique_by=lambda event: event["ago"])
_GUIDE = [{**event, "customer_id": "guide", "ago": event["ago"] + 900} for event in EVENTS]


@FEW
@given(lives=st.lists(_LIFE, min_size=6, max_size=6))
def test_is_what_one_pass_says(lives, made_each):
    found = made_each(Network(windows=("30D",)), lives, _GUIDE)
    for one, life in zip(found, lives, strict=True):
        told = {f"network_{name}": value for name, value in slowly(life).items()}
        assert one == pytest.approx(told, nan_ok=True)


def slowly(life):
    seen = sorted((event for event in life if event["ago"] > 0), key=lambda event: -event["ago"])
    gone, sponsor, brought = {}, None, set()
    for event in seen:
        kind, peer = event["kind"], event["peer_id"]
        if peer is not None:
            gone[peer] = {"peer_left": True, "peer_back": False}.get(kind, gone.get(peer, False))
            sponsor = peer if sponsor is None and kind == "joined" else sponsor
            brought |= {peer} if kind == "referral" and event["direction"] == "inbound" else set()
    met = [event for event in seen if event["peer_id"] and not event["kind"].startswith("peer_")]
    answers = [event["ago"] for event in met if event["direction"] == "outbound"]
    asked = [e["ago"] for e in seen if e["kind"] == "question" and e["direction"] == "inbound" and e["ago"] <= 30]
    after = [[ago - answer for answer in answers if answer < ago] for ago in asked]
    decided = [
        min(waited, default=99) <= 7
        for ago, waited in zip(asked, after, strict=True)
        if ago >= 7 or min(waited, default=99) <= 7
    ]
    return {
        "brought": len(brought),
        "gone": sum(gone.values()),
        "gone_share": mean(list(gone.values())),
        "days_gone": min((event["ago"] for event in seen if event["kind"] == "peer_left"), default=NAN),
        "sponsor_gone": NAN if sponsor is None else float(gone[sponsor]),
        "peers_30d": len({event["peer_id"] for event in met if event["ago"] <= 30}),
        "answered_share_30d": mean(decided),
        "unanswered_30d": sum(not waited for waited in after),
    }


def test_news_of_peers_is_read_beside_the_log():
    """Ann brings Bob, who is silent from the fifth of January on, and is seen again on May 1st."""
    rows = pd.DataFrame(
        [
            ("Ann", "2024-01-02", "referral", "Bob"),
            ("Bob", "2024-01-05", "visit", None),
            ("Ann", "2024-03-01", "visit", None),
            ("Bob", "2024-05-01", "visit", None),
            ("Ann", "2024-06-01", "visit", None),
        ],
        columns=["customer_id", "timestamp", "kind", "peer_id"],
    )
    schema = Schema(customer_id="customer_id", timestamp="timestamp", kind="kind", peer_id="peer_id")
    news = cx.peers_left(read_interactions(rows, schema, now="2030-01-01"))
    beside = Schema(**{name: name for name in news.columns})
    log = read_interactions([Source(rows, schema), Source(news, beside)], now="2030-01-01")
    cutoffs = ["2024-03-05", "2024-03-05T00:00:01", "2024-05-02"]
    at = pd.DataFrame({"customer_id": "Ann", "cutoff": pd.to_datetime(cutoffs, format="ISO8601")})
    found = FeatureSet([Network(windows=("30D",))], min_customers=1, log=log).fit_transform(at)
    assert found["network_gone"].tolist() == [0.0, 1.0, 0.0]  # 60 days after January 5th it is March 5th
    check_no_leak(Network(), log, cutoffs=["2024-03-06", "2024-05-02"])


def test_news_is_no_word_of_ours(made):
    """An unanswered question stays one when a friend leaves."""
    asked = {"ago": 9, "kind": "call", "direction": "inbound", "peer_id": None}
    found = [
        made(cx.Attention(windows=("90D",)), [asked, *more]) for more in ([], [{**NEWS, "ago": 8, "peer_id": "Ann"}])
    ]
    words = [{name: value for name, value in one.items() if "answer" in name or "waiting" in name} for one in found]
    assert words[0] == pytest.approx(words[1], nan_ok=True)
    assert 1.0 in words[0].values()


def test_sentences(log_of):
    says = spoken(Network(), log_of(EVENTS))
    assert says["brought"].sentence(1.0) == "has brought 1 other customer"
    assert says["gone"].sentence(2.0) == "knows 2 other customers gone by now"
    assert says["gone_share"].sentence(0.25).startswith("has seen 25% of the other customers leave")
    assert says["sponsor_gone"].sentence(1.0) == "came through another customer, who has left"
    assert says["answered_share_90d"].sentence(0.5) == (
        "got an answer from others within 7 days to 50% of what they asked in the last 90 days"
    )
    assert says["unanswered_90d"].sentence(2.0) == "has had no answer from others to 2 questions of the last 90 days"
    assert says["peers_90d"].sentence(3.0) == "had to do with 3 other customers in the last 90 days"


def test_the_future_is_unknown(log_of):
    events = [{**event, "customer_id": f"c{n}", "ago": event["ago"] + n} for n in range(20) for event in EVENTS]
    check_no_leak(Network(), log_of(events), cutoffs=["2024-01-22T23:59", "2024-03-01"], customers=20)
