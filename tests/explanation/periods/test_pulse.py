"""The pulse: what a cell holds, how sure it is, and what moved."""

from __future__ import annotations

import math
import re

import numpy as np
import pandas as pd
import pytest

import cxchurn as cx
from cxchurn.explanation.periods._estimate import NORMAL
from cxchurn.explanation.periods._pulse_words import move
from cxchurn.interactions import InteractionLog, Schema, read_interactions

from .pulse_rows import cell, error_of, log_of, many, terms

SCHEMA = Schema(
    customer_id="customer_id",
    timestamp="timestamp",
    kind="kind",
    touchpoint="touchpoint",
    wait_s="wait_s",
    duplicates="keep",
)


@pytest.fixture(scope="module")
def waits() -> pd.DataFrame:
    return many(3)


@pytest.fixture(scope="module")
def waited(waits: pd.DataFrame) -> cx.Pulse:
    return cx.pulse(read_interactions(waits, SCHEMA), fewest=5)


@pytest.fixture(scope="module")
def repeated() -> pd.DataFrame:
    """The pulses of 25 logs in which nothing ever changes."""
    tables = [cx.pulse(read_interactions(many(seed), SCHEMA), fewest=5).table.assign(log=seed) for seed in range(25)]
    return pd.concat(tables, ignore_index=True)


class TestValues:
    def test_are_those_of_the_rows(self, waits: pd.DataFrame, waited: cx.Pulse):
        month = waits["timestamp"].dt.strftime("%Y-%m")
        for (touchpoint, period), rows in waits.groupby(["touchpoint", month]):
            ordered = np.sort(rows["wait_s"].to_numpy())
            expected = {
                "contacts": len(rows),
                "customers": rows["customer_id"].nunique(),
                "wait_s": rows["wait_s"].mean(),
                "wait_s_p90": ordered[math.ceil(0.9 * len(rows) - 1e-9) - 1],
            }
            for measure, value in expected.items():
                assert cell(waited, measure, period, touchpoint)["value"] == pytest.approx(value), measure

    def test_add_up_over_groups(self, log: InteractionLog):
        apart, together = cx.pulse(log).table, cx.pulse(log, by=()).table
        counted = apart[apart["measure"] == "contacts"].groupby("period")["value"].sum()
        whole = together[together["measure"] == "contacts"].set_index("period")["value"]
        pd.testing.assert_series_equal(counted, whole.sort_index(), check_names=False)

    def test_of_own_measures_are_means(self, log: InteractionLog):
        events = log.events.to_pandas()
        mine = events[events["timestamp"].dt.strftime("%Y-%m") == "2024-05"]
        found = cx.pulse(log, by=(), measures=("items",))
        assert cell(found, "items", "2024-05")["value"] == pytest.approx(mine["items"].mean())

    def test_count_every_contact(self, log: InteractionLog):
        events = log.events.to_pandas()
        own = (events["direction"] != "outbound") & (events["kind"] != "survey") & ~events["later"]
        table = cx.pulse(log).table
        assert table.loc[table["measure"] == "contacts", "value"].sum() == own.sum()

    @pytest.mark.parametrize(
        ("measure", "expected"),
        [
            # (60 + 7200 + 300 + 30 + 10) / 5: who was called back waited, and so did who sent an answer to a survey
            ("wait_s", 1520.0),
            # (1 + 2) / 2
            ("transfers", 1.5),
            # (0.5 - 0.1) / 2: the tone of an answer belongs to what the survey asks about
            ("tone", 0.2),
            # the call and the visit
            ("contacts", 2.0),
        ],
    )
    def test_belong_to_every_row_that_has_them(self, measure: str, expected: float):
        rows = [
            ("a", "2024-01-02", "call", "inbound", 60.0, 1.0, 0.5, None),
            ("a", "2024-01-03", "call", "outbound", 7200.0, 2.0, -0.1, None),
            ("b", "2024-01-04", "delivery", "outbound", 300.0, None, None, None),
            ("b", "2024-01-05", "visit", "inbound", 30.0, None, None, None),
            ("b", "2024-01-06", "survey", "inbound", 10.0, None, -1.0, 3.0),
        ]
        log = log_of(rows, "kind direction wait_s transfers sentiment score")
        assert cell(cx.pulse(log, by=()), measure, "2024-01")["value"] == pytest.approx(expected)

    def test_are_by_kind_where_there_are_no_touchpoints(self):
        rows = [("a", "2024-01-02", "call"), ("b", "2024-01-03", "visit")]
        assert cx.pulse(log_of(rows, "kind")).by == ("kind",)
        assert cx.pulse(log_of([("a", "2024-01-02", "web")], "touchpoint")).by == ("touchpoint",)

    def test_do_not_depend_on_the_order_of_rows(self, waits: pd.DataFrame, waited: cx.Pulse):
        other = cx.pulse(read_interactions(waits.sample(frac=1, random_state=1), SCHEMA), fewest=5)
        pd.testing.assert_frame_equal(other.table, waited.table)

    def test_are_the_same_in_parts_on_disk(self, company: cx.Simulation, company_schema: Schema, log: InteractionLog):
        parts = read_interactions(company.interactions, company_schema, customers=company.customers, memory_limit="8MB")
        assert parts.parts is not None
        found, expected = cx.pulse(parts), cx.pulse(log)
        pd.testing.assert_frame_equal(found.table, expected.table, rtol=1e-9)
        assert found.notes == expected.notes

    def test_follow_the_clock_of_the_zone(self):
        rows = [("a", "2024-01-31T23:30:00Z"), ("b", "2024-02-10T12:00:00Z")]
        there = cx.pulse(log_of(rows, "", timezone="Asia/Tokyo"), by=())
        assert there.table.loc[there.table["measure"] == "contacts", "period"].tolist() == ["2024-02"]

    @pytest.mark.parametrize(
        ("every", "labels"),
        [
            ("month", ["2024-02", "2024-04"]),
            ("quarter", ["2024-Q1", "2024-Q2"]),
            ("week", ["2024-02-26", "2024-04-01"]),
        ],
    )
    def test_of_other_periods(self, every: str, labels: list[str]):
        # the third of March 2024 was a Sunday, the first of April a Monday
        rows = [("a", "2024-02-29"), ("a", "2024-04-01")]
        table = cx.pulse(log_of(rows, ""), by=(), every=every).table
        assert table.loc[table["measure"] == "contacts", "period"].tolist() == labels


