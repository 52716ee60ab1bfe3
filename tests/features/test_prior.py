from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from cxchurn.features import FeatureSet, Prior
from cxchurn.panel import Inactivity, OwnLabels

CUTOFF = pd.Timestamp("2024-04-01")  # a Monday
# the window of 30 days that was closed on that Monday opened five weeks earlier, 35 days before; on that day
#   a1, a2, a3 had been here once, 5 days before; a1 came back in the window, a2 and a3 did not
#   b1 had been here three times, last 65 days before, and did not come back
LAST = (
    *({"customer_id": who, "ago": 40} for who in ("a1", "a2", "a3")),
    *({"customer_id": "b1", "ago": ago} for ago in (100, 101, 102)),
    {"customer_id": "a1", "ago": 20},
)
# of today: as the a's were then (once, 5 days ago), as b1 was, and as nobody was
NOW = (
    {"customer_id": "like a", "ago": 5},
    *({"customer_id": "like b", "ago": ago} for ago in (65, 66, 67)),
    *({"customer_id": "like none", "ago": ago} for ago in (1, 2, 3)),
)
EVERYBODY = ("like a", "like b", "like none")


def logit(rate: float) -> float:
    return math.log(rate / (1 - rate))


def priors(log, churn, who=EVERYBODY, at: pd.Timestamp = CUTOFF, **builder) -> pd.DataFrame:
    rows = pd.DataFrame({"customer_id": list(who), "cutoff": at})
    made = FeatureSet([Prior(moments=1, **builder)], log=log, churn=churn).fit_transform(rows)
    return made.set_axis(list(who))


def test_odds_of_cells(log_of, tenfold):
    # like b and like none were here on days 67 and 3 before: "like b" also 32 days before that day, once, twice or thrice?
    # 67, 66 and 65 days before the cut-off are 32, 31 and 30 days before the window opened: three times, 30 days ago
    events = [*tenfold(list(LAST)), *(event for event in NOW if event["customer_id"] != "like b")]
    found = priors(log_of(events), Inactivity("30D"), ("like a", "like none"), shrink=20.0)
    # 30 of the 40 asked about left: 0.75. In the cell of once and 5 days ago 20 of 30: (20 + 20 * 0.75) / (30 + 20) = 0.7
    assert found["prior_recency_depth"].tolist() == pytest.approx([logit(0.7) - logit(0.75), 0.0], rel=1e-5)


def test_cells_are_steps_of_doubling(log_of, tenfold):
    # a unit is 90 / 8 = 11.25 days: 65 days are log2(1 + 5.78) = 2.76, so the cell from 3 to 7 units (33.75 to 78.75 days)
    # three times are log2(4) = 2, so the cell of three to six times
    events = [
        *tenfold(list(LAST)),
        *({"customer_id": "like b", "ago": ago} for ago in (34, 34.5, 34.7, 34.8, 34.9, 34.95)),
    ]
    found = priors(log_of(events), Inactivity("30D"), ("like b",), shrink=20.0)
    # b1 and nine like it were there and left: (10 + 20 * 0.75) / (10 + 20)
    assert found["prior_recency_depth"].tolist() == pytest.approx([logit(25 / 30) - logit(0.75)], rel=1e-5)


def test_a_cell_of_fewer_than_ten_is_as_everybody(log_of, tenfold):
    events = [event for event in tenfold(list(LAST)) if event["customer_id"] != "b1 8"]
    found = priors(log_of([*events, *NOW]), Inactivity("30D"), ("like b", "like a"), shrink=20.0)
    assert found["prior_recency_depth"].tolist()[0] == 0.0
    # 30 of 40 left: 20 of the a's, nine like b1, and "like b", who was there too; of the a's 20 of 30
    rate = 30 / 40
    expected = logit((20 + 20 * rate) / 50) - logit(rate)
    assert found["prior_recency_depth"].tolist()[1] == pytest.approx(expected, rel=1e-5)


def test_by_attribute(log_of, tenfold):
    plans = {"a1": "basic", "a2": "basic", "a3": "plus", "b1": "plus", "like a": "basic", "like none": "gold"}
    plans |= {f"{who} {k}": plan for who, plan in plans.items() for k in range(9)}
    customers = pd.DataFrame({"customer_id": list(plans), "plan": list(plans.values())})
    events = [*tenfold(list(LAST)), *(event for event in NOW if event["customer_id"] != "like b")]
    log = log_of(events, customers=customers)
    who = ("like a", "a3", "like none", "unknown")
    found = priors(log, Inactivity("30D"), who, shrink=20.0, attributes=("plan",))
    # basic: 10 of 20 left: (10 + 15) / 40; plus: 20 of 20: (20 + 15) / 40; nobody had gold; of whom nothing is on file: missing
    expected = [logit(0.625) - logit(0.75), logit(0.875) - logit(0.75), 0.0, math.nan]
    assert found["prior_plan"].tolist() == pytest.approx(expected, rel=1e-5, nan_ok=True)


@pytest.mark.parametrize("churn", [None, OwnLabels("30D"), Inactivity("120D")])
def test_missing_before_any_outcome_is_known(churn, log_of, tenfold):
    assert priors(log_of([*tenfold(list(LAST)), *NOW]), churn)["prior_recency_depth"].isna().all()


