"""Small tables with the answer counted in a comment, and questions that cannot be answered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from cxchurn._core import MismatchError, Span, UsageError
from cxchurn.features import Valence
from cxchurn.history import Events, History, Measure, Seen, as_of, where
from cxchurn.interactions import Schema, read_interactions

T = np.datetime64("2024-03-11T12:00", "us")


@pytest.fixture(scope="module")
def seen() -> Seen:
    """Customer 1 with five interactions, customer 2 with none before the cut-off."""
    rows = [
        # id, when, kind, value, sentiment, resolved, score, promised for
        (1, "2024-03-01T08:00", "visit", 10.0, None, True, None, None),
        (1, "2024-03-01T20:00", "visit", None, -0.5, False, None, None),
        (1, "2024-03-04T12:00", "call", 4.0, None, None, 5.0, "2024-03-12T12:00"),
        (1, "2024-03-04T12:00", "complaint", None, None, None, None, None),
        (1, "2024-03-11T00:00", "visit", 1.0, None, None, None, "2024-03-10T12:00"),
        (1, "2024-03-11T12:00", "a future kind", 99.0, 1.0, True, 1.0, "2024-03-30"),
        (2, "2024-03-11T12:00", "visit", 99.0, 1.0, True, 1.0, "2024-03-30"),
    ]
    names = ("customer_id", "timestamp", "kind", "value", "sentiment", "resolved", "score", "promised_at")
    frame = pd.DataFrame(rows, columns=[*names]).assign(score_type="csat")
    frame.loc[frame["score"].isna(), "score_type"] = None
    frame["resolved"] = frame["resolved"].astype("boolean")
    log = read_interactions(frame, Schema(**{name: name for name in (*names, "score_type")}))
    return as_of(History(log), np.array([1, 2]), np.full(2, T))


@dataclass(frozen=True)
class Double(Measure):
    """Twice the value."""

    def compute(self, events: Events) -> np.ndarray:
        return events["value"] * 2


@pytest.mark.parametrize(
    ("ask", "first", "second"),
    [
        (lambda s: s.sum("value"), 15, 0),  # 10 + 4 + 1
        (lambda s: s.mean(Double()), 10, np.nan),  # (20 + 8 + 2) / 3
        (lambda s: s.share(where(kind="visit")), 0.6, np.nan),  # 3 of 5
        (lambda s: s.active_days(), 3, 0),  # 1, 4 and 11 March
        (lambda s: s.active_days(length="7D"), 2, 0),  # weeks begin on Thursdays, as 1970-01-01: 29 Feb and 7 March
        (lambda s: s.last("10D").active_days(), 3, 0),  # from 1 March 12:00 on: the evening of the 1st is inside
        (lambda s: s.age(), 0.5, np.nan),
        (lambda s: s.lag("promised_at"), 1, np.nan),  # promised for a day before the cut-off
        (lambda s: s.lag("promised_at", nth=2), -1, np.nan),  # promised for a day after it
        (lambda s: s.gaps("max"), 6.5, np.nan),
        (lambda s: s.gaps("min"), 0, np.nan),  # the call and the complaint
        (lambda s: s.gaps("mean", daily=True), 5, np.nan),  # 3 and 7 days
        (lambda s: s.last("10D").gaps("max", daily=True), 7, np.nan),
        (lambda s: s.last("10D").latest_gap(2, daily=True), 3, np.nan),  # the 1st counts by its evening
        (lambda s: s.gaps_within("12h"), 0.5, np.nan),  # gaps of 0.5, 2.67, 0 and 6.5 days: 2 of 4
        (lambda s: s.decayed_sum("7D", where=where(kind="call")), 0.5, 0),  # 7 days old
        # valences in order: 0.5, -0.5, then at one instant 1 (a top score) and -1 (a complaint), in the order of their kinds
        (lambda s: s.sum(Valence()), 0, 0),
        (lambda s: s.count_of(Valence()), 4, 0),
        (lambda s: s.latest(Valence()), -1, np.nan),
        (lambda s: s.sum(Valence().part(-1)), -1.5, 0),
    ],
)  # fmt: skip
def test_answers_counted_by_hand(seen, ask, first, second):
    np.testing.assert_allclose(ask(seen), [first, second], rtol=1e-12)


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda s: s.latest("value", nth=0), ["nth is 0", "1 for the last"]),
        (lambda s: s.age(nth=-1), ["nth is -1"]),
        (lambda s: s.lag("promised_at", nth=0), ["nth is 0"]),
        (lambda s: s.latest_gap(0), ["nth is 0"]),
        (lambda s: s.quantile("value", 1.5), ["q is 1.5", "from 0 to 1"]),
        (lambda s: s.quantile("value", float("nan")), ["q is nan"]),
        (lambda s: s.gaps(-0.1), ["statistic is -0.1", "from 0 to 1"]),
        (lambda s: s.gaps("means"), ["'means'", "mean, std, min, max", "did you mean 'mean'?"]),
        (lambda s: s.last(30), ["window is 30", "window='30D'"]),
        (lambda s: s.before("0D"), ["no length"]),
        (lambda s: s.last(Span(0, "0D")), ["no length"]),
        (lambda s: s.decayed_sum("1M"), ["'1M'", "months and years differ"]),
        (lambda s: s.active_days(length="0D"), ["length", "no length"]),
    ],
)
def test_questions_that_make_no_sense(seen, ask, words):
    with pytest.raises(UsageError) as error:
        ask(seen)
    assert all(word in str(error.value) for word in words), str(error.value)


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda s: s.sum("valeu"), ["no column 'valeu'", "did you mean 'value'?"]),
        # the code of a label depends on labels that come later: a number made of it would leak
        (lambda s: s.mean("kind"), ["'kind' holds labels", "a column of numbers"]),
        (lambda s: s.latest("kind"), ["'kind' holds labels"]),
        (lambda s: s.earliest("score_type"), ["'score_type' holds labels"]),
        (lambda s: s.quantile("kind", 0.5), ["'kind' holds labels"]),
        (lambda s: s.slope("kind"), ["'kind' holds labels"]),
        (lambda s: s.decayed_sum("7D", "kind"), ["'kind' holds labels"]),
        (lambda s: s.balance("kind", half_life="7D", weight=2), ["'kind' holds labels"]),
        (lambda s: s.max("promised_at"), ["'promised_at' holds instants", "asked with lag"]),
        (lambda s: s.lag("value"), ["'value' holds numbers", "a column of instants"]),
        (lambda s: s.count(where(kind=1)), ["'kind' holds labels", "asks for 1.0"]),
        (lambda s: s.count(where(unless={"kind": True})), ["'kind' holds labels"]),
        (lambda s: s.count(where(at_least={"kind": 3})), ["'kind' holds labels", "bounds on numbers alone"]),
        (lambda s: s.count(where(resolved="yes")), ["'resolved' holds no labels", "'yes'"]),
    ],
)
def test_questions_that_do_not_fit_the_log(seen, ask, words):
    with pytest.raises(MismatchError) as error:
        ask(seen)
    assert all(word in str(error.value) for word in words), str(error.value)


def test_a_bound_on_instants_does_not_hold_where_they_are_missing(seen):
    # two of the five interactions before the cut-off were promised for an instant
    assert seen.count(where(at_most={"promised_at": 9e18})).tolist() == [2, 0]


def test_conditions_are_values():
    assert where(kind="visit") == where(kind=("visit",))
    assert hash(where(at_least={"value": 1})) == hash(where(at_least={"value": 1.0}))
    assert where(kind="visit") != where(unless={"kind": "visit"})
    assert where() & where(kind="visit") == where(kind="visit")


class TestMeasures:
    def test_a_measure_is_worked_out_once_a_history(self, seen):
        calls = []

        @dataclass(frozen=True)
        class Counted(Measure):
            name: str

            def compute(self, events: Events) -> np.ndarray:
                calls.append(self.name)
                return events["value"]

        for name in ("a", "a", "b"):
            seen.last("7D").sum(Counted(name))
        assert calls == ["a", "b"]

    def test_a_measure_cannot_change_the_events(self, seen):
        @dataclass(frozen=True)
        class Careless(Measure):
            def compute(self, events: Events) -> np.ndarray:
                value = events["value"]
                value[np.isnan(value)] = 0
                return value

        with pytest.raises(ValueError, match="read-only"):
            seen.sum(Careless())

    def test_a_measure_of_the_wrong_shape_is_refused(self, seen):
        @dataclass(frozen=True)
        class One(Measure):
            def compute(self, events: Events) -> np.ndarray:
                return np.array([1.0])

        with pytest.raises(UsageError, match=r"shape \(1,\)") as error:
            seen.sum(One())
        assert "shape (7,)" in str(error.value)

    def test_events_show_texts_numbers_and_instants(self, seen):
        events = Events(seen._rows.history)
        assert len(events) == 7
        assert "kind" in events
        assert "plan" not in events
        assert events["kind"][:3].tolist() == ["visit", "visit", "call"]
        assert events["score_type"].tolist() == [None, None, "csat", None, None, "csat", "csat"]
        assert np.isnat(events["promised_at"]).tolist() == [True, True, False, True, False, False, False]
        assert events.is_one_of("kind", "call", "complaint").sum() == 2
        assert not events.is_one_of("plan", "gold").any()
        assert not events.is_one_of("value", "gold").any()
        stars = {"csat": 5.0, "nps": 10.0}
        assert np.nan_to_num(events.mapped("score_type", stars)).tolist() == [0.0, 0.0, 5.0, 0.0, 0.0, 5.0, 5.0]
        assert np.isnan(events.mapped("plan", stars)).all()
