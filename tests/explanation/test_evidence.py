"""The interactions behind a reason: taking them out of the log does to the number what the table says."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import cxchurn as cx
from cxchurn._core import UsageError
from cxchurn.explanation import Explanation, evidence, explain, explain_features
from cxchurn.interactions import with_events


@pytest.fixture(scope="module")
def explanation(model, test) -> Explanation:
    return explain(model, test)


@pytest.fixture(scope="module")
def customers(explanation) -> list[str]:
    """Some at high risk, some at low."""
    order = np.argsort(explanation.probability)
    return list(dict.fromkeys(explanation.rows["customer_id"].iloc[[*order[:2], *order[-4:]]]))


def test_without_an_event_the_number_is_what_the_table_says(explanation, customers, model, log):
    looked_at = 0
    events = log.events.to_pandas()
    for customer in customers:
        found = evidence(explanation, customer, top=2, most=2)
        details = explanation.details(2)
        details = details[(details["customer_id"] == customer)]
        cutoff = details["cutoff"].max()
        details = details[details["cutoff"] == cutoff]
        columns = dict(zip(zip(details["side"], details["reason"], strict=True), details["column"], strict=True))
        for row in found.to_dict("records"):
            column = columns[row["side"], row["reason"]]
            alike = (
                (events["customer_id"] == customer)
                & (events["timestamp"] == row["timestamp"])
                & (events["kind"] == row["kind"])
            )
            if alike.sum() != 1:
                # what happened and what became known of it later stand at the same time
                continue
            less = model.features_.with_log(with_events(log, log.events.filter(~alike.to_numpy())))
            number = less.transform(pd.DataFrame({"customer_id": [customer], "cutoff": [cutoff]}))[column].iloc[0]
            np.testing.assert_allclose(row["without"], number, rtol=1e-12)
            assert not np.isclose(row["without"], row["value"], rtol=1e-9, atol=0, equal_nan=True)
            looked_at += 1
    assert looked_at > 10


def test_table(explanation, customers):
    found = pd.concat([evidence(explanation, one) for one in customers])
    assert list(found.columns) == [
        *("side", "reason", "sentence", "points", "timestamp", "kind", "touchpoint", "numbers", "value", "without")
    ]
    assert found.groupby(["sentence", "points"]).size().max() == 5
    assert (found["kind"] != "").all()
    # a wait has its seconds beside it, a score its scale
    waits = found[found["sentence"].str.contains("aited ")]
    scores = found[found["sentence"].str.contains(" score of ")]
    assert not len(waits) or waits["numbers"].str.contains("wait_s ").any()
    assert not len(scores) or scores["numbers"].str.contains("score ").any()
    everything = evidence(explanation, customers[0], most=None)
    assert len(everything) > len(evidence(explanation, customers[0]))
    assert everything.groupby("sentence")["timestamp"].apply(lambda times: times.is_monotonic_increasing).all()


def test_what_it_is_of_days_since_the_last_one(explanation):
    """Behind the days since the last activity is that activity alone; with it gone it is longer ago."""
    details = explanation.details(1)
    told = details[details["column"] == "activity_days_last"].iloc[0]
    found = evidence(explanation, told["customer_id"], cutoff=told["cutoff"], top=1)
    rows = found[found["sentence"] == told["sentence"]]
    assert len(rows) == 1
    assert rows["without"].iloc[0] > rows["value"].iloc[0] == told["value"]


def test_behind_a_silence_there_is_nothing(model, test):
    explanation = explain(model, test)
    details = explanation.details(3)
    silent = details[(details["value"] == 0) & (details["column"] == "value_sum_30d")]
    assert len(silent)
    told = silent.iloc[0]
    found = evidence(explanation, told["customer_id"], cutoff=told["cutoff"])
    assert told["sentence"] not in set(found["sentence"])
    assert list(evidence(explanation, told["customer_id"], top=0).columns) == list(found.columns)


def test_who_is_not_there(explanation, model, test):
    with pytest.raises(UsageError, match=r"no customer 'C-00000l'(.|\n)*did you mean"):
        cx.evidence(explanation, "C-00000l")
    who = explanation.rows["customer_id"].iloc[0]
    with pytest.raises(UsageError, match="does not have"):
        evidence(explanation, who, cutoff="2020-01-01")
    some = test.take(np.arange(5))
    bare = Explanation(**{**vars(explain_features(model, some.frame, model.features_of(some))), "over": None})
    with pytest.raises(UsageError, match="no log"):
        evidence(bare, some.frame["customer_id"].iloc[0])
