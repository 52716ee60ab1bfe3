"""Cut-offs just after interactions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import cxchurn as cx
from cxchurn._core import UsageError
from cxchurn.history import histories_of
from cxchurn.interactions import Schema, read_interactions, with_events
from cxchurn.panel import after_interactions, make_panel, monthly
from cxchurn.panel.cutoffs._cutoffs import to_cutoffs


def small(*rows):
    frame = pd.DataFrame(rows, columns=["who", "at", "known"])
    return read_interactions(
        frame,
        Schema(customer_id="who", timestamp="at", known_at="known", kind_is="visit", timezone="Europe/Berlin"),
        observed_until="2024-04-01",
    )


@pytest.fixture
def three():
    """Known at 02-01 (twice at once), 02-10 (happened in January), 03-31T23:30 in Berlin, and before and after the span."""
    return small(
        ("a", "2024-01-05", "2024-01-05"),
        ("a", "2024-02-01", "2024-02-01"),
        ("a", "2024-01-31", "2024-02-01"),
        ("b", "2024-01-20", "2024-02-10"),
        ("b", "2024-02-29T23:30", "2024-02-29T23:30"),
        ("b", "2024-03-30", "2024-03-30"),
    )


def rows(cutoffs, log):
    who, at, labels = to_cutoffs(cutoffs).rows(histories_of(log), log)
    return [(one, str(time), label) for one, time, label in zip(who, at.astype("datetime64[us]"), labels, strict=True)]


def test_one_microsecond_after_each_became_known(three):
    assert rows(after_interactions("2024-02-01", "2024-03-15"), three) == [
        ("a", "2024-01-31T23:00:00.000001", "after interactions, 2024-02"),
        ("b", "2024-02-09T23:00:00.000001", "after interactions, 2024-02"),
        ("b", "2024-02-29T22:30:00.000001", "after interactions, 2024-02"),
    ]


def test_the_span_ends_with_the_log(three):
    assert len(rows(after_interactions("2024-01-01"), three)) == 5


def test_a_share_is_drawn_whoever_else_is_there(log):
    whole = rows(after_interactions("2024-06-01"), log)
    drawn = rows(after_interactions("2024-06-01", share=0.2), log)
    assert set(drawn) < set(whole)
    assert abs(len(drawn) / len(whole) - 0.2) < 0.02
    other = rows(after_interactions("2024-06-01", share=0.2, random_state=1), log)
    assert 0.15 < len(set(drawn) & set(other)) / len(drawn) < 0.25
    some = with_events(
        log, log.events.filter(np.array([one < "C-000100" for one in log.events["customer_id"].to_pylist()]))
    )
    assert rows(after_interactions("2024-06-01", share=0.2), some) == [one for one in drawn if one[0] < "C-000100"]


def test_together_with_others_each_instant_once(three):
    first = after_interactions("2024-02-01", "2024-02-05")
    both = rows([monthly("2024-02-01", "2024-03-01"), first, first, "2024-02-01"], three)
    assert [one for one in both if one[2].startswith("after")] == rows(first, three)
    assert [one[:2] for one in both if not one[2].startswith("after")] == [
        (who, at) for at in ("2024-01-31T23:00:00.000000", "2024-02-29T23:00:00.000000") for who in ("a", "b")
        if not (who == "b" and at.startswith("2024-01"))
    ]  # fmt: skip


def test_a_panel_of_them_follows_the_definition(log, churn):
    panel = make_panel(log, churn, cutoffs=after_interactions("2024-08-01", "2024-09-01", share=0.3))
    at = panel.cutoffs
    assert len(panel) > 100
    assert ((at >= np.datetime64("2024-08-01")) & (at < np.datetime64("2024-09-02"))).all()
    again = churn.resolved(log).churned(log, panel.frame["customer_id"].to_numpy(), at)
    np.testing.assert_array_equal(panel.y, again)
    assert panel.frame["group"].unique().tolist() == ["after interactions, 2024-08"]
    both = make_panel(
        log, churn, cutoffs=[monthly("2024-08-01", "2024-08-01"), after_interactions("2024-08-01", share=0.05)]
    )
    assert both.frame["group"].nunique() >= 2


@pytest.mark.parametrize(
    ("cutoffs", "says"),
    [
        (after_interactions("2024-03-01", "2024-02-01"), "start .* after they end"),
        (after_interactions("2024-02-01", share=0), "share is 0"),
        (after_interactions("2024-02-01", share=30), "share is 30"),
        ([monthly("2024-02-01"), None], "cutoffs is None"),
    ],
)
def test_refuses(three, cutoffs, says):
    with pytest.raises(UsageError, match=says):
        rows(cutoffs, three)


def test_prints_as_typed():
    assert repr(cx.after_interactions("2024-10-01", share=0.1)) == "AfterInteractions(start='2024-10-01', share=0.1)"
