"""One customer's account: what adds up, what equals the scores, and how it reads."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cxchurn as cx
from cxchurn._core import DataError, MismatchError, UsageError, span
from cxchurn.explanation import account
from cxchurn.interactions import with_events

SINCE, AT = "2024-08-01", "2024-11-05T13:20:00"
TICK = pd.Timedelta(1, "us")


@pytest.fixture(scope="module")
def busiest(log) -> str:
    counts = log.events["customer_id"].value_counts().to_pylist()
    return max(counts, key=lambda one: (one["counts"], one["values"]))["values"]


@pytest.fixture(scope="module")
def statement(model, log, busiest):
    return account(model, log, busiest, since=SINCE, at=AT)


class TestProbabilities:
    def test_are_those_of_score_at_that_instant_to_the_bit(self, model, log, busiest, statement):
        for row in statement.table.iloc[[0, 7, -1]].itertuples():
            for at, said in ((row.known_at, row.before), (row.known_at + TICK, row.after)):
                scores = cx.score(model, log, at=at.to_datetime64()).set_index("customer_id")
                assert scores.loc[busiest, "churn_probability"] == said
        scores = cx.score(model, log, at=AT).set_index("customer_id")
        assert scores.loc[busiest, "churn_probability"] == statement.closing

    def test_do_not_depend_on_others(self, model, log, busiest, statement):
        own = log.events.filter(np.asarray(log.events["customer_id"].to_pylist(), dtype=object) == busiest)
        alone = account(model, with_events(log, own), busiest, since=SINCE, at=AT)
        pd.testing.assert_frame_equal(alone.table, statement.table, check_exact=True)

    def test_are_missing_where_nobody_is_asked_about(self, model, log, busiest):
        whole = account(model, log, busiest)
        assert np.isnan(whole.opening)
        first = whole.table.iloc[0]
        assert (first["number"], first["not_asked"]) == (1, "new")
        assert np.isnan(first["before"])
        assert np.isnan(first["experience_points"])


class TestAddingUp:
    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(place=st.integers(0, 299), days=st.integers(5, 300), end=st.integers(0, 60))
    def test_parts_add_up_to_the_whole(self, model, log, november, place, days, end):
        customer = november["customer_id"].iloc[place]
        at = pd.Timestamp("2024-11-30") - pd.Timedelta(end, "D")
        try:
            found = account(
                model, log, customer, since=(at - pd.Timedelta(days, "D")).to_datetime64(), at=at.to_datetime64()
            )
        except DataError:
            return  # nothing was known of the customer yet
        table = found.table
        near = {"rtol": 0, "atol": 1e-9}
        parts = table[["presence", "experience", "other"]]
        np.testing.assert_allclose(parts.sum(axis=1, skipna=False), table["change"], **near)
        points = table[["presence_points", "experience_points", "other_points"]].sum(axis=1, skipna=False)
        np.testing.assert_allclose(points, table["points"], **near)
        np.testing.assert_allclose(points * table["together"], 100 * (table["after"] - table["before"]), **near)
        near_nan = {**near, "equal_nan": True}
        for end in ("", "_points"):
            still = table[[f"silence_{part}{end}" for part in ("presence", "experience", "other")]]
            np.testing.assert_allclose(still.sum(axis=1, skipna=False), table[f"silence{end}"], **near_nan)
        np.testing.assert_allclose(sum(found.closing_parts.values()), found.closing_silence, **near_nan)
        sums = found.totals.set_index("part")
        by_part = sums[["presence_points", "experience_points", "other_points"]]
        np.testing.assert_allclose(by_part.sum(axis=1), sums["points"], **near)
        np.testing.assert_allclose(sums.drop("whole").sum(), sums.loc["whole"], **near)
        if not np.isnan(found.opening) and not np.isnan(found.closing):
            assert sums.loc["whole", "points"] == pytest.approx(100 * (found.closing - found.opening), abs=1e-9)

    def test_silence_leads_from_one_interaction_to_the_next(self, statement):
        moments = statement.table.drop_duplicates("known_at")
        assert len(moments) > 10
        between = moments["before"].to_numpy()[1:] - moments["after"].to_numpy()[:-1]
        np.testing.assert_allclose(moments["silence_points"].to_numpy()[1:], 100 * between, rtol=0, atol=1e-9)
        last = 100 * (statement.closing - moments["after"].iloc[-1])
        assert statement.closing_silence == pytest.approx(last, abs=1e-9)

    def test_interactions_of_one_instant_share_its_change(self, model, log, busiest):
        events = log.events.filter(np.asarray(log.events["customer_id"].to_pylist(), dtype=object) == busiest)
        rows = events.to_pylist()
        last = max((row for row in rows if row["known_at"] < pd.Timestamp(AT)), key=lambda row: row["known_at"])
        several = [*rows, {**last, "touchpoint": "web"}, {**last, "touchpoint": "app"}]
        twice = with_events(log, type(events).from_pylist(several, schema=_plain(events.schema)))
        found = account(model, twice, busiest, at=AT).table.tail(3)
        assert found["together"].tolist() == [3, 3, 3]
        assert found["change"].nunique() == found["after"].nunique() == 1
        assert found["silence"].tolist()[1:] == [0.0, 0.0]


def _plain(schema):
    import pyarrow as pa

    return pa.schema(
        [pa.field(one.name, pa.string() if pa.types.is_dictionary(one.type) else one.type) for one in schema]
    )


class TestAccount:
    def test_deposits_are_valences_and_the_balance_is_the_builders(self, model, log, busiest, statement):
        table = statement.table
        felt = table["valence"]
        expected = np.where(felt < 0, statement.weight * felt, felt)
        np.testing.assert_array_equal(table["deposit"], expected)
        rows = pd.DataFrame({"customer_id": busiest, "cutoff": table["known_at"] + TICK})
        levels = model.features_.with_log(log).transform(rows)[f"balance_level_{statement.half_life}".lower()]
        np.testing.assert_array_equal(table["balance"], levels)

    def test_numbers_count_from_the_first_interaction_of_all(self, model, log, busiest, statement):
        whole = account(model, log, busiest, at=AT).table
        assert whole["number"].tolist() == list(range(1, len(whole) + 1))
        assert statement.table["number"].tolist() == whole["number"].tolist()[-len(statement) :]
        assert (whole["known_at"] < pd.Timestamp(AT)).all()
        assert whole["known_at"].is_monotonic_increasing

    def test_it_fades_by_the_shortest_half_life_of_the_model(self, model, statement):
        rule = next(one for one in model.features_.builders_ if one.driver == "balance")
        assert statement.half_life == min(rule.half_lives, key=lambda one: pd.Timedelta(one.replace("D", " days")))
        assert f"fades by half in {span(statement.half_life).words}" in repr(statement)

    def test_an_open_matter_shows_in_the_silence_after_it(self, statement):
        table = statement.table
        assert table["silence_experience_points"].abs().max() > 0.05
        assert "silence" in repr(statement)
        lines = [line.split() for line in repr(statement).splitlines() if line.strip().startswith("silence")]
        # the last one goes on until a day, or a day and a time
        assert all(len(line) in (4, 6, 7) for line in lines)

    def test_prints_within_80_columns(self, statement, busiest):
        lines = repr(statement).splitlines()
        assert max(map(len, lines)) <= 80
        assert lines[0].startswith(f"Account of {busiest} as of 2024-11-05 13:20: risk {100 * statement.closing:.1f}%")
        assert sum(line.startswith("2024-") for line in lines) == min(30, len(statement))
        assert "Association, not effect" in " ".join(lines)
        assert "with what was known then" in " ".join(lines)

    def test_is_json(self, model, log, busiest):
        told = json.loads(json.dumps(account(model, log, busiest).to_dict(), allow_nan=False))
        assert told["opening"] is None
        assert told["interactions"][0]["before"] is None
        assert told["interactions"][0]["number"] == 1


class TestRefuses:
    def test_whom_the_log_does_not_know(self, model, log):
        with pytest.raises(MismatchError, match=r"no customer 'C-0'(.|\n)*such as 'C-000001'"):
            account(model, log, "C-0")

    @pytest.mark.parametrize(
        ("times", "says"),
        [
            ({"at": "2030-01-01"}, r"at \(2030-01-01\) lies outside the log"),
            ({"since": "2024-11-01", "at": "2024-10-01"}, r"since \(2024-11-01\) is not before at \(2024-10-01\)"),
            ({"since": 3}, r"since is 3, a bare number"),
        ],
    )
    def test_spans_that_are_none(self, model, log, busiest, times, says):
        with pytest.raises(UsageError, match=says):
            account(model, log, busiest, **times)
