"""Comparing with everybody: when the tables are made, of whom, and that a row depends on nothing else."""

from __future__ import annotations

import copy
import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline

from cxchurn._core import MismatchError, UsageError
from cxchurn.checks import check_no_leak
from cxchurn.features import (
    Column,
    Comparing,
    Crowd,
    Disruption,
    FeatureSet,
    Prior,
    Recency,
    References,
    Standing,
    features_from_plain,
    features_to_plain,
)
from cxchurn.features.fitting._nightly import nightly
from cxchurn.features.shared._comparing import make_references
from cxchurn.features.shared._references import grid
from cxchurn.history import as_of, history_of
from cxchurn.history.asking import _asking
from cxchurn.interactions import known_before, read_interactions, with_events
from cxchurn.panel import Cancellation, Inactivity, OwnLabels, PanelSplit

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

    def test_whom_the_definition_leaves_out_is_left_out(self, log_of):
        left = [
            {"customer_id": who, "ago": 20, "kind": "cancel", "why": why}
            for who, why in (("a", "card"), ("b", "price"))
        ]
        came = [{"customer_id": who, "ago": 100, "why": None} for who in ("a", "b")]
        log = log_of([*came, *left], categories=("why",))
        churn = Inactivity("30D", ended_by=("cancel",), reason="why", but=("card",))
        ((answers, churned),) = self._crowd(log, churn).closed(1, _who)
        assert (answers["who"].tolist(), churned.tolist()) == (["b"], [True])

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
        made = make_references([Size(), Standing()], log, cutoffs, churn=churn, about={})
        mondays = [micro(at) for at in ("2024-09-02", "2024-09-09", "2024-09-30")]
        assert {name: list(tables) for name, tables in made.tables.items()} == {
            "Size()": mondays,
            "Standing()": mondays,
        }
        for at in mondays:
            history, about = history_of(log), {"populations": churn.populations}
            seen = as_of(history, history.ids, np.full(len(history.ids), at).astype("datetime64[us]"), **about)
            assert made.tables["Size()"][at] == {"size": [float(churn.eligible(seen).sum())]}
            assert made.crowd[at] == churn.eligible(seen).sum()

    def test_who_is_asked_about_is_part_of_it(self, log, churn):
        at = np.array(["2024-09-04"], dtype="datetime64[us]")
        sizes = [
            next(iter(make_references([Size()], log, at, churn=one, about={}).tables["Size()"].values()))["size"][0]
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
            made = make_references([builder], log, at, churn=churn, about={"known": {"customers.plan": known}})
            (table,) = made.tables[repr(builder)].values()
            tables.append(table["plan"])
        assert tables[0] == tables[1][::-1] != tables[1]

    def test_none_for_builders_that_do_not_compare(self, log, churn, some):
        assert FeatureSet([Recency()], log=log, churn=churn).fit(some).references_ == References()


class TestARowAlone:
    """Other customers enter by the table of the Monday before, and by nothing else."""

    @settings(max_examples=15, deadline=None)
    @given(data=st.data())
    def test_any_rows_in_any_order(self, data, fitted, some):
        whole = fitted.transform(some)
        chosen = data.draw(st.lists(st.integers(0, len(some) - 1), min_size=1, max_size=6))
        np.testing.assert_array_equal(bits(fitted.transform(some.iloc[chosen])), bits(whole.iloc[chosen]))

    def test_any_chunk(self, fitted, churn, some, monkeypatch):
        whole = fitted.transform(some)
        monkeypatch.setattr(_asking, "_BLOCK", 7)
        fresh = with_events(fitted.log, fitted.log.events)
        again = FeatureSet(BUILDERS, log=fresh, churn=churn).fit(some)
        assert again.references_ == fitted.references_
        np.testing.assert_array_equal(bits(again.transform(some)), bits(whole))

    def test_not_the_order_of_the_file(self, fitted, churn, company, company_schema, some):
        shuffled = company.interactions.sample(frac=1.0, random_state=5)
        other = read_interactions(shuffled, company_schema, customers=company.customers.iloc[::-1])
        again = FeatureSet(BUILDERS, log=other, churn=churn).fit(some)
        assert again.references_ == fitted.references_
        np.testing.assert_array_equal(bits(again.transform(some)), bits(fitted.transform(some)))

    def test_the_table_is_of_the_monday(self, fitted, some):
        """Everybody else may do what they like after it."""
        at = pd.Timestamp("2024-09-05T13:20:00")
        events = fitted.log.events.to_pandas()
        late = events["known_at"] >= pd.Timestamp("2024-09-02")
        other = with_events(fitted.log, fitted.log.events.filter(~late.to_numpy()))
        assert late.sum() > 100
        assert nightly(fitted, other, [at]) == nightly(fitted, fitted.log, [at])
        assert nightly(fitted, known_before(fitted.log, at), [at]) == nightly(fitted, fitted.log, [at])

    @pytest.mark.parametrize("churn", [None, Inactivity("60D", active_within="90D"), Inactivity("28D", gap="7D")])
    @pytest.mark.sampled(3)
    def test_does_not_know_the_future(self, log, churn):
        table = check_no_leak(
            BUILDERS,
            log,
            cutoffs=["2024-09-02", "2024-06-18T13:45:10", "2024-11-05T23:59:59.999999"],
            customers=60,
            churn=churn,
        )
        assert (table["columns"] == 11).all()  # six standings, two priors, three disruptions


class Forgotten(Size):
    """Asks for its tables by the name that they had once."""

    def columns(self, seen):
        seen.compared(self.driver)
        yield Column("size_seen", seen.count(), says="is one of many: {value}")


def test_tables_asked_for_by_another_name_are_no_silence(log, churn, some):
    with pytest.raises(UsageError, match=r"no reference tables of 'size'(.|\n)*table_name"):
        FeatureSet([Forgotten()], log=log, churn=churn).fit_transform(some)


class TestWhichTables:
    """Over the log it was made with, those of each cut-off's week; over any other, those it carries."""

    def test_over_its_own_log_those_of_each_night(self, fitted, some):
        """Rows later than those of ``fit`` are compared with their own week, as in a scikit-learn pipeline's validation."""
        later = some.assign(cutoff=pd.Timestamp("2024-11-26T08:00:00")).drop_duplicates()
        made = fitted.transform(later)
        carried = fitted.with_log(fitted.log).transform(later)
        refreshed = fitted.with_log(fitted.log, references=nightly(fitted, fitted.log, later["cutoff"])).transform(
            later
        )
        np.testing.assert_array_equal(bits(made), bits(refreshed))
        assert not made.equals(carried)

    def test_in_the_validation_of_a_pipeline(self, train):
        """Each fold's later rows are compared with everybody of their own week, not of the fold's last training week."""
        seen_by_the_classifier = []

        class Kept(DummyClassifier):
            def predict_proba(self, X):
                seen_by_the_classifier.append(X)
                return super().predict_proba(X)

        features = FeatureSet([Standing(), Disruption()], log=train.log, churn=train.definition)
        pipeline, folds = make_pipeline(features, Kept()), PanelSplit(2, horizon="60D")
        cross_val_score(pipeline, train.frame, train.y, cv=folds, scoring="roc_auc", error_score="raise")
        for (past, future), seen in zip(folds.split(train.frame), seen_by_the_classifier, strict=True):
            fitted = clone(features).fit(train.frame.iloc[past])
            rows = train.frame.iloc[future]
            given = nightly(fitted, train.log, rows["cutoff"].unique())
            expected = fitted.with_log(train.log, references=given).transform(rows)
            np.testing.assert_array_equal(bits(seen), bits(expected))
            assert not seen.equals(fitted.with_log(train.log).transform(rows))

    def test_one_customer_alone(self, fitted, some):
        whole = fitted.transform(some)
        for place in (0, 31, len(some) - 1):
            row = some.iloc[[place]]
            own = np.asarray(fitted.log.events["customer_id"].to_pandas() == row["customer_id"].iloc[0])
            alone = with_events(fitted.log, fitted.log.events.filter(own))
            np.testing.assert_array_equal(bits(fitted.with_log(alone).transform(row)), bits(whole.iloc[[place]]))

    def test_the_newest_before_the_cut_off(self, fitted, some):
        """Those of fit are of Mondays 2024-08-26, 2024-09-02 and 2024-11-04."""
        over = fitted.with_log(fitted.log)
        for at, monday in (
            ("2024-09-01", "2024-08-26"),
            ("2024-11-03T23:00", "2024-09-02"),
            ("2025-06-01", "2024-11-04"),
        ):
            rows = some.assign(cutoff=pd.Timestamp(at)).drop_duplicates()
            alone = copy.copy(over)
            alone.references = alone.references_ = nightly(fitted, fitted.log, [monday])
            np.testing.assert_array_equal(bits(over.transform(rows)), bits(alone.transform(rows)))
            assert over.references_.version(at) == alone.references_.version(monday)
        early = some.assign(cutoff=pd.Timestamp("2024-08-25")).drop_duplicates()
        assert over.transform(early).isna().all(axis=None)

    def test_come_back_from_plain_data(self, fitted, some):
        plain = features_to_plain(fitted)
        again = features_from_plain(json.loads(json.dumps(plain, allow_nan=False)))
        assert again.references_ == fitted.references_
        assert features_to_plain(again) == plain
        np.testing.assert_array_equal(bits(again.with_log(fitted.log).transform(some)), bits(fitted.transform(some)))

    def test_given_ones_serve_and_are_kept_by_clone(self, fitted, log, churn, some):
        given = nightly(fitted, log, ["2024-08-26"])
        features = clone(FeatureSet(BUILDERS, log=log, churn=churn, references=given)).fit(some)
        assert features.references_ == given
        rows = some[some["cutoff"] == some["cutoff"].min()]
        np.testing.assert_array_equal(bits(features.transform(rows)), bits(fitted.transform(rows)))

    @pytest.mark.parametrize(
        ("builders", "definition", "words"),
        [
            (
                [Standing(window="30D"), *BUILDERS[1:]],
                Inactivity("60D", active_within="90D"),
                r"Standing\(window='30D'\)",
            ),
            (BUILDERS, Inactivity("30D"), r"churn: Inactivity\(horizon='30D'"),
        ],
    )
    def test_those_of_another_model_are_refused(self, builders, definition, words, fitted, log, some):
        other = FeatureSet(builders, log=log, churn=definition).fit(some)
        for tables in (other.references_, nightly(other, log, ["2024-11-26"])):
            with pytest.raises(MismatchError, match=words) as caught:
                fitted.with_log(log, references=tables)
            assert caught.value.exit_code == 3
        with pytest.raises(MismatchError, match="made for another model"):
            FeatureSet(BUILDERS, log=log, churn=fitted.churn, references=other.references_).fit(some)

    def test_other_labels_are_another_model(self, fitted, log, churn, some):
        early = FeatureSet(BUILDERS, log=log, churn=churn).fit(some.assign(cutoff=pd.Timestamp("2023-07-03")))
        assert early.known_ != fitted.known_
        with pytest.raises(MismatchError, match="labels"):
            fitted.with_log(log, references=early.references_)


class TestNobodysNumber:
    def test_a_number_rests_on_ten_customers(self, fitted, log):
        """Whoever leaves the crowd, no number of a table was theirs alone."""
        at = micro("2024-11-04")
        crowd = Crowd(log, at, fitted.churn_, fitted.about_, Standing.sees)
        keys = crowd.ask(Standing()._keys)
        for name, means in fitted.references_.tables["Standing()"][at].items():
            told = keys[name][~np.isnan(keys[name])]
            assert len(means) == told.size // 10
            values, counts = np.unique(told, return_counts=True)
            assert not set(means) & set(values[counts < 10]), name

    def test_nothing_is_told_of_nine(self, log_of, tenfold):
        events = [{"customer_id": "a", "ago": ago, "wait_s": 5, "sentiment": 0.5, "value": 3.0} for ago in (10, 80)]
        for left, there in (("a 8", False), ("nobody", True)):
            log = log_of([event for event in tenfold(events) if event["customer_id"] != left])
            rows = pd.DataFrame({"customer_id": ["a"], "cutoff": [CUTOFF]})
            tables = FeatureSet([Standing(), Disruption(window="30D")], log=log).fit(rows).references_.tables
            assert [bool(table) for dated in tables.values() for table in dated.values()] == [there, there]
