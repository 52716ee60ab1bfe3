from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from cxchurn._core import DataError, UsageError
from cxchurn.interactions import Schema, read_interactions
from cxchurn.panel import Inactivity, OwnLabels, panel_from_labels, panel_of_outcomes

from .panel_rows import at, log_of


@pytest.fixture(scope="module")
def log():
    return log_of([("a", 0, "visit"), ("b", 5, "visit"), ("b", 7, "visit", 12)], until=40)


def labels(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["customer_id", "cutoff", "churned"])


def test_own_labels_become_a_panel(log):
    given = labels(
        ("b", at(10), True),
        ("a", at(10), False),
        ("a", at(30), 1),
        ("a", at(31), 1),  # its window ends a day after the log
        ("b", at(5), 1),  # nothing is known of b before day 5
        ("nobody", at(10), 0),
    )
    panel = panel_from_labels(log, given.assign(more="x"), horizon="10D")
    # in the order of the labels, with the place of each among them
    assert panel.frame["customer_id"].tolist() == ["b", "a", "a"]
    assert panel.frame["group"].tolist() == ["2024-01-11", "2024-01-11", "2024-01-31"]
    assert panel.frame["position"].tolist() == [0, 1, 2]
    assert panel.y.tolist() == [1, 0, 1]
    assert panel.definition == OwnLabels("10D")
    table = panel.summary.set_index("group")
    assert table["refused"].to_dict() == {"2024-01-06": 1, "2024-01-11": 1, "2024-01-31": 0, "2024-02-01": 1}
    assert table["churned"].to_dict() == {"2024-01-06": 0, "2024-01-11": 1, "2024-01-31": 1, "2024-02-01": 0}
    assert given["churned"].tolist() == [True, False, 1, 1, 1, 0]


def test_a_gap_reaches_further(log):
    given = labels(("a", at(25), 1), ("a", at(29), 1))
    assert len(panel_from_labels(log, given, horizon="10D", gap="2D")) == 1


@pytest.mark.parametrize("churned", [[0, 1], [False, True], ["0", "1"], [0.0, 1.0], pd.array([0, 1], "Int64")])
def test_labels_in_many_forms(log, churned):
    given = pd.DataFrame({"customer_id": ["a", "b"], "cutoff": "2024-01-20", "churned": churned})
    panel = panel_from_labels(log, given, horizon="10D")
    assert panel.y.tolist() == [0, 1]
    assert panel.frame["churned"].dtype == np.int8


@pytest.mark.parametrize("dtype", ["string", "category", object])
def test_ids_in_many_forms(log, dtype):
    given = labels(("a", at(10), 0), ("b", at(10), 1)).astype({"customer_id": dtype})
    assert panel_from_labels(log, given, horizon="10D").frame["customer_id"].tolist() == ["a", "b"]


@pytest.mark.parametrize("dtype", ["int32", "int64", "Int64", "float64"])
def test_whole_numbers_in_many_forms(dtype):
    log = log_of([(1, 0, "visit"), (2, 0, "visit")], until=40)
    given = labels((1, at(10), 0), (2, at(10), 1)).astype({"customer_id": dtype})
    assert panel_from_labels(log, given, horizon="10D").frame["customer_id"].tolist() == [1, 2]


def test_cutoffs_with_a_zone(log):
    given = labels(("a", pd.Timestamp("2024-01-11 01:00", tz="Europe/Berlin"), 1))
    assert panel_from_labels(log, given, horizon="10D").cutoffs.tolist() == [at(10).item()]


GOOD = ("a", "2024-01-20", 1)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (labels(GOOD).rename(columns={"cutoff": "cut_off"}), ["lack cutoff", "cut_off", "did you mean 'cut_off'?"]),
        (labels(GOOD)[["cutoff"]], ["lack customer_id, churned"]),
        (labels(GOOD, ("b", "2024-01-20", 2)), ["1 labels are neither 0 nor 1"]),
        (labels(GOOD, ("b", "2024-01-20", None)), ["1 labels are neither 0 nor 1"]),
        (labels(GOOD, ("b", "2024-01-20", "yes")), ["1 labels are neither 0 nor 1"]),
        (labels(GOOD).assign(churned=pd.array([None], "boolean")), ["1 labels are neither 0 nor 1"]),
        (labels(GOOD, GOOD), ["1 rows repeat a customer and cut-off"]),
        (labels(GOOD, ("a", "2024-01-20T00:00:00Z", 0)), ["1 rows repeat a customer and cut-off"]),
        (labels(GOOD, (None, "2024-01-20", 0)), ["1 rows lack the customer_id"]),
        (labels(GOOD, ("b", None, 0)), ["cutoff is missing"]),
        (labels(GOOD, ("b", "soon", 0)), ["'soon', which is not a time"]),
        (labels(GOOD, ("b", 7, 0)), ["7, a bare number"]),
        (labels(), ["there is no row"]),
        (
            labels(GOOD, (None, None, 3)),
            ["1 labels are neither", "1 rows lack the customer_id", "cutoff is missing"],
        ),
        (labels(("x", "2024-01-20", 0)), ["no labelled customer", "look like 'a'", "like 'x'"]),
        (labels((1, "2024-01-20", 0)), ["look like 'a'", "like 1"]),
    ],
)
def test_labels_that_cannot_be_used(log, given, words):
    with pytest.raises(DataError) as error:
        panel_from_labels(log, given, horizon="10D")
    assert all(word in str(error.value) for word in words), str(error.value)


