from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from cxchurn.features import Disruption, FeatureSet, Valence
from cxchurn.history import as_of, history_of, where

CUTOFF = pd.Timestamp("2024-04-01")  # a Monday
# each stands for ten. a twice in the last 60 days and once in the 60 before; b not lately and three times before; on the edges:
# 60 days ago belongs to the last 60, 120 days ago to those before, 0 days ago to the future
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


def test_beyond_what_changed_for_everybody(log_of, tenfold):
    found = differences(log_of(tenfold(EVENTS)))
    assert list(found) == ["disruption_activity_60d", "disruption_valence_60d", "disruption_wait_60d"]
    # d was not here yet: everybody are a, b and c. (2 + 1) / (1 + 1), (0 + 1) / (3 + 1), (1 + 1) / (0 + 1): the logarithms
    # add up to that of 3/2 * 1/4 * 2 = 3/4; a third of it is -0.096, in fifths 0: everybody did as before
    # a: 3/4 log((2 + 1) / (1 + 1)) = 0.304, b: 3/4 log((0 + 1) / (3 + 1)) = -1.040, c: 1/2 log((1 + 1) / (0 + 1)) = 0.347
    # are 1.52, -5.20 and 1.73 fifths; d did nothing, as before
    assert found["disruption_activity_60d"].tolist() == pytest.approx([0.4, -1.0, 0.4, 0.0])
    # a felt 0.25 on average, c -0.25, b told nothing lately: the mean is 0. a told twice: 2/3 of 0.25; c once: half of it
    # 0.1667 and 0.125 are 3.3 and 2.5 twentieths
    assert found["disruption_valence_60d"].tolist() == pytest.approx([0.15, math.nan, -0.1, math.nan], nan_ok=True)
    # a waited 120 seconds on average, c none: with a minute more 180 and 60, so everybody's logarithm is in tenths 4.6;
    # a twice: 2/3 (5.193 - 4.6) = 0.395; c once: (4.094 - 4.6) / 2 = -0.253
    assert found["disruption_wait_60d"].tolist() == pytest.approx([0.4, math.nan, -0.3, math.nan], nan_ok=True)


def test_waits_are_compared_where_they_were(log_of, tenfold):
    """By letter all wait an hour, on the phone a minute; a waits an hour and more on the phone, c by letter as all do."""
    calls = [{"ago": 5, "touchpoint": "phone", "wait_s": 60}, {"ago": 9, "touchpoint": "letter", "wait_s": 3540}]
    usual = [{"customer_id": f"u{k}", **call} for k in range(98) for call in calls]
    slow = [{"customer_id": "a", "ago": ago, "touchpoint": "phone", "wait_s": 4000} for ago in (1, 2)]
    letters = [{"customer_id": "c", "ago": ago, "touchpoint": "letter", "wait_s": 3540} for ago in (1, 2, 3)]
    both = [{"customer_id": "e", **calls[1]}, {"customer_id": "e", "ago": 1, "touchpoint": "phone", "wait_s": 4000}]
    log = log_of([*usual, *slow, *letters, *both])
    found = differences(log, ["u0", "a", "c", "e", "nobody"])
    # everybody's: phone (98 log 120 + 2 log 4060) / 100 = 4.858, in tenths 4.9; letter log 3600 = 8.189, in tenths 8.2
    # u0: 2/3 of the mean of 4.787 - 4.9 and 8.189 - 8.2: -0.041; a: 2/3 (8.309 - 4.9) = 2.273; c: 3/4 of -0.011
    # e: 2/3 of the mean of 3.409 and -0.011: 1.133
    assert found["disruption_wait_60d"].tolist() == pytest.approx([0.0, 2.3, 0.0, 1.1, math.nan], nan_ok=True)
    said = FeatureSet([Disruption()], log=log).fit(pd.DataFrame({"customer_id": ["a"], "cutoff": [CUTOFF]})).says_[-1]
    expected = "waited far longer than customers in general at the same touchpoints in the last 60 days"
    assert said.sentence(math.log(4)) == expected


def test_what_changed_for_everybody_is_taken_out(log_of):
    """Everybody came twice before and once now: who did the same did as expected, who came twice did better."""
    one = [{"customer_id": f"a{k}", "ago": ago} for k in range(100) for ago in (10, 70, 80)]
    two = [{"customer_id": "b", "ago": ago} for ago in (10, 20, 70, 80)]
    found = differences(log_of([*one, *two]), ["a0", "b", "nobody"])
    # log(2 / 3) = -0.405 for a hundred customers, log(3 / 3) for one: the mean is -0.401, in fifths -0.4
    # a: 3/4 (-0.405 + 0.4) = -0.004; b: 4/5 (0 + 0.4) = 0.32, 1.6 fifths
    assert found["disruption_activity_60d"].tolist() == pytest.approx([0.0, 0.4, 0.0])


def test_everybody_is_that_of_monday(log_of, tenfold):
    """On the Sunday after, a's own window has moved on; everybody's is that of Monday."""
    found = differences(log_of(tenfold(EVENTS)), ["a", "d"], at=CUTOFF + pd.Timedelta("6D"))
    # of a's only the last, 16 days ago, is in the window now: 3/4 log((1 + 1) / (2 + 1)); d came on Monday: 1/2 log(2)
    assert found["disruption_activity_60d"].tolist() == pytest.approx([-0.4, 0.4])
    assert found["disruption_valence_60d"].tolist() == pytest.approx([0.0, 0.5])


