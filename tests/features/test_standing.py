from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxchurn.features import FeatureSet, Standing
from cxchurn.features.compared._standing import group_means
from cxchurn.history import as_of, history_of

DAY = 86_400_000_000
CUTOFF = pd.Timestamp("2024-04-01")  # a Monday
ZERO = "cannot be compared with other customers yet"


def standings(log, who: list[str], at: pd.Timestamp = CUTOFF, **builder) -> pd.DataFrame:
    rows = pd.DataFrame({"customer_id": who, "cutoff": at})
    return FeatureSet([Standing(**builder)], log=log).fit_transform(rows).set_axis(who)


# each stands for ten: a once 10 days ago; b twice, 20 and 30 days ago; c three times, 40, 50 and 200 days ago; d only on the
# cut-off itself
EVENTS = [
    {"customer_id": "a", "ago": 10, "value": 5.0},
    *({"customer_id": "b", "ago": ago, "value": 10.0} for ago in (20, 30)),
    *({"customer_id": "c", "ago": ago, "value": 1.0} for ago in (40, 50, 200)),
    {"customer_id": "d", "ago": 0, "value": 9.0},
]
# three groups of ten stand at the middles of their thirds, 1/6, 1/2 and 5/6, which are 3.33, 10 and 16.67 twentieths
LOW, MIDDLE, HIGH = 0.15, 0.5, 0.85


def test_shares_of_everybody(log_of, tenfold):
    found = standings(log_of(tenfold(EVENTS)), ["a", "b", "c"])
    assert found["standing_days_last"].tolist() == [LOW, MIDDLE, HIGH]  # 10, 20, 40 days
    # 10, 30, 200 days; the log begins with c, of whom nobody knows for how much longer they have been there
    assert found["standing_days_first"].fillna(-1.0).tolist() == [LOW, MIDDLE, -1.0]
    # in the last 90 days 1, 2 and 2 interactions; b was here later than c
    assert found["standing_count"].tolist() == [LOW, HIGH, MIDDLE]
    assert found["standing_active_days"].tolist() == [LOW, HIGH, MIDDLE]
    assert found["standing_count_life"].tolist() == [LOW, MIDDLE, HIGH]  # 1, 2, 3
    assert found["standing_spent"].tolist() == [MIDDLE, HIGH, LOW]  # 5, 20, 2


def test_between_the_groups_along_the_line(log_of, tenfold):
    events = [*tenfold(EVENTS), *({"customer_id": f"e{ago}", "ago": ago, "value": 5.0} for ago in (13, 19, 41))]
    table = FeatureSet([Standing()], log=log_of(tenfold(EVENTS))).fit(
        pd.DataFrame({"customer_id": ["a"], "cutoff": [CUTOFF]})
    )
    rows = pd.DataFrame({"customer_id": ["e13", "e19", "e41"], "cutoff": CUTOFF})
    found = table.with_log(log_of(events)).transform(rows)
    # 13 days: 1/6 + 0.3 / 3 = 0.267; 19 days: 1/6 + 0.9 / 3 = 0.467; nobody stands above the last group: 0.833
    assert found["standing_days_last"].tolist() == [0.25, 0.45, 0.85]


def test_of_ten_customers_alike(log_of, tenfold):
    """Everybody is then that customer: as much as all."""
    found = standings(log_of(tenfold(EVENTS[:1])), ["a"]).iloc[0]
    assert math.isnan(found.pop("standing_days_first"))  # the log begins with them
    assert (found == 0.5).all()


def test_of_fewer_than_ten_nothing_is_told(log_of, tenfold):
    events = [event for event in tenfold(EVENTS[:1]) if event["customer_id"] != "a 8"]
    assert standings(log_of(events), ["a"]).isna().all(axis=None)


def test_who_was_never_here_is_not_compared_by_age(log_of, tenfold):
    found = standings(log_of(tenfold(EVENTS)), ["d", "nobody"])
    assert found[["standing_days_last", "standing_days_first"]].isna().all(axis=None)
    assert (found[["standing_count", "standing_active_days", "standing_count_life", "standing_spent"]] == 0.0).all(None)


def test_the_window_is_the_one_asked_for(log_of, tenfold):
    found = standings(log_of(tenfold(EVENTS)), ["a", "b", "c"], window="25D")
    assert found["standing_count"].tolist() == [HIGH, MIDDLE, 0.0]  # once 10 days ago, once 20 days ago, not at all
    assert found["standing_count_life"].tolist() == [LOW, MIDDLE, HIGH]


def test_of_the_monday_before(log_of, tenfold):
    """On the Sunday after, everybody is compared with how the others stood on Monday."""
    events = [*tenfold(EVENTS), {"customer_id": "c", "ago": -5, "value": 0.0}]
    sunday = standings(log_of(events), ["a", "b", "c", "d"], at=CUTOFF + pd.Timedelta("6D"))
    # silences are 16, 26, 1 and 6 days; on Monday they were 10, 20 and 40: 1/6 + 0.6 / 3 = 0.367, 1/2 + 0.3 / 3 = 0.6
    assert sunday["standing_days_last"].tolist() == [0.35, 0.6, LOW, LOW]


