from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from cxchurn.features import FeatureSet, Standing
from cxchurn.history import as_of, history_of

CUTOFF = pd.Timestamp("2024-04-01")  # a Monday
ZERO = "cannot be compared with other customers yet"


def standings(log, who: list[str], at: pd.Timestamp = CUTOFF, **builder) -> pd.DataFrame:
    rows = pd.DataFrame({"customer_id": who, "cutoff": at})
    return FeatureSet([Standing(**builder)], log=log).fit_transform(rows).set_axis(who)


# a once 10 days ago; b twice, 20 and 30 days ago; c three times, 40, 50 and 200 days ago; d only on the cut-off itself
EVENTS = [
    {"customer_id": "a", "ago": 10, "value": 5.0},
    *({"customer_id": "b", "ago": ago, "value": 10.0} for ago in (20, 30)),
    *({"customer_id": "c", "ago": ago, "value": 1.0} for ago in (40, 50, 200)),
    {"customer_id": "d", "ago": 0, "value": 9.0},
]


def test_shares_of_everybody(log_of):
    found = standings(log_of(EVENTS), ["a", "b", "c"])
    # three customers have been here: their silences are 10, 20 and 40 days. Of the 100 hundredths half lie between 10 and 20,
    # half between 20 and 40, none is a customer's own number
    assert found["standing_days_last"].tolist() == [0.0, 0.5, 1.0]
    assert found["standing_days_first"].tolist() == [0.0, 0.5, 1.0]  # 10, 30, 200 days
    # in the last 90 days 1, 2 and 2 interactions: half of the hundredths are 1.5, half 2, of which ties count half
    assert found["standing_count"].tolist() == [0.0, 0.75, 0.75]
    assert found["standing_active_days"].tolist() == [0.0, 0.75, 0.75]
    assert found["standing_count_life"].tolist() == [0.0, 0.5, 1.0]  # 1, 2, 3
    assert found["standing_spent"].tolist() == [0.5, 1.0, 0.0]  # 5, 20, 2


def test_of_one_customer_alone(log_of):
    """Everybody is then that customer: as much as all."""
    assert (standings(log_of(EVENTS[:1]), ["a"]).to_numpy() == 0.5).all()


def test_who_was_never_here_is_not_compared_by_age(log_of):
    found = standings(log_of(EVENTS), ["d", "nobody"])
    assert found[["standing_days_last", "standing_days_first"]].isna().all(axis=None)
    assert (found[["standing_count", "standing_active_days", "standing_count_life", "standing_spent"]] == 0.0).all(None)


def test_the_window_is_the_one_asked_for(log_of):
    found = standings(log_of(EVENTS), ["a", "b", "c"], window="25D")
    assert found["standing_count"].tolist() == [0.75, 0.75, 0.0]  # 1, 1 and 0: half of the hundredths 0.5, half 1
    assert found["standing_count_life"].tolist() == [0.0, 0.5, 1.0]


def test_of_the_monday_before(log_of):
    """On the Sunday after, everybody is compared with how the others stood on Monday."""
    events = [*EVENTS, {"customer_id": "c", "ago": -5, "value": 0.0}]
    sunday = standings(log_of(events), ["a", "b", "c", "d"], at=CUTOFF + pd.Timedelta("6D"))
    # silences are 16, 26, 1 and 6 days; on Monday those of the three there were 10, 20 and 40
    assert sunday["standing_days_last"].tolist() == [0.5, 0.5, 0.0, 0.0]  # half of the hundredths 15, half 30


def test_missing_before_there_is_anybody(log_of):
    """The first Monday at which anybody was known comes after the cut-off: b was first here on a Saturday."""
    log = log_of([{"customer_id": "b", "ago": 30}])
    assert standings(log, ["b"], at=CUTOFF - pd.Timedelta("29D")).isna().all(axis=None)


def test_only_where_there_are_values(log_of):
    assert "standing_spent" not in standings(log_of([{"ago": 3}]), ["a"])


@pytest.mark.parametrize("at", ["2024-09-05T13:20:00", "2024-09-02"])
def test_is_the_percentile_among_all_eligible(log, churn, november, at):
    rows = november.assign(cutoff=pd.Timestamp(at))
    found = FeatureSet([Standing(window="60D")], log=log, churn=churn).fit_transform(rows)
    history, monday = history_of(log), np.datetime64("2024-09-02", "us")
    seen = as_of(history, history.ids, np.full(history.ids.size, monday), populations=churn.populations)
    asked = churn.eligible(seen)
    cutoffs = rows["cutoff"].to_numpy().astype("datetime64[us]")
    mine = as_of(history, rows["customer_id"].to_numpy(), cutoffs, populations=churn.populations).own
    questions = {
        "days_last": lambda view: view.age(),
        "days_first": lambda view: view.age_of_first(),
        "count": lambda view: view.last("60D").count(),
        "active_days": lambda view: view.last("60D").active_days(),
        "count_life": lambda view: view.count(),
        "spent": lambda view: view.last("60D").sum("value"),
    }
    assert asked.sum() > 150
    for name, ask in questions.items():
        everybody, numbers = ask(seen.own)[asked], ask(mine)
        expected = [
            ((everybody < x).mean() + (everybody <= x).mean()) / 2 if not math.isnan(x) else math.nan for x in numbers
        ]
        # a table of hundredths tells a share to about one hundredth
        np.testing.assert_allclose(found[f"standing_{name}"], expected, rtol=0, atol=0.0101, err_msg=name)


def test_sentences(log_of):
    fitted = FeatureSet([Standing(window="60D")], log=log_of(EVENTS)).fit(
        pd.DataFrame({"customer_id": ["a"], "cutoff": [CUTOFF]})
    )
    said = {says.name: [says.sentence(value) for value in (0.0, 0.834, math.nan)] for says in fitted.says_}
    assert said["standing_days_last"] == [
        "has been silent for longer than 0% of customers",
        "has been silent for longer than 83% of customers",
        ZERO,
    ]
    assert said["standing_count"][1] == "was busier in the last 60 days than 83% of customers"
    assert said["standing_spent"][1] == "spent more in the last 60 days than 83% of customers"
    assert {says.name: says.expects for says in fitted.says_} == {
        "standing_days_last": 1,
        **dict.fromkeys(
            (f"standing_{name}" for name in ("days_first", "count", "active_days", "count_life", "spent")), -1
        ),
    }
