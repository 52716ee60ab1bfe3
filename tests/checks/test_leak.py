from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from cxchurn._core import UsageError
from cxchurn.checks import LeakError, check_no_leak, forged_future
from cxchurn.features import Builder, Column, Comparing, Recency, Volume
from cxchurn.history import Measure
from cxchurn.interactions import Schema, known_before, read_interactions

MIDDAY = "2024-06-18T13:45:10"


@dataclass(frozen=True)
class Standardised(Measure):
    """Leaks: an event's value over the mean of the whole column, future included."""

    def compute(self, events):
        value = events["value"]
        return value / np.nanmean(value)


@dataclass(frozen=True)
class InHundreds(Measure):
    """Does not leak: every event by itself."""

    def compute(self, events):
        return events["value"] / 100


class Spend(Builder):
    """What customers spend, by some measure; beside it a column that is always honest."""

    driver = "spend"

    def __init__(self, measure):
        self.measure = measure

    def columns(self, seen):
        yield Column("spend_count_life", seen.count(), says="has had {value:#interaction}")
        yield Column("spend_mean_life", seen.mean(self.measure), says="spends {value}")


class Peeking(Builder):
    """Leaks: reaches round the view for the time of the last event of all."""

    driver = "peeking"

    def columns(self, seen):
        yield Column("peeking_count_life", seen.count(), says="has had {value:#interaction}")
        last = np.full(seen.count().size, float(seen._rows.history.place.max()))
        yield Column("peeking_last_of_all", last, says="{value}")


class AllEvents(Builder):
    """Leaks: takes each customer's last event whenever it is."""

    driver = "all"

    def columns(self, seen):
        history = seen._rows.history
        ends = np.flatnonzero(np.diff(history.offsets)) + 1
        place = dict(zip(history.ids[ends - 1], history.place[history.offsets[ends] - 1], strict=True))
        last = np.array([place.get(customer, np.nan) for customer in seen._customers], dtype=float)
        yield Column("all_last", last, says="{value}")


class AtTheEdge(Builder):
    """Leaks: counts what happens at the cut-off itself, which no event of the true log does."""

    driver = "edge"

    def columns(self, seen):
        place = seen._rows.history.place
        now = (
            np.isin(seen._rows.cutoffs, place[place >= seen._rows.cutoffs.min()])
            if seen._rows.cutoffs.size
            else np.empty(0)
        )
        yield Column("edge_now", now.astype(float), says="{value}")


class NewColumns(Builder):
    """Leaks: makes a column for every kind there will ever be."""

    driver = "kinds"

    def columns(self, seen):
        for kind in seen._rows.history.columns["kind"].levels:
            yield Column(f"kinds_{kind}_seen", seen.count(), says="{value}")


class Prophet(Comparing):
    """Leaks: what becomes of everybody in a window that is still open."""

    driver = "prophet"

    def reference(self, crowd):
        if crowd.churn is None:
            return {}
        customers = crowd.ask(lambda seen: {"who": seen.customers})["who"]
        cutoffs = np.full(customers.size, crowd.at).astype("datetime64[us]")
        return {"rate": [float(crowd.churn.churned(crowd.log, customers, cutoffs).mean())]}

    def columns(self, seen):
        rate = np.full(seen.customers.size, np.nan)
        for rows, table in seen.compared(self.table_name):
            rate[rows] = table.get("rate", [np.nan])[0]
        yield Column("prophet_rate", rate, says="is asked about when {value:.0%} leave")


def test_the_standard_set_does_not_know_the_future(log):
    table = check_no_leak(None, log, cutoffs=["2024-01-01", MIDDAY, "2024-11-05T23:59:59.999999"], customers=80)
    assert list(table.columns) == ["cutoff", "rows", "columns", "future_events"]
    assert table["cutoff"].tolist() == [pd.Timestamp(at) for at in ("2024-01-01", MIDDAY, "2024-11-05T23:59:59.999999")]
    assert (table["rows"] == 80).all()
    assert (table["columns"] > 100).all()
    known = log.events["known_at"].to_pandas()
    assert table["future_events"].tolist() == [(known >= at).sum() for at in table["cutoff"]]


def test_an_honest_measure_passes(log):
    assert check_no_leak(Spend(InHundreds()), log, cutoffs=MIDDAY, customers=50)["columns"].tolist() == [2]


@pytest.mark.parametrize(
    ("builder", "words", "innocent"),
    [
        (Spend(Standardised()), "1 columns change(.|\n)*spend_mean_life", "spend_count_life"),
        (Peeking(), "1 columns change(.|\n)*peeking_last_of_all", "peeking_count_life"),
        (AllEvents(), "1 columns change(.|\n)*all_last", "recency"),
        (AtTheEdge(), "1 columns change when the log has another future(.|\n)*edge_now", "recency"),
    ],
)
def test_a_leak_is_named(builder, words, innocent, log):
    with pytest.raises(LeakError, match=words) as caught:
        check_no_leak([Recency(), builder], log, cutoffs=[MIDDAY], customers=50)
    assert innocent not in str(caught.value)
    assert "2024-06-18T13:45:10" in str(caught.value)


def test_the_leak_check_looks_at_outcomes_where_it_is_told_what_churned_means(log, churn):
    with pytest.raises(LeakError, match="prophet_rate"):
        check_no_leak(Prophet(), log, cutoffs=MIDDAY, customers=20, churn=churn)
    assert len(check_no_leak(Prophet(), log, cutoffs=MIDDAY, customers=20)) == 1


def test_columns_that_come_with_the_future_are_named(log_of_kinds):
    with pytest.raises(LeakError, match="kinds_later_seen come and go"):
        check_no_leak(NewColumns(), log_of_kinds, cutoffs="2024-03-01")


@pytest.fixture
def log_of_kinds():
    frame = pd.DataFrame(
        {"customer_id": [1, 1], "timestamp": pd.to_datetime(["2024-02-01", "2024-04-01"]), "kind": ["early", "later"]}
    )
    return read_interactions(frame, Schema(customer_id="customer_id", timestamp="timestamp", kind="kind"))


def test_nobody_is_known_yet(log):
    with pytest.raises(UsageError, match="nobody is known before 2020-01-01"):
        check_no_leak(Recency(), log, cutoffs="2020-01-01")


def test_the_forged_future_shares_the_past_alone(log):
    moment = np.datetime64(MIDDAY, "us")
    forged = forged_future(log, moment, np.random.default_rng(0))
    assert forged.events.schema == log.events.schema
    assert len(forged) == len(log)
    past = known_before(log, moment).events.to_pandas()
    kept = known_before(forged, moment).events.to_pandas()
    pd.testing.assert_frame_equal(kept.astype(object), past.astype(object))
    known = forged.events["known_at"].to_pandas()
    assert (known == pd.Timestamp(MIDDAY)).sum() == 1, "one event exactly at the cut-off"
    later = forged.events.filter(np.asarray(known >= pd.Timestamp(MIDDAY))).to_pandas()
    truth = log.events.to_pandas()
    truth = truth[truth["known_at"] >= pd.Timestamp(MIDDAY)]
    assert set(later["customer_id"]) != set()
    assert not later["value"].sort_values(ignore_index=True).equals(truth["value"].sort_values(ignore_index=True))


def test_the_same_customers_every_time(log):
    tables = [check_no_leak(Volume(), log, cutoffs=MIDDAY, customers=20, random_state=4) for _ in range(2)]
    pd.testing.assert_frame_equal(*tables)
