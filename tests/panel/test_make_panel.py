from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxchurn._core import DataError, UsageError
from cxchurn.interactions import known_before
from cxchurn.panel import Cancellation, Inactivity, after_first, asked_about, every, make_panel, monthly

from .panel_rows import at, cancelled, inactive, iso_days, log_of, rows_drawn

SOME = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
spans = st.integers(1, 12)
cutoff_days = st.lists(st.integers(1, 30), min_size=1, max_size=4, unique=True)


def check(rows, days, churn, expected, until=31):
    """Compare the panel with the plain loop's {day: {customer: churned}}."""
    finished = {day: labels for day, labels in expected.items() if at(day) + churn.reach <= at(until)}
    if not any(isinstance(left, bool) for labels in finished.values() for left in labels.values()):
        with pytest.raises((DataError, UsageError)):
            make_panel(log_of(rows, until), churn, cutoffs=iso_days(*days))
        return
    panel = make_panel(log_of(rows, until), churn, cutoffs=iso_days(*days))
    found = list(panel.frame[["cutoff", "customer_id", "churned"]].itertuples(index=False, name=None))
    assert found == [
        (at(day), customer, int(left))
        for day in sorted(finished)
        for customer, left in finished[day].items()
        if isinstance(left, bool)
    ]
    table = panel.summary.set_index("group")
    for day in days:
        group, labels = str(at(day))[:10], expected[day]
        if labels:
            refused = 0 if day in finished else len(labels)
            late = 0 if refused else sum(left is None for left in labels.values())
            out = 0 if refused else sum(left == "gap" for left in labels.values())
            churned = 0 if refused else sum(left is True for left in labels.values())
            counts = [len(labels), churned, refused, late, out]
            found = table.loc[group, ["eligible", "churned", "refused", "known_late", "left_out"]].tolist()
            assert found == counts
        else:
            assert group not in table.index


@SOME
@given(
    rows=rows_drawn, days=cutoff_days, horizon=spans, gap=st.integers(0, 5), within=st.none() | spans,
    counts=st.sampled_from([(None, ()), (None, ("cancel",)), (("visit",), ("cancel",)), (("visit", "cancel"), ())]),
)  # fmt: skip
def test_silence_is_what_a_plain_loop_says(rows, days, horizon, gap, within, counts):
    said = {"kinds": counts[0], "ended_by": counts[1]}
    churn = Inactivity(f"{horizon}D", gap=f"{gap}D", active_within=within and f"{within}D", **said)
    expected = {day: inactive(rows, day, horizon=horizon, gap=gap, within=within, **said) for day in days}
    check(rows, days, churn, expected)


@SOME
@given(rows=rows_drawn, days=cutoff_days, horizon=spans, gap=st.integers(0, 5))
def test_cancelling_is_what_a_plain_loop_says(rows, days, horizon, gap):
    expected = {day: cancelled(rows, day, horizon=horizon, gap=gap) for day in days}
    check(rows, days, Cancellation(horizon=f"{horizon}D", gap=f"{gap}D", returns="any"), expected)


@SOME
@given(rows=rows_drawn, day=st.integers(1, 30), within=st.none() | spans)
def test_who_is_eligible_is_decided_from_the_past_alone(rows, day, within):
    log = log_of(rows, 31)
    who = np.array([1, 2, 3, 9])
    silence = Inactivity("5D", active_within=within and f"{within}D", ended_by=("cancel",))
    for churn in (silence, Cancellation(horizon="5D")):
        whole, past = (asked_about(one, churn, who, np.full(4, at(day))) for one in (log, known_before(log, at(day))))
        assert whole.why_not.tolist() == past.why_not.tolist()
        assert whole.already_silent.tolist() == past.already_silent.tolist()


def test_a_panel_is_a_plain_frame():
    log = log_of([("b", 0, "visit"), ("a", 1, "visit"), ("a", 12, "visit"), ("a", 40, "visit")])
    panel = make_panel(log, Inactivity("10D"), cutoffs=iso_days(20, 10))
    assert panel.frame.columns.tolist() == ["customer_id", "cutoff", "group", "churned", "already_silent"]
    assert panel.frame["cutoff"].dtype == "datetime64[us]"
    assert panel.frame["churned"].dtype == np.int8
    # a visits on day 12, in [10, 20), and not again before day 40; b never again
    assert panel.frame["customer_id"].tolist() == ["a", "b", "a", "b"]
    assert panel.frame["group"].tolist() == ["2024-01-11"] * 2 + ["2024-01-21"] * 2
    assert panel.y.tolist() == [0, 1, 1, 1]
    assert panel.cutoffs.tolist() == [at(10).item()] * 2 + [at(20).item()] * 2
    # b is silent for longer than 10 days before day 20, a last visits on day 12; on day 10 only a's 9 days and b's 10 are gone
    assert panel.frame["already_silent"].tolist() == [False, False, False, True]
    assert repr(panel).splitlines()[0] == "Panel(4 rows, 2024-01-11 .. 2024-01-21, 75.0% churned)"
    assert len(panel) == 4
    assert panel.log is log
    assert panel.definition == Inactivity("10D", ended_by=())


def test_an_unfinished_future_is_refused_and_counted():
    log = log_of([("a", 0, "visit"), ("b", 5, "visit"), ("a", 19, "visit")], until=20)
    panel = make_panel(log, Inactivity("10D"), cutoffs=iso_days(4, 10, 11))
    # day 10 + 10 days is the end of the log: finished; day 11 is not
    expected = pd.DataFrame(
        {
            "group": ["2024-01-05", "2024-01-11", "2024-01-12"],
            "eligible": [1, 2, 2],
            "churned": [1, 1, 0],
            "rate": [1.0, 0.5, np.nan],
            "refused": [0, 0, 2],
            "left_out": [0, 0, 0],
            "known_late": [0, 0, 0],
            "already_silent": [0, 0, 0],
        }
    )
    pd.testing.assert_frame_equal(panel.summary, expected)
    assert len(panel) == 3


