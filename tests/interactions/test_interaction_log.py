from __future__ import annotations

import copy
import pickle
import weakref

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxchurn._core import UsageError
from cxchurn.interactions import Schema, fingerprint, known_before, read_customers, read_interactions, with_events

from .interaction_rows import NOW, row

ROWS = [
    row("b", "2024-01-01", "visit", value=1.0, group="x"),
    row("a", "2024-01-03", "call", value=None, group=" "),
    row("a", "2024-01-02", "visit", value=-2.5, group="A"),
]
SCHEMA = Schema(**{name: name for name in row()}, value="value", categories=("group",))


def log_of(rows=ROWS, **options):
    return read_interactions(pd.DataFrame(rows), SCHEMA, **{"now": NOW, **options})


def test_events_have_the_canonical_columns_and_types():
    label = pa.dictionary(pa.int32(), pa.string())
    expected = {
        "customer_id": label,
        "timestamp": pa.timestamp("us"),
        "known_at": pa.timestamp("us"),
        "kind": label,
        "value": pa.float64(),
        "group": label,
        "later": pa.bool_(),
    }
    assert {column.name: column.type for column in log_of().events.schema} == expected


def test_labels_are_coded_in_the_order_of_the_text():
    events = log_of().events
    kinds, groups = (events[name].combine_chunks() for name in ("kind", "group"))
    assert (kinds.dictionary.to_pylist(), kinds.indices.to_pylist()) == (["call", "visit"], [1, 0, 1])
    # a blank label is a missing one
    assert (groups.dictionary.to_pylist(), groups.indices.to_pylist()) == (["A", "x"], [1, None, 0])


def test_whole_numbers_that_became_decimal_read_as_whole_labels(read):
    log = read([row(agent_id=7.0), row("b", agent_id=None)])
    assert log.events["agent_id"].to_pylist() == ["7", None]


def test_the_last_day_counts_as_complete():
    assert log_of().observed_until == np.datetime64("2024-01-04", "us")
    assert log_of([row(value=1.0, group="", timestamp="2024-01-03T23:59:59.999999")]).observed_until == np.datetime64(
        "2024-01-04"
    )
    assert log_of(observed_until="2024-02-01").observed_until == np.datetime64("2024-02-01", "us")


def test_a_log_says_what_it_holds():
    log = log_of()
    assert (len(log), log.ids, log.start, log.categories, log.schema) == (
        3,
        "text",
        np.datetime64("2024-01-01", "us"),
        ("group",),
        SCHEMA,
    )
    assert log.roles == {"customer_id", "timestamp", "known_at", "kind", "value"}
    assert "3 interactions of 2 customers, 2024-01-01 .. 2024-01-04" in repr(log)
    assert read_interactions(pd.DataFrame([row(5)]), now=NOW).ids == "integer"


def test_a_log_is_a_shared_handle_that_travels():
    log = log_of()
    assert copy.copy(log) is log
    assert copy.deepcopy([log])[0] is log
    assert weakref.ref(log)() is log
    assert hash(log) == object.__hash__(log)
    travelled = pickle.loads(pickle.dumps(log))
    assert travelled.events.equals(log.events)
    assert travelled.observed_until == log.observed_until
    assert log_of() != log


def test_two_readings_are_equal_to_the_byte():
    # also in the memory under missing values, which the engine leaves to chance
    missing = [{**each, "resolved": None, "promised_at": None, "value": None} for each in ROWS]
    rows = [*missing, row("c", group=None, value=1.0, resolved=True, promised_at="2024-02-01")]
    schema = Schema(
        **{name: name for name in row()},
        value="value",
        resolved="resolved",
        promised_at="promised_at",
        categories=("group",),
    )
    readings = [pickle.dumps(read_interactions(pd.DataFrame(rows), schema, now=NOW).events) for _ in range(12)]
    assert len(set(readings)) == 1