class TestIntervals:
    def test_of_means_are_clustered_by_customer(self, waits: pd.DataFrame, waited: cx.Pulse):
        rows = waits[(waits["touchpoint"] == "chat") & (waits["timestamp"].dt.month == 4)]
        mean, each = terms(rows, "wait_s")
        n = len(each)
        error = error_of(each) * math.sqrt(n / (n - 1))
        found = cell(waited, "wait_s", "2024-04", "chat")
        assert found["low"] == pytest.approx(mean - NORMAL * error)
        assert found["high"] == pytest.approx(mean + NORMAL * error)

    def test_of_changes_count_a_customer_of_both_times_once(self, waits: pd.DataFrame, waited: cx.Pulse):
        chat = waits[waits["touchpoint"] == "chat"]
        month = chat["timestamp"].dt.month
        now, each = terms(chat[month == 6], "wait_s")
        before, earlier = terms(chat[month.isin([3, 4, 5])], "wait_s")
        n = len(each)
        error = error_of(each, earlier) * math.sqrt(n / (n - 1))
        found = cell(waited, "wait_s", "2024-06", "chat")
        assert found["before"] == pytest.approx(before)
        assert found["change"] == pytest.approx(now - before)
        assert found["change_high"] - found["change"] == pytest.approx(NORMAL * error)

    def test_of_numbers_are_compared_by_the_day(self, waits: pd.DataFrame, waited: cx.Pulse):
        # April has 30 days, January to March of 2024 have 91
        month = waits.loc[waits["touchpoint"] == "phone", "timestamp"].dt.month
        found = cell(waited, "contacts", "2024-04", "phone")
        assert found["before"] == pytest.approx((month <= 3).sum() / 91 * 30)
        rows = waits[waits["touchpoint"] == "phone"].assign(month=month)
        each = (rows[rows["month"] == 4].groupby("customer_id").size() / 30).to_dict()
        earlier = (rows[rows["month"] <= 3].groupby("customer_id").size() / 91).to_dict()
        n = len(each)
        error = error_of(each, earlier) * 30 * math.sqrt(n / (n - 1))
        assert found["change_high"] - found["change"] == pytest.approx(NORMAL * error)

    @pytest.mark.prove
    def test_hold_the_truth_as_often_as_they_say(self, repeated: pd.DataFrame):
        # customers differ, so intervals by row would be too short
        means = repeated[repeated["measure"] == "wait_s"]
        held = (means["low"] < 100) & (means["high"] > 100)
        assert len(held) > 300
        assert 0.92 < held.mean() < 0.975

    @pytest.mark.parametrize("measure", ["wait_s", "wait_s_p90", "contacts", "customers"])
    def test_of_changes_hold_none_as_often_as_they_say(self, repeated: pd.DataFrame, measure: str):
        rows = repeated[(repeated["measure"] == measure) & repeated["change"].notna()]
        held = (rows["change_low"] <= 0) & (rows["change_high"] >= 0)
        assert len(held) > 200
        assert 0.91 < held.mean() <= 0.985

    def test_seldom_find_moves_where_there_are_none(self, repeated: pd.DataFrame):
        compared = repeated[repeated["moved"].notna()]
        # logs with a false find are to be at most one in twenty; these have few cells that move together
        false = compared["moved"].isin(("up", "down")).groupby(compared["log"]).any()
        assert false.mean() <= 0.2

    def test_find_what_moved(self):
        table = cx.pulse(
            read_interactions(many(5, customers=300, lift=30.0), SCHEMA, observed_until="2024-09-01")
        ).table
        moved = table[table["measure"].isin(("wait_s", "wait_s_p90"))]
        last = moved["period"] == "2024-08"
        assert (moved.loc[last, "moved"] == "up").all()
        assert set(moved.loc[~last & moved["moved"].notna(), "moved"]) == {"none"}

    def test_are_not_given_of_few_customers(self, waits: pd.DataFrame):
        table = cx.pulse(read_interactions(waits, SCHEMA), fewest=10_000).table
        assert table[["low", "high", "change", "q"]].isna().all(axis=None)
        assert table["moved"].isna().all()