@pytest.mark.parametrize(
    ("horizon", "gap", "words"),
    [
        (30, "0D", ["horizon is 30, a bare int"]),
        ("1M", "0D", ["months and years differ"]),
        ("10D", 5, ["gap is 5, a bare int"]),
        ("30D", "0D", ["the first ends on 2024-02-19, the log on 2024-02-10"]),
    ],
)
def test_wrong_spans_of_labels(log, horizon, gap, words):
    # the customer that nobody knows has an earlier cut-off, which must not be named as the first
    with pytest.raises(UsageError) as error:
        panel_from_labels(log, labels(GOOD, ("nobody", "2024-01-02", 1)), horizon=horizon, gap=gap)
    assert all(word in str(error.value) for word in words), str(error.value)


def test_the_order_of_the_labels_stays_and_says_which_they_were(log):
    given = labels(("b", at(20), 1), ("x", at(20), 0), ("a", at(20), 0), ("b", at(10), 0))
    panel = panel_from_labels(log, given.set_index(pd.Index([7, 3, 5, 1])), horizon="10D")
    # x is unknown; the others keep their order, and their places lead back to the table
    assert panel.frame["position"].tolist() == [0, 2, 3]
    kept = given.iloc[panel.frame["position"]]
    for name in ("customer_id", "cutoff", "churned"):
        assert panel.frame[name].tolist() == kept[name].tolist()
    # the summary is in order of time
    assert panel.summary["group"].tolist() == ["2024-01-11", "2024-01-21"]


def test_a_definition_says_who_is_asked_about():
    rows = [("a", 0, "visit"), ("b", 5, "visit"), ("b", 6, "cancel"), ("c", 1, "call"), ("d", 9, "visit")]
    log = log_of(rows, 60)
    given = labels(*((who, at(10), 1) for who in "dcba"))
    churn = Inactivity("5D", active_within="8D", kinds=("visit",))
    panel = panel_from_labels(log, given, horizon="30D", churn=churn)
    # b has ended, a is silent for too long, c never visited
    assert panel.frame["customer_id"].tolist() == ["d"]
    assert panel.summary["refused"].tolist() == [3]
    assert panel.definition == OwnLabels(
        "30D", churn=Inactivity("5D", active_within="8D", kinds=("visit",), ended_by=("cancel",))
    )
    assert panel.definition.populations.ended_by == ("cancel",)
    assert any(note.startswith("A cancel ends a customer") for note in panel.notes)
    assert "Not asked about are 3 of 4 customers at cut-offs: 1 ended, 1 silent too long, 1 new." in panel.notes
    open_ = panel_from_labels(log, given, horizon="30D", churn=Inactivity("5D"))
    # by the definition's own horizon
    assert dict(zip(open_.frame["customer_id"], open_.frame["already_silent"], strict=True)) == {
        "d": False, "c": True, "a": True
    }  # fmt: skip
    with pytest.raises(DataError, match="no labelled customer is asked about at their cut-off \\(1 ended\\)"):
        panel_from_labels(log, labels(("b", at(10), 1)), horizon="30D", churn=churn)
    with pytest.raises(UsageError, match="'vist'"):
        panel_from_labels(log, given, horizon="30D", churn=Inactivity("5D", kinds=("vist",)))


def test_tables_of_other_libraries(log):
    pl = pytest.importorskip("polars")
    given = labels(("b", at(10), 1), ("a", at(10), 0))
    expected = panel_from_labels(log, given, horizon="10D").frame
    for table in (pa.Table.from_pandas(given), pl.from_pandas(given), pl.from_pandas(given).lazy()):
        pd.testing.assert_frame_equal(panel_from_labels(log, table, horizon="10D").frame, expected)
    with pytest.raises(UsageError, match="the labels are a list"):
        panel_from_labels(log, [1, 2], horizon="10D")


@pytest.mark.parametrize("ids", [[1, 2], [1.0, 2.0], ["1", "2"], ["1.0", " 2"], pd.Categorical(["1", "2"])])
def test_labels_and_outcomes_are_of_the_customers_and_on_the_clock_of_the_log(ids):
    frame = pd.DataFrame({"c": ["1", "2"], "t": ["2024-01-01", "2024-06-01"]})
    schema = Schema(customer_id="c", timestamp="t", kind_is="visit", timezone="Europe/Berlin")
    log, churn = read_interactions(frame, schema), Inactivity(horizon="30D")
    given = pd.DataFrame({"customer_id": ids, "cutoff": ["2024-03-01", "2024-04-01"], "churned": [1, 0]})
    panel = panel_of_outcomes(given["customer_id"], given["cutoff"], given["churned"], log=log, definition=churn)
    assert panel.frame["customer_id"].tolist() == ["1", "2"]
    # midnight in Berlin: an hour before that of UTC in winter, two in summer
    times = [pd.Timestamp("2024-02-29T23:00"), pd.Timestamp("2024-03-31T22:00")]
    assert panel.frame["cutoff"].tolist() == times
    of_labels = panel_from_labels(log, given, horizon="30D")
    assert of_labels.frame["customer_id"].tolist() == ["1"]  # nothing is known of the other one before April
    assert of_labels.frame["cutoff"].tolist() == times[:1]
