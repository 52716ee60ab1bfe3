"""What happened to customers between two instants, and one customer's log, against plain filters."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxchurn.features import Valence
from cxchurn.history import happenings, histories_of, log_of_one
from cxchurn.interactions import read_interactions

COLUMNS = ("timestamp", "kind", "case_id", "wait_s", "later", "unheard_of")


@pytest.fixture(scope="module")
def apart(company, company_schema):
    log = read_interactions(company.interactions, company_schema, customers=company.customers, memory_limit="20MB")
    assert log.parts is not None
    return log


@pytest.fixture(scope="module")
def rows(log) -> list[dict]:
    return log.events.to_pylist()


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    who=st.lists(st.integers(1, 300), min_size=1, max_size=6, unique=True),
    days=st.lists(st.tuples(st.integers(0, 520), st.integers(0, 300)), min_size=6, max_size=6),
    on_disk=st.booleans(),
)
def test_are_the_events_known_in_the_span(log, apart, rows, who, days, on_disk):
    ids = np.array([f"C-{one:06}" for one in who], dtype=object)
    since = np.datetime64("2023-07-01", "us") + np.array([one for one, _ in days[: len(who)]], dtype="timedelta64[D]")
    until = since + np.array([one for _, one in days[: len(who)]], dtype="timedelta64[D]")
    found = happenings(apart if on_disk else log, ids, since, until, columns=COLUMNS, measures={"valence": Valence()})
    assert list(found.columns) == ["row", "number", "known_at", *COLUMNS, "valence"]
    for place, customer in enumerate(ids):
        own = sorted((row for row in rows if row["customer_id"] == customer), key=lambda row: row["known_at"])
        number = [k + 1 for k, row in enumerate(own) if since[place] <= np.datetime64(row["known_at"]) < until[place]]
        told = found[found["row"] == place]
        assert told["number"].tolist() == number
        inside = [own[k - 1] for k in number]
        assert told["known_at"].tolist() == [pd.Timestamp(row["known_at"]) for row in inside]
        if len({row["known_at"] for row in inside}) == len(inside):
            assert told["kind"].tolist() == [row["kind"] for row in inside]
            assert told["case_id"].tolist() == [row["case_id"] for row in inside]
            np.testing.assert_array_equal(told["wait_s"], np.array([row["wait_s"] for row in inside], dtype=float))
    assert found["unheard_of"].isna().all()


def test_nobody_has_none(log):
    at = np.array(["2024-01-01"], dtype="datetime64[us]")
    found = happenings(log, np.array(["nobody"], dtype=object), at, at + 1, columns=("kind",))
    assert list(found.columns) == ["row", "number", "known_at", "kind"]
    assert found.empty


@pytest.mark.parametrize("number", [1, 150, 300])
def test_the_log_of_one_customer_has_that_ones_events_in_order(log, apart, number):
    who = np.array([f"C-{number:06}"], dtype=object)
    own, again = log_of_one(log, who), log_of_one(apart, who)
    assert own.events.equals(again.events)
    assert histories_of(own).ids.tolist() == who.tolist()
    expected = [row for row in log.events.to_pylist() if row["customer_id"] == who[0]]
    assert sorted(map(repr, own.events.to_pylist())) == sorted(map(repr, expected))
    at = np.array(["2030-01-01"], dtype="datetime64[us]")
    told = happenings(log, who, at - np.timedelta64(36_500, "D"), at, columns=("kind",))
    assert own.events["kind"].to_pylist() == told["kind"].tolist()
    assert own.observed_until == log.observed_until