class TestPeriods:
    def test_that_are_not_whole_are_not_compared(self):
        rows = [(f"c{k}", f"2024-{m:02}-{d:02}") for k in range(30) for m, d in ((1, 20), (2, 1), (3, 1), (4, 10))]
        found = cx.pulse(log_of(rows, "", observed_until="2024-04-11"), by=(), fewest=5)
        whole = found.table.set_index(["measure", "period"])["whole"]["contacts"]
        assert whole.to_dict() == {"2024-01": False, "2024-02": True, "2024-03": True, "2024-04": False}
        compared = found.table[found.table["moved"].notna()]
        assert set(compared["period"]) == {"2024-03"}
        assert any("2024-01, 2024-04" in note for note in found.notes)

    def test_end_where_they_are_told_to(self, log: InteractionLog):
        table = cx.pulse(log, since="2024-03-01", until="2024-05-01").table
        assert table["period"].unique().tolist() == ["2024-03", "2024-04"]
        assert table["whole"].all()


class TestErrors:
    @pytest.mark.parametrize(
        ("options", "says"),
        [
            ({"by": "touchpoint"}, "by is the text 'touchpoint'"),
            ({"by": ("touchpont",)}, "did you mean 'touchpoint'"),
            ({"every": "months"}, "did you mean 'month'"),
            ({"since": "2030-01-01"}, "is not before until"),
            ({"against": 0}, "against is 0"),
            ({"fewest": 2.5}, "fewest is 2.5"),
            ({"measures": ("item",)}, "did you mean 'items'"),
            ({"measures": "items"}, "measures is the text"),
            ({"solved_within": 7}, "bare int"),
            ({"assume": "lower"}, "assume is 'lower'"),
            ({"assume": {"nsp": -1}}, "did you mean 'nps'"),
            ({"assume": {"nps": float("nan")}}, "assume\\['nps'\\] is nan"),
        ],
    )
    def test_say_what_is_wrong(self, log: InteractionLog, options: dict, says: str):
        with pytest.raises(cx.UsageError, match=says):
            cx.pulse(log, **options)

    def test_of_a_measure_nobody_knows(self, waited: cx.Pulse):
        with pytest.raises(cx.UsageError, match="did you mean 'wait_s'"):
            waited.wide("wait")


class TestPage:
    def test_fits_a_terminal(self, log: InteractionLog):
        for by in (("touchpoint",), (), ("kind", "touchpoint"), ("product_group",)):
            assert max(map(len, repr(cx.pulse(log, by=by)).splitlines())) <= 80

    def test_says_what_moved_and_whether_it_is_better(self):
        said = repr(cx.pulse(read_interactions(many(5, customers=300, lift=30.0), SCHEMA, observed_until="2024-09-01")))
        assert re.search(
            r"phone, 2024-08: mean wait 2.\d min after 1.\d min \(\+0.\d min, \+0.\d min to \+0.\d min\), worse",
            " ".join(said.split()),
        )
        assert ", worse" in said
        assert "↑" in said

    @pytest.mark.parametrize(
        ("measure", "numbers", "says"),
        [
            # halves are rounded to even, so that 502.5 alone would not be what 1,665 is more than 1,162
            ("contacts", (1665.0, 1162.5, 436.0, 569.0), "contacts 1,665 after 1,162 (+503, +436 to +569)"),
            (
                "solved",
                (0.896, 0.844, 0.02, 0.08),
                "share solved in time 90% after 84% (+6 points, +2 points to +8 points)",
            ),
            (
                "wait_s",
                (113.0, 174.0, -76.0, -32.0),
                "mean wait 1.9 min after 2.9 min (-1.0 min, -1.3 min to -0.5 min)",
            ),
            ("wait_s", (56.0, 68.0, -21.0, -3.0), "mean wait 56 s after 68 s (-12 s, -21 s to -3 s)"),
        ],
    )
    def test_a_move_can_be_worked_out_by_its_numbers(self, measure, numbers, says):
        value, before, low, high = numbers
        row = {"period": "2024-08", "measure": measure, "value": value, "before": before, "change": value - before}
        row |= {"change_low": low, "change_high": high, "moved": "up" if value > before else "down"}
        assert move(row, ()).startswith(f"2024-08: {says}")

    def test_wide_has_a_column_a_group(self, waited: cx.Pulse):
        wide = waited.wide("wait_s")
        assert wide.columns.tolist() == ["chat", "phone"]
        assert wide.loc["2024-03", "chat"] == cell(waited, "wait_s", "2024-03", "chat")["value"]
