"""Comparing with everybody: when the tables are made, of whom, and that a row depends on nothing else."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxchurn.checks import check_no_leak
from cxchurn.features import (
    Comparing,
    Crowd,
    Disruption,
    FeatureSet,
    Prior,
    Recency,
    Standing,
    features_from_plain,
    features_to_plain,
)
from cxchurn.features._comparing import grid, make_references
from cxchurn.features._standing import _hundredths
from cxchurn.history import _asking, as_of, history_of
from cxchurn.interactions import known_before, read_interactions, with_events
from cxchurn.panel import Cancellation, Inactivity, OwnLabels

CUTOFF = pd.Timestamp("2024-04-01")  # a Monday
DAY = 86_400_000_000
BUILDERS = [Standing(), Prior(attributes=("plan",)), Disruption()]


def bits(frame: pd.DataFrame) -> np.ndarray:
    return frame.to_numpy().view(np.int64)


def micro(text: str) -> int:
    return int(np.datetime64(text, "us").astype(np.int64))


@pytest.fixture(scope="module")
def some(november) -> pd.DataFrame:
    """A third of the customers at four cut-offs: a Monday, the instant before it, one inside a week, a later one."""
    moments = ["2024-09-02", "2024-09-01T23:59:59.999999", "2024-09-05T13:20:00", "2024-11-05T13:20:00"]
    ids = november["customer_id"].iloc[::3]
    return pd.DataFrame(
        {"customer_id": np.tile(ids, 4), "cutoff": np.repeat([pd.Timestamp(at) for at in moments], len(ids))}
    )


@pytest.fixture(scope="module")
def fitted(log, churn, some) -> FeatureSet:
    return FeatureSet(BUILDERS, log=log, churn=churn).fit(some)


def _who(seen):
    return {"who": seen.customers, "age": seen.age()}


class TestGrid:
    @pytest.mark.parametrize(
        ("at", "monday"),
        [
            ("2024-04-01", "2024-04-01"),
            ("2024-03-31T23:59:59.999999", "2024-03-25"),
            ("2024-04-01T00:00:00.000001", "2024-04-01"),
            ("2024-04-07T12:00", "2024-04-01"),
            ("1970-01-01", "1969-12-29"),
            ("1970-01-05", "1970-01-05"),
            ("1969-12-28T23:00", "1969-12-22"),
        ],
    )
    def test_the_monday_at_or_before(self, at, monday):
        assert grid(np.array([micro(at)])).tolist() == [micro(monday)]

    @given(at=st.datetimes(pd.Timestamp("1950-01-01"), pd.Timestamp("2090-01-01")))
    def test_is_a_midnight_on_a_monday_less_than_a_week_ago(self, at):
        moment = pd.Timestamp(grid(np.array([micro(str(at).replace(" ", "T"))]))[0], unit="us")
        assert (moment.weekday(), moment.normalize()) == (0, moment)
        assert pd.Timedelta(0) <= at - moment < pd.Timedelta("7D")


class TestCrowd:
    # a bought 200 days ago and yesterday, b 100 days ago, c on the cut-off itself, d was only written to
    EVENTS = (
        *({"customer_id": "a", "ago": ago, "direction": "inbound"} for ago in (200, 1)),
        {"customer_id": "b", "ago": 100, "direction": "inbound"},
        {"customer_id": "c", "ago": 0, "direction": "inbound"},
        {"customer_id": "d", "ago": 50, "direction": "outbound"},
    )

    def _crowd(self, log: Any, churn: Any) -> Crowd:
        return Crowd(log, micro("2024-04-01"), churn, {})

    @pytest.mark.parametrize(
        ("churn", "who"),
        [
            (None, ["a", "b"]),
            (Inactivity("30D"), ["a", "b"]),
            (Inactivity("30D", active_within="90D"), ["a"]),
            (OwnLabels("30D"), ["a", "b", "d"]),
        ],
    )
    def test_is_everybody_asked_about(self, churn, who, log_of):
        assert self._crowd(log_of(list(self.EVENTS)), churn).ask(_who)["who"].tolist() == who

    def test_outcomes_of_closed_windows(self, log_of):
        # 2 moments: label windows of 30 days are closed on Monday 2024-04-01 for 2024-02-26 (35 days before it), then 4 weeks
        # earlier, for 2024-01-29 (63 days before it)
        closed = list(self._crowd(log_of(list(self.EVENTS)), Inactivity("30D")).closed(2, _who))
        assert [told["who"].tolist() for told, _ in closed] == [["a", "b"], ["a", "b"]]
        assert [told["age"].tolist() for told, _ in closed] == [[165.0, 65.0], [137.0, 37.0]]
        # a came back one day ago, after both windows had ended
        assert [churned.tolist() for _, churned in closed] == [[True, True], [True, True]]

    def test_who_came_back_in_the_window_stayed(self, log_of):
        # 35 days before the Monday a window of 30 days opened: it ended 5 days ago, and what came then came too late
        for ago, churned in ((36, True), (35, False), (6, False), (5, True), (0, True)):
            log = log_of([{"customer_id": "a", "ago": 100}, {"customer_id": "a", "ago": ago}])
            ((_, outcome),) = self._crowd(log, Inactivity("30D")).closed(1, _who)
            assert outcome.tolist() == [churned], ago

    def test_outcomes_are_on_the_clock_of_knowing(self, log_of):
        happened = {"customer_id": "a", "ago": 20}
        for known, churned in ((CUTOFF - pd.Timedelta("6D"), False), (CUTOFF + pd.Timedelta("1D"), True)):
            log = log_of([{"customer_id": "a", "ago": 100, "known_at": None}, {**happened, "known_at": known}])
            ((_, outcome),) = self._crowd(log, Inactivity("30D")).closed(1, _who)
            assert outcome.tolist() == [churned]

    @pytest.mark.parametrize("churn", [None, OwnLabels("30D")])
    def test_no_outcomes_without_a_rule(self, churn, log_of):
        assert list(self._crowd(log_of(list(self.EVENTS)), churn).closed(4, _who)) == []

    def test_no_outcomes_before_the_log(self, log_of):
        log = log_of(list(self.EVENTS))
        assert len(list(self._crowd(log, Inactivity("30D")).closed(40, _who))) == 6  # 35 + 28 k < 200 for k up to 5


class Size(Comparing):
    """How many are asked about."""

    driver = "size"

    def reference(self, crowd):
        return {"size": [float(crowd.ask(_who)["who"].size)]}

    def columns(self, seen):
        raise NotImplementedError


class TestReferences:
    def test_one_for_each_monday(self, log, churn):
        cutoffs = np.array(["2024-09-04", "2024-09-08T12", "2024-09-09", "2024-10-01"], dtype="datetime64[us]")
        made = make_references([Size(), Standing()], log, cutoffs, churn=churn, known={})
        mondays = [micro(at) for at in ("2024-09-02", "2024-09-09", "2024-09-30")]
        assert {driver: list(tables) for driver, tables in made.items()} == {"size": mondays, "standing": mondays}
        for at in mondays:
            history = history_of(log)
            seen = as_of(history, history.ids, np.full(len(history.ids), at).astype("datetime64[us]"))
            assert made["size"][at] == {"size": [float(churn.eligible(seen).sum())]}

    def test_who_is_asked_about_is_part_of_it(self, log, churn):
        at = np.array(["2024-09-04"], dtype="datetime64[us]")
        sizes = [
            next(iter(make_references([Size()], log, at, churn=one, known={})["size"].values()))["size"][0]
            for one in (churn, None, Cancellation(horizon="30D"), churn)
        ]
        assert sizes[0] == sizes[3]
        assert len(set(sizes)) == 3

    def test_so_are_the_labels_known(self, log, churn):
        """Labels are positions in a list: another list is another table."""
        at = np.array(["2024-09-04"], dtype="datetime64[us]")
        builder, tables = Prior(attributes=("plan",)), []
        plans = tuple(sorted(set(log.customers.table["plan"].to_pylist()) - {None}))
        for known in (plans, plans[::-1]):
            made = make_references([builder], log, at, churn=churn, known={"customers.plan": known})
            (table,) = made["prior"].values()
            tables.append(table["plan"])
        assert tables[0] == tables[1][::-1] != tables[1]

    def test_none_for_builders_that_do_not_compare(self, log, churn, some):
        assert FeatureSet([Recency()], log=log, churn=churn).fit(some).references_ == {}


class TestARowAlone:
    """Other customers enter by the table of the Monday before, and by nothing else."""

    @settings(max_examples=15, deadline=None)
    @given(data=st.data())
    def test_any_rows_in_any_order(self, data, fitted, some):
        whole = fitted.transform(some)
        chosen = data.draw(st.lists(st.integers(0, len(some) - 1), min_size=1, max_size=6))
        np.testing.assert_array_equal(bits(fitted.transform(some.iloc[chosen])), bits(whole.iloc[chosen]))

    def test_any_chunk(self, fitted, some, monkeypatch):
        whole = fitted.transform(some)
        monkeypatch.setattr(_asking, "_BLOCK", 7)
        fresh = fitted.with_log(with_events(fitted.log, fitted.log.events))
        np.testing.assert_array_equal(bits(fresh.transform(some)), bits(whole))

    def test_not_the_order_of_the_file(self, fitted, company, company_schema, some):
        shuffled = company.interactions.sample(frac=1.0, random_state=5)
        other = read_interactions(shuffled, company_schema, customers=company.customers.iloc[::-1])
        np.testing.assert_array_equal(bits(fitted.with_log(other).transform(some)), bits(fitted.transform(some)))

    def test_the_same_number_before_and_on_other_days_of_a_week(self, fitted, some):
        """The table is of the Monday: everybody else may do what they like after it."""
        rows = some[some["cutoff"] == pd.Timestamp("2024-09-05T13:20:00")]
        events = fitted.log.events.to_pandas()
        one = rows["customer_id"].iloc[0]
        late = (events["known_at"] >= pd.Timestamp("2024-09-02")) & (events["customer_id"] != one)
        other = with_events(fitted.log, fitted.log.events.filter(~late.to_numpy()))
        assert late.sum() > 100
        np.testing.assert_array_equal(
            bits(fitted.with_log(other).transform(rows.iloc[:1])), bits(fitted.transform(rows.iloc[:1]))
        )

    def test_nothing_later(self, fitted, some):
        rows = some[some["cutoff"] == pd.Timestamp("2024-09-05T13:20:00")]
        past = fitted.with_log(known_before(fitted.log, rows["cutoff"].iloc[0]))
        np.testing.assert_array_equal(bits(past.transform(rows)), bits(fitted.transform(rows)))

    @pytest.mark.parametrize("churn", [None, Inactivity("60D", active_within="90D"), Inactivity("28D", gap="7D")])
    def test_does_not_know_the_future(self, log, churn):
        table = check_no_leak(
            BUILDERS,
            log,
            cutoffs=["2024-09-02", "2024-06-18T13:45:10", "2024-11-05T23:59:59.999999"],
            customers=60,
            churn=churn,
        )
        assert (table["columns"] == 11).all()  # six standings, two priors, three disruptions


class TestStoredTables:
    """Without ``refresh`` what was learned serves: the number of a service is the number of the batch."""

    def test_one_customer_alone(self, fitted, some):
        whole = fitted.transform(some)
        for place in (0, 31, len(some) - 1):
            row = some.iloc[[place]]
            own = np.asarray(fitted.log.events["customer_id"].to_pandas() == row["customer_id"].iloc[0])
            alone = with_events(fitted.log, fitted.log.events.filter(own))
            served = fitted.with_log(alone, refresh=False).transform(row)
            np.testing.assert_array_equal(bits(served), bits(whole.iloc[[place]]))
            assert not fitted.with_log(alone).transform(row).equals(served), (
                "alone, one would be the measure of oneself"
            )

    def test_come_back_from_plain_data(self, fitted, some):
        plain = features_to_plain(fitted)
        again = features_from_plain(json.loads(json.dumps(plain, allow_nan=False)))
        assert {driver: list(tables) for driver, tables in again.references_.items()} == {
            driver: [micro("2024-11-04")] for driver in ("standing", "prior", "disruption")
        }
        assert features_to_plain(again) == plain
        # the newest tables alone are kept: they hold for the rows of that week, and for later ones
        latest = some[some["cutoff"] == some["cutoff"].max()]
        served = again.with_log(fitted.log, refresh=False)
        np.testing.assert_array_equal(bits(served.transform(latest)), bits(fitted.transform(latest)))
        early = served.transform(some[some["cutoff"] < pd.Timestamp("2024-11-04")])
        assert early.isna().all(axis=None)

    def test_a_batch_refreshes_them(self, fitted, churn, some):
        again = features_from_plain(json.loads(json.dumps(features_to_plain(fitted))))
        again.churn = fitted.churn_
        np.testing.assert_array_equal(bits(again.with_log(fitted.log).transform(some)), bits(fitted.transform(some)))

    def test_hold_no_single_customers_number(self, fitted, log, churn):
        at = micro("2024-11-04")
        crowd = Crowd(log, at, churn, fitted.known_)
        keys = crowd.ask(Standing()._keys)
        for name, hundredths in fitted.references_["standing"][at].items():
            values, counts = np.unique(keys[name], return_counts=True)
            assert values.size > 4
            assert not set(hundredths) & set(values[counts == 1]), name
        for name, (mean,) in fitted.references_["disruption"][at].items():
            assert mean not in set(crowd.ask(Disruption()._keys)[name])

    @given(size=st.integers(2, 1200))
    def test_hold_none_whatever_their_number(self, size):
        values = np.sqrt(np.arange(size, dtype=float))
        hundredths = _hundredths(values[::-1])
        assert hundredths.shape == (100,)
        assert not set(hundredths) & set(values)
        assert (np.diff(hundredths) >= 0).all()
        assert values[0] < hundredths[0] <= hundredths[-1] < values[-1]
