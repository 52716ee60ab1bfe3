from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from cxchurn.features import Disruption, FeatureSet, Valence
from cxchurn.history import as_of, history_of

CUTOFF = pd.Timestamp("2024-04-01")  # a Monday
# a twice in the last 60 days and once in the 60 before; b not lately and three times before; on the edges: 60 days ago belongs
# to the last 60, 120 days ago to those before, 0 days ago to the future
EVENTS = [
    {"customer_id": "a", "ago": 60, "sentiment": 0.5, "wait_s": 60},
    {"customer_id": "a", "ago": 10, "sentiment": 0.0, "wait_s": 180},
    {"customer_id": "a", "ago": 70, "sentiment": -1.0, "wait_s": 999},
    {"customer_id": "b", "ago": 61, "sentiment": 1.0, "wait_s": 999},
    {"customer_id": "b", "ago": 100, "sentiment": 1.0, "wait_s": 999},
    {"customer_id": "b", "ago": 120, "sentiment": 1.0, "wait_s": 999},
    {"customer_id": "b", "ago": 121, "sentiment": 1.0, "wait_s": 999},
    {"customer_id": "c", "ago": 5, "sentiment": -0.25, "wait_s": 0},
    {"customer_id": "d", "ago": 0, "sentiment": 1.0, "wait_s": 0},
]
WHO = ["a", "b", "c", "d"]


def differences(log, who=WHO, at=CUTOFF, **builder) -> pd.DataFrame:
    rows = pd.DataFrame({"customer_id": who, "cutoff": at})
    return FeatureSet([Disruption(**builder)], log=log).fit_transform(rows).set_axis(who)


def test_less_what_changed_for_everybody(log_of):
    found = differences(log_of(EVENTS))
    assert list(found) == ["disruption_activity_60d", "disruption_valence_60d", "disruption_wait_60d"]
    # d was not here yet: everybody is a, b and c. (2 + 1) / (1 + 1), (0 + 1) / (3 + 1), (1 + 1) / (0 + 1): the logarithms
    # add up to that of 3/2 * 1/4 * 2 = 3/4
    everybody = math.log(3 / 4) / 3
    expected = [math.log(1.5) - everybody, math.log(0.25) - everybody, math.log(2) - everybody, -everybody]
    assert found["disruption_activity_60d"].tolist() == pytest.approx(expected)
    # a felt 0.25 on average, c -0.25, b told nothing lately: the mean is 0
    assert found["disruption_valence_60d"].tolist() == pytest.approx([0.25, math.nan, -0.25, math.nan], nan_ok=True)
    # a waited 120 seconds on average, c none: with a minute more 180 and 60, twice the logarithm's distance to the middle
    half = math.log(3) / 2
    assert found["disruption_wait_60d"].tolist() == pytest.approx([half, math.nan, -half, math.nan], nan_ok=True)


def test_less_what_changed_until_monday(log_of):
    """On the Sunday after, a's own window has moved on; everybody's is that of Monday."""
    found = differences(log_of(EVENTS), ["a", "d"], at=CUTOFF + pd.Timedelta("6D"))
    # of a's only the last, 16 days ago, is in the window now: (1 + 1) / (2 + 1); d came on Monday: (1 + 1) / (0 + 1)
    everybody = math.log(3 / 4) / 3
    assert found["disruption_activity_60d"].tolist() == pytest.approx(
        [math.log(2 / 3) - everybody, math.log(2) - everybody]
    )
    assert found["disruption_valence_60d"].tolist() == pytest.approx([0.0, 1.0])


def test_missing_before_there_is_anybody(log_of):
    log = log_of([{"customer_id": "b", "ago": 30, "wait_s": 5}])
    assert differences(log, ["b"], at=CUTOFF - pd.Timedelta("29D")).isna().all(axis=None)


@pytest.mark.parametrize(
    ("event", "names"),
    [({}, ["activity"]), ({"wait_s": 5}, ["activity", "wait"]), ({"resolved": True}, ["activity", "valence"])],
)
def test_only_what_the_log_tells(event, names, log_of):
    found = differences(log_of([{"ago": 3, **event}]), ["a"], window="30D")
    assert list(found) == [f"disruption_{name}_30d" for name in names]
    assert (found == 0.0).all(axis=None)  # everybody is that customer


def test_is_the_difference_to_everybodys_mean(log, churn, november):
    found = FeatureSet([Disruption(window="30D")], log=log, churn=churn).fit_transform(november)
    history, monday = history_of(log), np.datetime64("2024-11-04", "us")
    seen = as_of(history, history.ids, np.full(history.ids.size, monday), populations=churn.populations)
    rows = november["cutoff"].to_numpy().astype("datetime64[us]")
    own = as_of(history, november["customer_id"].to_numpy(), rows, populations=churn.populations)
    questions = {
        "activity": lambda view: np.log(
            (view.own.last("30D").count() + 1) / (view.own.last("60D").count() - view.own.last("30D").count() + 1)
        ),
        "valence": lambda view: view.last("30D").mean(Valence()),
        "wait": lambda view: np.log(view.last("30D").mean("wait_s") + 60),
    }
    asked = churn.eligible(seen)
    for name, ask in questions.items():
        everybody = [value for value in ask(seen)[asked] if not math.isnan(value)]
        assert len(everybody) > 50
        expected = ask(own) - sum(everybody) / len(everybody)
        np.testing.assert_allclose(found[f"disruption_{name}_30d"], expected, rtol=0, atol=1e-12, err_msg=name)


def test_sentences(log_of):
    fitted = FeatureSet([Disruption()], log=log_of(EVENTS)).fit(
        pd.DataFrame({"customer_id": ["a"], "cutoff": [CUTOFF]})
    )
    activity, valence, wait = fitted.says_
    assert (
        activity.sentence(math.log(0.5))
        == "changed how much they do 0.5 times as much as customers in general over the last 60 days"
    )
    assert valence.sentence(-0.25) == "felt better by -0.25 than customers in general in the last 60 days"
    assert wait.sentence(math.log(2)) == "waited 2.0 times as long as customers in general in the last 60 days"
    assert wait.sentence(math.nan) == "cannot be compared with other customers in the last 60 days"
    assert [activity.expects, valence.expects, wait.expects] == [-1, -1, 1]