def test_what_was_known_before_an_instant():
    rows = [{**each, "known_at": known} for each, known in zip(ROWS, ["2024-01-05", None, None], strict=True)]
    schema = Schema(**{name: name for name in row()}, known_at="known_at", value="value", categories=("group",))
    dated = pd.DataFrame(
        {"customer_id": ["a", "a"], "valid_from": ["2024-01-01", "2024-01-03"], "plan": ["old", "new"]}
    )
    log = read_interactions(pd.DataFrame(rows), schema, customers=dated, now=NOW)
    # known on the 5th, 3rd and 2nd; what happens at the instant is the future
    assert known_before(log, "2024-01-03").events["timestamp"].to_pylist() == [pd.Timestamp("2024-01-02")]
    assert len(known_before(log, "2024-01-05")) == 2
    assert len(known_before(log, "2024-01-05T00:00:00.000001")) == 3
    early = known_before(log, "2024-01-03")
    assert early.customers.table["plan"].to_pylist() == ["old"]
    assert early.customers.table["plan"].combine_chunks().dictionary.to_pylist() == ["old"]
    assert early.events["kind"].combine_chunks().dictionary.to_pylist() == ["visit"]
    assert early.observed_until == log.observed_until
    assert len(known_before(log, "2020-01-01")) == 0
    assert known_before(log, "2020-01-01").start is None
    assert "empty" in repr(known_before(log, "2020-01-01"))
    plain = read_interactions(pd.DataFrame(rows), schema, customers=dated[["customer_id", "plan"]][:1], now=NOW)
    assert len(known_before(plain, "2020-01-01").customers) == 1


def test_a_log_with_other_events_keeps_the_rest():
    log = log_of()
    changed = with_events(log, log.events.filter(pc.equal(log.events["customer_id"], "a")).drop_columns(["later"]))
    assert len(changed) == 2
    assert changed.observed_until == log.observed_until
    assert changed.events["group"].combine_chunks().dictionary.to_pylist() == ["A"]
    assert changed.events["later"].to_pylist() == [False, False]
    with pytest.raises(UsageError, match="known_at"):
        with_events(log, log.events.drop_columns(["known_at"]))
    with pytest.raises(UsageError, match="timestamp of type timestamp"):
        with_events(log, log.events.set_column(1, "timestamp", log.events["timestamp"].cast(pa.timestamp("ns"))))


tables = st.lists(
    st.tuples(
        st.sampled_from("abc"), st.integers(0, 3), st.sampled_from(["visit", "call"]), st.none() | st.integers(-2, 2)
    ),
    min_size=1,
    max_size=12,
    unique=True,
)


@settings(max_examples=10, deadline=None)
@given(tables, st.randoms())
def test_a_fingerprint_knows_the_content_not_the_order(rows, chance):
    base = log_of()
    kind = pa.dictionary(pa.int32(), pa.string())

    def events(found):
        moments = pa.array([each[1] for each in found], pa.int64()).cast(pa.timestamp("us"))
        return with_events(
            base,
            pa.table(
                {
                    "customer_id": [each[0] for each in found],
                    "timestamp": moments,
                    "known_at": moments,
                    "kind": pa.array([each[2] for each in found]).cast(kind),
                    "value": pa.array([each[3] for each in found], pa.float64()),
                }
            ),
        )

    shuffled = rows.copy()
    chance.shuffle(shuffled)
    assert fingerprint(events(rows)) == fingerprint(events(shuffled))
    assert fingerprint(events(rows))["customers"] == len({each[0] for each in rows})
    first, *others = rows
    changes = [("z", *first[1:]), (first[0], 9, *first[2:]), (*first[:2], "chat", first[3]), (*first[:3], 7)]
    seen = {fingerprint(events([change, *others]))["sha256"] for change in changes} | {
        fingerprint(events(rows))["sha256"]
    }
    assert len(seen) == 5
    assert fingerprint(events([*rows, first]))["sha256"] not in seen


def test_a_fingerprint_is_the_same_everywhere():
    assert fingerprint(log_of()) == {
        "rows": 3,
        "customers": 2,
        "first": "2024-01-01",
        "last": "2024-01-03",
        "sha256": "68334ad33196bab4e4aebfe3cb8a3c131e585990e8074a84824a84f30baeb736",
    }


def test_a_fingerprint_knows_the_attributes():
    plans = [read_customers(pd.DataFrame({"customer_id": ["a"], "plan": [plan]})) for plan in ("x", "y")]
    prints = [fingerprint(log_of(customers=table))["sha256"] for table in (None, *plans)]
    assert len(set(prints)) == 3


@pytest.mark.parametrize("memory", [None, "300MB"])
def test_to_pandas_has_every_event_once(memory):
    log = log_of(memory_limit=memory)
    frame = log.to_pandas()
    assert list(frame.columns) == log.types.names
    # in parts customers come part by part
    told = frame.sort_values(["customer_id", "timestamp"])[["customer_id", "timestamp", "kind", "value"]]
    assert [tuple(one) for one in told.astype({"customer_id": str, "kind": str}).itertuples(index=False)][1:] == [
        ("a", pd.Timestamp("2024-01-03"), "call", pytest.approx(np.nan, nan_ok=True)),
        ("b", pd.Timestamp("2024-01-01"), "visit", 1.0),
    ]
    assert told["value"].iloc[0] == -2.5