@pytest.mark.parametrize("events", [LAST[1:3], [LAST[0], LAST[-1]]])
def test_missing_where_all_left_or_all_stayed(events, log_of, tenfold):
    assert priors(log_of(tenfold(list(events))), Inactivity("30D"), ("a1", "a2"))["prior_recency_depth"].isna().all()


def test_an_outcome_counts_when_its_window_has_closed(log_of, tenfold):
    """A week earlier the window of six weeks before was the last to be closed; a1 came back within it or after it."""
    events = [*tenfold(list(LAST)), *(event for event in NOW if event["customer_id"] != "like b")]
    log = log_of(events)
    for days, asked in ((0, 30), (7, 30)):
        at = CUTOFF - pd.Timedelta(days=days)
        moment = at - pd.Timedelta("35D")
        stayed = [e for e in events if moment <= CUTOFF - pd.Timedelta(days=e["ago"]) < moment + pd.Timedelta("30D")]
        known = {e["customer_id"] for e in events if CUTOFF - pd.Timedelta(days=e["ago"]) < moment}
        rate = 1 - len({e["customer_id"] for e in stayed} & known) / len(known)
        cell = [e for e in known if e.startswith("a")]
        # a week earlier the a's were not here yet: the only one known had left, and all left says nothing
        expected = [logit((20 + 20 * rate) / (asked + 20)) - logit(rate)] if cell else [math.nan]
        found = priors(log, Inactivity("30D"), ("like a",), at=at, shrink=20.0)["prior_recency_depth"]
        assert found.tolist() == pytest.approx(expected, rel=1e-5, nan_ok=True)


def slow_cell(ages: list[float], window: float) -> tuple[int, int]:
    """By comparing with the bounds 0, 1, 3, 7, ... units and times."""
    recency = sum(min(ages) >= window / 8 * (2**k - 1) for k in range(1, 7))
    return recency, sum(len(ages) >= 2**k - 1 for k in range(1, 6))


def test_is_the_churn_rate_of_cells_counted_slowly(log, churn, november):
    """Four closed windows of 60 days before Monday 2024-11-04, by one pass over the events for each."""
    found = FeatureSet([Prior(window="60D", shrink=10.0)], log=log, churn=churn).fit_transform(november)
    events = log.events.to_pandas()
    own = (events["direction"] != "outbound") & ~events["later"] & (events["kind"] != "cancel")
    outcomes: dict[tuple[int, int], list[bool]] = {}
    for back in range(4):
        moment = pd.Timestamp("2024-11-04") - pd.Timedelta("60D") - pd.Timedelta("28D") * back
        moment -= pd.Timedelta(days=moment.weekday())
        past, known = events["known_at"] < moment, events["known_at"]
        later = (known >= moment) & (known < moment + pd.Timedelta("60D"))
        recent = set(events[past & own & (known >= moment - pd.Timedelta("90D"))]["customer_id"])
        asked, stayed = recent & acted_since(events, own, past), acted_since(events, own, later)
        for who, ages in ages_of(events[past & own], moment).items():
            if who in asked:
                outcomes.setdefault(slow_cell(ages, 60.0), []).append(who not in stayed)
    everybody = [one for cell in outcomes.values() for one in cell]
    rate = sum(everybody) / len(everybody)
    assert 0.05 < rate < 0.95
    assert len(outcomes) > 10
    now = ages_of(events[own & (events["known_at"] < november["cutoff"].iloc[0])], november["cutoff"].iloc[0])
    expected = []
    for who in november["customer_id"]:
        cell = outcomes.get(slow_cell(now[who], 60.0), []) if who in now else []
        told = len(cell) >= 10
        expected.append(logit((sum(cell) + 10 * rate) / (len(cell) + 10)) - logit(rate) if told else 0.0)
    assert 0 < expected.count(0.0) < len(expected) / 2
    # tables hold six digits
    np.testing.assert_allclose(found["prior_recency_depth"], expected, rtol=1e-5, atol=0)


def acted_since(events: pd.DataFrame, own: pd.Series, within: pd.Series) -> set[str]:
    """The customers with an act of their own after their last cancellation, within the events given."""
    acted = events[own & within].groupby("customer_id")["known_at"].max()
    ended = events[(events["kind"] == "cancel") & within].groupby("customer_id")["known_at"].max()
    return {who for who, last in acted.items() if who not in ended or last > ended[who]}


def ages_of(events: pd.DataFrame, moment: pd.Timestamp) -> dict[str, list[float]]:
    """The days from each customer's events, as they became known, to the moment."""
    ages = (moment - events["known_at"]) / pd.Timedelta("1D")
    return ages.groupby(events["customer_id"]).agg(list).to_dict()


def test_sentences(log, churn, november):
    fitted = FeatureSet([Prior(attributes=("plan",))], log=log, churn=churn).fit(november)
    depth, plan = fitted.says_
    assert depth.sentence(math.log(2)) == (
        "is like customers who were here as lately and as often, who left clearly more often than all"
    )
    assert plan.sentence(0.0) == "is like customers with the same plan, who left as often as all"
    assert plan.sentence(math.nan) == "is like no customers whose outcome is known yet"
    assert (depth.expects, depth.unit) == (1, "log-odds")