def test_many_churned_are_counted_in_full():
    log = log_of([(customer, 0, "visit") for customer in range(300)], until=20)
    summary = make_panel(log, Inactivity("10D"), cutoffs=at(5)).summary
    assert summary[["eligible", "churned", "rate"]].values.tolist() == [[300, 300, 1.0]]


def test_cutoffs_after_each_first_interaction():
    log = log_of([("b", 0, "visit"), ("a", 4, "visit", 6), ("c", 39, "visit"), ("b", 8, "visit")], until=40)
    panel = make_panel(log, Inactivity("10D"), cutoffs=after_first("9D", "3D"))
    rows = panel.frame[["customer_id", "cutoff", "group", "churned"]].values.tolist()
    # a is known from day 6 on, so it is looked at on days 9 and 15; b on days 3 and 9; c after the end of the log
    assert rows == [
        ["b", pd.Timestamp(at(3)), "first + 3d", 0],
        ["a", pd.Timestamp(at(9)), "first + 3d", 1],
        ["b", pd.Timestamp(at(9)), "first + 9d", 1],
        ["a", pd.Timestamp(at(15)), "first + 9d", 1],
    ]
    assert set(panel.summary["group"]) == {"first + 3d", "first + 9d"}


LOG = log_of([("a", 0, "visit"), ("a", 10, "purchase"), ("b", 10, "cancel"), ("b", 40, "visit")])


@pytest.mark.parametrize(
    ("churn", "cutoffs", "words"),
    [
        (Inactivity(60), at(20), ["horizon is 60, a bare int", "horizon='60D'"]),
        (Inactivity("1M"), at(20), ["'1M'", "'M'", "months and years differ"]),
        (Inactivity("0D"), at(20), ["horizon is '0D'", "no length"]),
        (Inactivity(None), at(20), ["horizon is None", "'30D'"]),
        (Inactivity("10D", gap=3), at(20), ["gap is 3, a bare int"]),
        (Inactivity("10D", active_within=90), at(20), ["is 90, a bare int"]),
        (Inactivity("10D", kinds="visit"), at(20), ["kinds is the text 'visit'", "kinds=('visit',)"]),
        (Inactivity("10D", kinds=("vist",)), at(20), ["'vist'", "never occurs", "did you mean 'visit'?"]),
        (Cancellation("cancle", horizon="10D"), at(20), ["kind 'cancle'", "did you mean 'cancel'?"]),
        (Cancellation(("cancel",), horizon="10D"), at(20), ["('cancel',)", "visit, cancel, purchase"]),
        (Cancellation(horizon="10D", returns="purchase"), at(20), ["returns is the text", "returns=('purchase',)"]),
        (Cancellation(horizon="10D", returns=("buy",)), at(20), ["returns names the kind 'buy'"]),
        (Cancellation(horizon=10), at(20), ["horizon is 10, a bare int"]),
        (Inactivity("10D"), [at(-1), at(20)], ["1 of 2 cut-offs lie outside", "2023-12-31", "after 2024-01-01"]),
        (Inactivity("10D"), at(0), ["1 of 1 cut-offs", "after 2024-01-01"]),
        (Inactivity("10D"), at(41.5), ["2024-02-11", "up to 2024-02-11"]),
        (Inactivity("10D"), monthly("2025-01-01"), ["before they start (2025-01-01)", "before the end of the log"]),
        (Inactivity("10D"), every("7D", "2024-02-01", "2024-01-05"), ["end (2024-01-05)", "swap start and end"]),
        (Inactivity("10D"), every(7, "2024-01-05"), ["every is 7, a bare int"]),
        (Inactivity("10D"), "soon", ["'soon', which is not a time"]),
        (Inactivity("10D"), 20, ["20, a bare number"]),
        (Inactivity("10D"), np.array([20]), ["20, a bare number"]),
        (Inactivity("10D"), [], ["cutoffs is empty"]),
        (Inactivity("10D"), None, ["cutoffs is None", "monthly()"]),
        (Inactivity("10D"), pd.NaT, ["missing"]),
        (Inactivity("90D"), at(20), ["no label window is finished", "2024-04-20", "2024-02-11", "shorter horizon"]),
    ],
)
def test_wrong_calls(churn, cutoffs, words):
    with pytest.raises(UsageError) as error:
        make_panel(LOG, churn, cutoffs=cutoffs)
    assert all(word in str(error.value) for word in words), str(error.value)


def test_nobody_is_eligible():
    with pytest.raises(DataError, match="nobody is eligible") as error:
        make_panel(LOG, Inactivity("5D", active_within="5D"), cutoffs=at(30))
    assert "a longer active_within" in str(error.value)


def test_cutoffs_with_a_zone_are_the_same_instants():
    berlin = pd.DatetimeIndex(["2024-01-12 01:00", "2024-01-22 01:00"], tz="Europe/Berlin")
    one, other = (make_panel(LOG, Inactivity("5D"), cutoffs=cutoffs) for cutoffs in (berlin, iso_days(11, 21)))
    pd.testing.assert_frame_equal(one.frame, other.frame)


@pytest.mark.parametrize("ids", [["a", "b"], [1, 2]])
def test_ids_stay_as_they_are(ids):
    panel = make_panel(log_of([(one, 0, "visit") for one in ids], until=30), Inactivity("5D"), cutoffs=at(10))
    assert panel.frame["customer_id"].tolist() == ids
