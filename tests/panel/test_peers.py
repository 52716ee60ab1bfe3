from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cxchurn as cx
from cxchurn._core import UsageError
from cxchurn.interactions import Schema, known_before, read_interactions

START = pd.Timestamp("2024-01-01")
END = 200
COLUMNS = ["customer_id", "day", "kind", "peer_id", "direction"]


def log_of(rows, **options):
    frame = pd.DataFrame(rows, columns=COLUMNS)
    frame.insert(0, "timestamp", START + pd.to_timedelta(frame.pop("day"), unit="D"))
    schema = Schema(**{name: name for name in frame.columns}, duplicates="keep")
    return read_interactions(frame, schema, observed_until=START + pd.Timedelta(days=END), now="2030-01-01", **options)


def told(news):
    days = (news["timestamp"] - START) / pd.Timedelta("1D")
    return list(zip(news["customer_id"], days, news["kind"], news["peer_id"], strict=True))


def test_who_left_and_who_came_back():
    rows = [
        ("Ann", 1, "referral", "Bob", "inbound"),
        ("Bob", 5, "visit", None, "inbound"),
        ("Bob", 20, "campaign", None, "outbound"),  # not Bob's own
        ("Bob", 100, "visit", None, "inbound"),
        ("Bob", 110, "cancel", None, "inbound"),
        ("Cem", 70, "chat", "Bob", "inbound"),  # Cem knows Bob from day 70 on
        ("Cem", 80, "chat", "Cem", "inbound"),  # and nobody is a peer of their own
        ("Cem", 90, "chat", "stranger", "inbound"),
    ]
    assert told(cx.peers_left(log_of(rows))) == [
        ("Ann", 65, "peer_left", "Bob"),
        ("Ann", 100, "peer_back", "Bob"),
        ("Ann", 110, "peer_left", "Bob"),
        ("Cem", 100, "peer_back", "Bob"),
        ("Cem", 110, "peer_left", "Bob"),
    ]
    assert told(cx.peers_left(log_of(rows), silent="95D", ended_by=())) == []


def test_as_long_as_the_log_goes():
    rows = [("Ann", 1, "chat", "Bob", "inbound"), ("Bob", 140, "visit", None, "inbound")]
    assert told(cx.peers_left(log_of(rows))) == []  # sixty days later the log ends
    assert told(cx.peers_left(log_of(rows), silent="59D")) == [("Ann", 199, "peer_left", "Bob")]


def test_a_log_without_peers_is_refused():
    with pytest.raises(UsageError, match="the log has no peer_id"):
        cx.peers_left(read_interactions(pd.DataFrame({"customer_id": ["a"], "timestamp": [START], "kind": "visit"})))


def test_whole_numbers_and_parts_are_told_alike():
    rng = np.random.default_rng(0)
    rows = [(int(who), int(day), "visit", None, "inbound") for who, day in rng.integers(0, [30, END], (150, 2))]
    rows += [
        (int(who), int(day), "chat", str(peer), "inbound") for who, day, peer in rng.integers(0, [30, END, 30], (90, 3))
    ]
    whole = cx.peers_left(log_of(rows))
    assert len(whole) > 40
    parts = log_of(rows, memory_limit="10KB")
    assert parts.parts is not None
    pd.testing.assert_frame_equal(whole, cx.peers_left(parts))
    text = cx.peers_left(log_of([(str(who), *rest) for who, *rest in rows]))
    assert sorted(told(text)) == sorted((str(who), *rest) for who, *rest in told(whole))


_ROW = st.tuples(
    st.sampled_from("ABC"),
    st.integers(0, END - 1),
    st.sampled_from(["visit", "visit", "cancel"]),
    st.sampled_from([None, "A", "B"]),
    st.sampled_from(["inbound", "inbound", "outbound"]),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=st.lists(_ROW, min_size=1, max_size=14), cut=st.integers(1, END))
def test_is_what_a_walk_through_the_days_says(rows, cut):
    """And nothing that is told before an instant changes by what comes at or after it."""
    expected = []
    for who in "ABC":
        for peer in "AB":
            met = min((day for name, day, _, other, _ in rows if (name, other) == (who, peer)), default=None)
            if met is None or who == peer:
                continue
            here, last = None, None
            for day in range(END):
                if (
                    here
                    and day == last + 60
                    and not any(r[0] == peer and r[1] == day and r[4] == "inbound" for r in rows)
                ):
                    here = False
                    expected += [(who, day, "peer_left", peer)] if day > met else []
                acts = [kind for name, at, kind, _, way in rows if (name, at, way) == (peer, day, "inbound")]
                for kind in sorted(acts, key=lambda kind: kind == "cancel"):
                    if kind == "cancel":
                        expected += [(who, day, "peer_left", peer)] if day > met and here is not False else []
                        here = False
                    else:
                        expected += [(who, day, "peer_back", peer)] if day > met and here is False else []
                        here, last = True, day
    log = log_of(rows)
    news = told(cx.peers_left(log))
    assert sorted(news) == sorted(expected)
    at = START + pd.Timedelta(days=cut)
    before = told(cx.peers_left(known_before(log, at))) if any(day < cut for _, day, *_ in rows) else []
    assert sorted(one for one in before if one[1] < cut) == sorted(one for one in news if one[1] < cut)