def test_missing_before_there_is_anybody(log_of, tenfold):
    """The first Monday at which anybody was known comes after the cut-off: b was first here on a Saturday."""
    log = log_of(tenfold([{"customer_id": "b", "ago": 30}]))
    assert standings(log, ["b"], at=CUTOFF - pd.Timedelta("29D")).isna().all(axis=None)


def test_only_where_there_are_values(log_of):
    assert "standing_spent" not in standings(log_of([{"ago": 3}]), ["a"])


@pytest.mark.parametrize("at", ["2024-09-05T13:20:00", "2024-09-02"])
def test_is_the_percentile_among_all_eligible(log, churn, november, at):
    rows = november.assign(cutoff=pd.Timestamp(at))
    features = FeatureSet([Standing(window="60D")], log=log, churn=churn).fit(rows)
    found, churn = features.transform(rows), features.churn_
    history, monday = history_of(log), np.datetime64("2024-09-02", "us")
    about = {"populations": churn.populations}
    everywhere = as_of(history, history.ids, np.full(history.ids.size, monday), **about)
    asked = churn.eligible(everywhere)
    cutoffs = rows["cutoff"].to_numpy().astype("datetime64[us]")
    seen = everywhere.of(Standing.sees)
    own = as_of(history, rows["customer_id"].to_numpy(), cutoffs, **about).of(Standing.sees)

    def later_is_more(count, view):
        """Of as many, who was here later has more."""
        return np.where(count > 0, count - np.nan_to_num(view.age()) / (np.nan_to_num(view.age()) + 60), 0.0)

    questions = {
        "days_last": lambda view: view.age(),
        "days_first": lambda view: np.where(
            view.age_of_first() > _since(view, start + 60), _since(view, start), view.age_of_first()
        ),
        "count": lambda view: later_is_more(view.last("60D").count(), view),
        "active_days": lambda view: later_is_more(view.last("60D").active_days(), view),
        "count_life": lambda view: later_is_more(view.count(), view),
        "spent": lambda view: view.last("60D").sum("value"),
    }
    assert asked.sum() > 150
    start = history.place.min() // DAY
    for name, ask in questions.items():
        everybody, mine = ask(seen)[asked], ask(own)
        if name == "days_first":
            mine = np.where(own.age_of_first() > _since(own, start + 60), np.nan, mine)
        expected = [
            0.0 if x <= 0 else ((everybody < x).mean() + (everybody <= x).mean()) / 2 if not math.isnan(x) else math.nan
            for x in mine
        ]
        # groups of ten among some 200 and steps of a twentieth: to half a group and half a step
        np.testing.assert_allclose(found[f"standing_{name}"], expected, rtol=0, atol=0.056, err_msg=name)


@given(values=st.lists(st.floats(0, 1000), min_size=10, max_size=1500))
def test_groups_hold_ten_customers_each(values):
    ordered, means = sorted(values), group_means(np.array(values[::-1]))
    size, groups = len(values), min(100, len(values) // 10)
    assert means.shape == (groups,)
    bounds = [k * size // groups for k in range(groups + 1)]
    for mean, first, end in zip(means, bounds[:-1], bounds[1:], strict=True):
        assert end - first >= 10
        assert mean == pytest.approx(sum(ordered[first:end]) / (end - first), abs=1e-9)


def test_a_share_is_found_at_every_cut_off(log, churn, november):
    """No value names the cut-off: of those that two customers share, all are met at other cut-offs too."""
    cutoffs = pd.to_datetime(["2024-06-01", "2024-07-01", "2024-08-01", "2024-09-01", "2024-10-01"])
    rows = pd.concat([november.assign(cutoff=at) for at in cutoffs], ignore_index=True)
    found = FeatureSet([Standing(window="60D")], log=log, churn=churn).fit_transform(rows)
    for name in found:
        met = rows.assign(value=found[name]).groupby("value")["cutoff"].agg(["nunique", "size"])
        alone = met[(met["nunique"] == 1) & (met["size"] > 1)]["size"].sum()
        # a tenure is known only of those who came well after the log began: the longest that can be known grows with the log
        assert alone <= (0.02 if name == "standing_days_first" else 0.01) * len(rows), name


def _since(view, day):
    """Days from the start of a day to the cut-offs."""
    return view.cutoffs / DAY - day


def test_sentences(log_of):
    fitted = FeatureSet([Standing(window="60D")], log=log_of(EVENTS)).fit(
        pd.DataFrame({"customer_id": ["a"], "cutoff": [CUTOFF]})
    )
    said = {says.name: [says.sentence(value) for value in (0.0, 0.834, math.nan)] for says in fitted.says_}
    assert said["standing_days_last"] == [
        "is among the customers who were here most lately",
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