def test_missing_before_there_is_anybody(log_of, tenfold):
    log = log_of(tenfold([{"customer_id": "b", "ago": 30, "wait_s": 5}]))
    assert differences(log, ["b"], at=CUTOFF - pd.Timedelta("29D")).isna().all(axis=None)


def test_of_fewer_than_ten_nothing_is_told(log_of, tenfold):
    nine = [event for event in tenfold([{"customer_id": "a", "ago": 30, "wait_s": 5}]) if event["customer_id"] != "a 8"]
    assert differences(log_of(nine), ["a"]).isna().all(axis=None)


@pytest.mark.parametrize(
    ("event", "names"),
    [({}, ["activity"]), ({"wait_s": 5}, ["activity", "wait"]), ({"resolved": True}, ["activity", "valence"])],
)
def test_only_what_the_log_tells(event, names, log_of, tenfold):
    found = differences(log_of(tenfold([{"customer_id": "a", "ago": 3, **event}])), ["a"], window="30D")
    assert list(found) == [f"disruption_{name}_30d" for name in names]
    assert (found == 0.0).all(axis=None)  # everybody is that customer, to half a step


def test_the_window_before_is_as_long(log_of, tenfold):
    """A window of 36 hours: what came 80 hours ago belongs to neither."""
    events = [{"customer_id": "a", "ago": hours / 24} for hours in (10, 60, 71, 80)]
    quiet = [{"customer_id": "b", "ago": 30}]
    found = differences(log_of([*events, *tenfold(quiet)]), ["a"], window="36h")
    # everybody's mean is in fifths 0; 3/4 log((1 + 1) / (2 + 1)) = -0.304
    assert found["disruption_activity_36h"].tolist() == pytest.approx([-0.4])


def test_two_windows_have_a_table_each(log, churn, november):
    both = FeatureSet([Disruption(window="15D"), Disruption(window="60D")], log=log, churn=churn).fit_transform(
        november
    )
    for window in ("15D", "60D"):
        alone = FeatureSet([Disruption(window=window)], log=log, churn=churn).fit_transform(november)
        pd.testing.assert_frame_equal(both[list(alone)], alone, check_exact=True)


def test_is_what_a_slow_count_gives(log, churn, november):
    features = FeatureSet([Disruption(window="30D")], log=log, churn=churn).fit(november)
    found, churn = features.transform(november), features.churn_
    history, monday = history_of(log), np.datetime64("2024-11-04", "us")
    about = {"populations": churn.populations}
    everywhere = as_of(history, history.ids, np.full(history.ids.size, monday), **about)
    asked, seen = churn.eligible(everywhere), everywhere
    rows = november["cutoff"].to_numpy().astype("datetime64[us]")
    own = as_of(history, november["customer_id"].to_numpy(), rows, **about)

    def now(view):
        return view.own.last("30D").count()

    def before(view):
        return view.own.last("60D").count() - view.own.last("30D").count()

    level = round(float(np.log((now(seen) + 1) / (before(seen) + 1))[asked].mean()) * 5) / 5
    events = now(own) + before(own)
    expected = events / (events + 1) * (np.log((now(own) + 1) / (before(own) + 1)) - level)
    np.testing.assert_allclose(found["disruption_activity_30d"], np.round(expected * 5) / 5, rtol=0, atol=1e-12)

    def at_level(ask, steps):
        everybody = [value for value in ask(seen)[asked] if not math.isnan(value)]
        assert len(everybody) >= 10
        return round(sum(everybody) / len(everybody) * steps) / steps

    def felt(view):
        return view.last("30D").mean(Valence())

    told = own.last("30D").count_of(Valence())
    expected = np.round(told / (told + 1) * (felt(own) - at_level(felt, 20)) * 20) / 20
    np.testing.assert_allclose(found["disruption_valence_30d"], expected, rtol=0, atol=1e-12)
    sums, counts = np.zeros(len(november)), np.zeros(len(november))
    for touchpoint in sorted(set(log.events["touchpoint"].drop_null().to_pylist())):
        there = where(touchpoint=touchpoint)
        count = own.last("30D").count_of("wait_s", there)
        if not count.any():
            continue

        def waited(view, there=there):
            return np.log(view.last("30D").mean("wait_s", there) + 60)

        sums += np.where(count > 0, count * (waited(own) - at_level(waited, 10)), 0)
        counts += count
    expected = np.round(counts / (counts + 1) * (sums / np.where(counts > 0, counts, np.nan)) * 10) / 10
    np.testing.assert_allclose(found["disruption_wait_30d"], expected, rtol=0, atol=1e-9)


def test_sentences(log_of):
    fitted = FeatureSet([Disruption()], log=log_of(EVENTS)).fit(
        pd.DataFrame({"customer_id": ["a"], "cutoff": [CUTOFF]})
    )
    activity, valence, wait = fitted.says_
    busy = "busy in the last 60 days than their past and customers in general suggest"
    assert activity.sentence(math.log(0.5)) == f"was clearly less {busy}"
    assert valence.sentence(-0.25) == "had clearly worse moments than customers in general in the last 60 days"
    assert valence.sentence(0.0) == "had moments about as good as customers in general in the last 60 days"
    assert wait.sentence(math.log(4)) == "waited far longer than customers in general in the last 60 days"
    assert wait.sentence(math.nan) == "cannot be compared with other customers in the last 60 days"
    assert [activity.expects, valence.expects, wait.expects] == [-1, -1, 1]
