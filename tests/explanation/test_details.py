"""Reasons in detail: what they weigh, the customer's own number, the own usual, everybody's."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxchurn._core import span
from cxchurn.explanation import Explanation, explain, explain_features
from cxchurn.explanation.reasons._reasons import reason
from cxchurn.explanation.reasons._telling import Telling
from cxchurn.explanation.reasons._usual_own import earlier_by, has_own_usual
from cxchurn.features import Says, matter_of
from cxchurn.history import histories_of

COLUMNS = [
    *("customer_id", "cutoff", "side", "reason", "theme", "driver", "subject"),
    *("column", "sentence", "points", "actionable"),
    *("value", "value_said", "usual_own", "usual_own_said", "usual_all", "usual_all_said"),
]


@pytest.fixture(scope="module")
def explanation(model, test) -> Explanation:
    return explain(model, test.take(np.arange(0, len(test), 17)))


@pytest.fixture(scope="module")
def details(explanation) -> pd.DataFrame:
    return explanation.details(top=2)


def test_table(details, explanation):
    assert list(details.columns) == COLUMNS
    assert set(details["side"]) == {"raises", "lowers"}
    assert (np.sign(details["points"]) == details["side"].map({"raises": 1, "lowers": -1})).all()
    assert details.groupby(["customer_id", "cutoff", "side"])["reason"].max().max() == 2
    raising = details[details["side"] == "raises"]
    scores = explanation.reasons(top=2)
    for row in scores.to_dict("records"):
        own = raising[(raising["customer_id"] == row["customer_id"]) & (raising["cutoff"] == row["cutoff"])]
        told = [name for name in ("reason_1", "reason_2") if row[name]]
        assert own["sentence"].tolist() == [row[name] for name in told]
        assert own["points"].tolist() == [row[name.replace("reason", "points")] for name in told]
        assert own["reason"].tolist() == list(range(1, len(told) + 1))


def test_what_the_columns_say(details, explanation):
    says = {one.name: one for one in explanation.says}
    for row in details.to_dict("records"):
        one = says[row["column"]]
        assert (row["theme"], row["driver"], row["actionable"]) == (one.theme, one.driver, one.actionable)
        assert row["usual_all"] == explanation.typical[row["column"]]
        assert row["subject"] == matter_of(row["theme"], row["driver"])
        if explanation.present[row["column"]] <= 0.5:
            assert row["usual_all_said"] == ""
            assert "(usual: " not in row["sentence"]
        if not np.isnan(row["value"]) and one.levels is None:
            assert row["value_said"] == (one.amount(row["value"]) or "")


def test_the_own_usual_is_the_number_of_one_window_earlier(details, explanation, model, log):
    says = {one.name: one for one in explanation.says}
    frame = details[["customer_id", "cutoff"]].reset_index(drop=True)
    back = [earlier_by(says[name], "60D") for name in details["column"]]
    frame["cutoff"] = [
        cutoff - pd.Timedelta(length.days, "D") for cutoff, length in zip(frame["cutoff"], back, strict=True)
    ]
    earlier = model.features_.with_log(log).transform(frame)
    histories = histories_of(log)
    began = histories.began[histories.positions(frame["customer_id"].to_numpy())]
    wanted = [
        earlier.loc[k, name]
        if has_own_usual(says[name]) and began[k] < frame.loc[k, "cutoff"].value // 1000
        else np.nan
        for k, name in enumerate(details["column"])
    ]
    np.testing.assert_array_equal(details["usual_own"], wanted)
    assert details["usual_own"].notna().mean() > 0.3
    # somebody was new then
    assert (began >= frame["cutoff"].to_numpy(dtype="datetime64[us]").astype(np.int64)).any()


def test_what_grows_with_life_has_no_own_usual(model):
    says = {one.name: one for one in model.features_.says_}
    for name in ("activity_count", "activity_value_sum", "recency_days_first", "cadence_gap_max"):
        assert not has_own_usual(says[name])
    for name in ("activity_days_last", "balance_last", "journey_last_kind"):
        assert has_own_usual(says[name])
    assert all(has_own_usual(one) for one in says.values() if one.window is not None)


def test_what_most_do_not_have_has_no_usual():
    says = Says("n", "speed", "waits {value:days}", unit="days", expects=1)
    assert Telling([says], {"n": 6.0}, {"n": 0.6}).usual_said == ["6 days"]
    rare = Telling([says], {"n": 6.0}, {"n": 0.5})
    assert rare.usual_said == [None]
    assert reason(rare, 0, 60.0) == "Waits 60 days"


@pytest.mark.parametrize(
    ("window", "length"), [("30 days", "30D"), ("12 hours", "12h"), ("1 day", "1D"), (None, "60D")]
)
def test_how_long_ago_it_is_of(window, length):
    assert earlier_by(Says("n", "d", "is {value}", window=window), "60D") == span(length)


def test_without_a_log_nothing_is_known_of_it(model, test):
    some = test.take(np.arange(5))
    features = model.features_of(some)
    bare = Explanation(**{**vars(explain_features(model, some.frame, features, log=test.log)), "over": None})
    assert bare.details()["usual_own"].isna().all()
    assert len(bare.details())


def test_nobody(model, test):
    nobody = explain(model, test.take(np.zeros(len(test), dtype=bool)))
    assert list(nobody.details().columns) == COLUMNS
    assert not len(nobody.details())
