from __future__ import annotations

import json
import math
import pickle
import random
from collections import Counter, defaultdict
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cxchurn as cx
from cxchurn.checks import check_no_leak
from cxchurn.features import FeatureSet, Staff, every_family, features_from_plain, features_to_plain
from cxchurn.interactions import InteractionLog, Schema, known_before, read_interactions

from ._experience import mean, spoken
from ._life import SOME

NAN = math.nan
CUTOFF = pd.Timestamp("2024-04-01")  # a Monday: tables are as of the cut-off
PERSON = {"agent": "human", "kind": "call"}
# the log begins two years before
BEGIN = {"customer_id": "first", "ago": 730, "kind": "visit"}
# sixteen customers who deal with Ann, and sixteen who deal with Bob, in different moods
CALM = [{**PERSON, "customer_id": f"c{k}", "ago": 300 + k, "agent_id": "Ann", "sentiment": 0.5} for k in range(16)]
HARSH = [{**PERSON, "customer_id": f"c{k}", "ago": 200 + k, "agent_id": "Bob", "sentiment": -0.5} for k in range(16)]


def staff(made, events, who="a", **options):
    found = made(Staff(**options), [BEGIN, *events], who=who)
    return {name.removeprefix("staff_"): value for name, value in found.items()}


def test_who_is_the_usual_person(made):
    """Bob at first is as good as Ann; Ann is met more than once, Bob more often, and then others."""
    met = [(90, "Ann"), (80, "Bob"), (70, "Ann"), (60, "Bob"), (50, "Bob"), (40, "Cem"), (30, "Ann"), (0, "Bob")]
    events = [{**PERSON, "ago": ago, "agent_id": who} for ago, who in met]
    expected = {  # events known: the usual person, the days since, the others since
        1: (NAN, NAN),
        2: (NAN, NAN),
        3: (70.0, 0.0),  # Ann twice
        4: (70.0, 1.0),  # Bob twice as well, but later
        5: (50.0, 0.0),  # Bob thrice
        6: (50.0, 1.0),
        7: (50.0, 2.0),
        8: (50.0, 2.0),  # what happens at the cut-off is the future
    }
    for count, (days, others) in expected.items():
        found = staff(made, events[:count])
        assert (found["usual_days"], found["others_in_row"]) == pytest.approx((days, others), nan_ok=True)


def test_only_people_count_and_only_contacts(made):
    events = [{**PERSON, "ago": ago, "agent_id": "Ann", "resolved": True} for ago in (90, 80)]
    technology = [{**events[0], "ago": 20, "agent": "bot", "agent_id": "Z"}, {**events[0], "ago": 10, "agent": "self"}]
    found = staff(made, [*events, *technology, {**PERSON, "ago": 5, "agent_id": None}])
    assert (found["usual_days"], found["others_in_row"]) == (80.0, 0.0)


@pytest.mark.parametrize(
    ("met", "gone"),
    [
        ([61 + k for k in range(12)], 1.0),
        ([61] * 6 + [59] * 9, 1.0),  # nine lately
        ([61] * 6 + [59] * 10, 0.0),
        ([60] * 12, 0.0),  # sixty days ago is within sixty days
        ([59] * 9, NAN),  # nine in all: nothing is kept of Ann
    ],
)
def test_the_usual_person_is_gone_where_fewer_than_ten_met_them_lately(met, gone, made):
    others = [{**PERSON, "customer_id": f"o{k}", "ago": ago, "agent_id": "Ann"} for k, ago in enumerate(met[1:])]
    own = [{**PERSON, "ago": ago, "agent_id": "Ann"} for ago in (met[0] + 50, met[0])]
    assert staff(made, [*others, *own])["usual_gone"] == pytest.approx(gone, nan_ok=True)


def test_newcomers(made):
    """The tenth customer met Ann 100 days ago, and Bob 20; nobody else has met Cem."""
    others = [{**PERSON, "customer_id": f"o{k}", "ago": 100 + k, "agent_id": "Ann"} for k in range(10)]
    others += [{**PERSON, "customer_id": f"o{k}", "ago": 20 + k, "agent_id": "Bob"} for k in range(10)]

    def share(*met):
        return staff(made, [*others, *({**PERSON, "ago": ago, "agent_id": who} for ago, who in met)])["newcomers"]

    assert share((11, "Ann")) == 1.0  # 89 days after
    assert share((10, "Ann")) == 0.0
    assert share((5, "Bob"), (4, "Ann")) == 0.5
    assert share((5, "Cem"), (4, "Ann"), (3, "Ann")) == pytest.approx(1 / 3)
    # the last five: none of Bob's
    assert share((8, "Bob"), *((ago, "Ann") for ago in (5, 4, 3, 2, 1))) == 0.0
    assert math.isnan(share((5, None)))


def test_as_of_the_beginning_nobody_is_a_newcomer(made):
    events = [{**PERSON, "customer_id": f"o{k}", "ago": 80 - k, "agent_id": "Ann"} for k in range(10)]
    own = [{**PERSON, "ago": 1, "agent_id": who} for who in ("Ann", "Cem")]
    for one in own:
        found = made(Staff(), [*events, one])
        assert math.isnan(found["staff_newcomers"])


def test_what_others_went_through_with_the_person(made):
    """Sixteen contacts at 0.5 with Ann, sixteen at -0.5 with Bob: 0 in the mean, were it not for the customer's own."""
    own = {**PERSON, "ago": 9, "agent_id": "Ann", "sentiment": -1.0}
    mean = -1 / 33
    expected = (16 * 0.5 + 20 * mean) / (16 + 20) - mean
    assert expected == pytest.approx(0.2357, abs=1e-4)
    assert staff(made, [*CALM, *HARSH, own])["tone"] == 0.25  # in steps of a twentieth
    # c3 is one of the sixteen, and has fifteen others
    mean = 0.0
    found = staff(made, [*CALM, *HARSH], who="c3")
    assert found["tone"] == round(20 * (15 * -0.5) / (15 + 20)) / 20 == -0.2
    assert staff(made, [*CALM[:10], *HARSH], who="c3")["tone"] == -0.15  # (-7.5 + 20 m) / 35 - m, m = -3 / 26
    # ten customers are nine others
    assert math.isnan(staff(made, [*CALM, *HARSH[:10]], who="c3")["tone"])


def test_the_tables_are_as_of_the_last_monday_and_the_own_contact_may_be_later(log_of):
    """Fresh tables do not hold this week's contact, whose own matters are not taken off then."""
    life = [{**one, "ago": one["ago"] + 1} for one in (*CALM, *HARSH)]
    # on the Tuesday after: with Bob two weeks ago, and again after the tables were made
    again = [{**HARSH[3], "ago": ago, "sentiment": -1.0} for ago in (15, 0.5)]
    rows = pd.DataFrame({"customer_id": ["c3"], "cutoff": [CUTOFF]})
    found = FeatureSet([Staff()], min_customers=1, log=log_of([BEGIN, *life, *again])).fit(
        rows.assign(cutoff=CUTOFF - pd.Timedelta("1D"))
    )
    # as of the Monday before, 2024-03-25: 17 contacts with Bob, of which two are c3's own
    table = next(iter(found.references_.tables["Staff()"].values()))
    assert table["tone_mean"] == pytest.approx([-1 / 33], rel=1e-5)
    mean = -1 / 33
    expected = (15 * -0.5 + 20 * mean) / (15 + 20) - mean
    assert found.transform(rows)["staff_tone"].tolist() == [round(20 * expected) / 20]


def test_the_trend_of_a_person(made):
    """Fourteen customers meet Ann at 0.8 long ago, and at -0.2 lately."""
    before = [{**PERSON, "customer_id": f"o{k}", "ago": 200, "agent_id": "Ann", "sentiment": 0.8} for k in range(14)]
    lately = [{**one, "ago": 30, "sentiment": -0.2} for one in before]
    own = {**PERSON, "ago": 9, "agent_id": "Ann"}
    # (14 * -0.2 + 20 * 0.3) / 34 less (14 * 0.8 + 20 * 0.3) / 34
    assert staff(made, [*before, *lately, own])["trend"] == round(20 * 14 * -1.0 / 34) / 20 == -0.4
    assert math.isnan(staff(made, [*before, *lately[:9], own])["trend"])


_HOURS = st.sampled_from([24 * day + by for day in (0, 1, 60, 90, 150, 180) for by in (-1, 0, 1)])


def _lives(seed: int, edges: list[int]) -> list[dict]:
    """Events of eighteen customers, drawn; some became known a day after, some name nobody, some tell nothing."""
    draw, found = random.Random(seed), {}
    for who in range(18):
        for _ in range(draw.randint(0, 16)):
            ago = draw.choice(edges) if edges and draw.random() < 0.2 else draw.randint(-170, 24 * 250)
            late = draw.choice([0, 0, 24])
            event = {name: draw.choice(values) for name, values in _SAYS.items()}
            # no two of a customer become known at once
            found[who, ago - late] = {**event, "customer_id": f"c{who}", "ago": ago, "known": ago - late}
    return sorted(found.values(), key=lambda event: -event["known"])


_SAYS = {
    "kind": ("call",),
    "agent_id": ("A", "A", "B", "B", "C", None),
    "agent": ("human", "human", None, "bot"),
    "sentiment": (None, -0.75, 0.0, 0.5),
    "resolved": (None, True, False),
}
_FIRST = {**dict.fromkeys(_SAYS), "kind": "visit", "customer_id": "c0", "ago": 12_000, "known": 12_000}


def _read(events: list[dict]) -> InteractionLog:
    frame = pd.DataFrame(events).astype({"resolved": "boolean", "sentiment": "float64"})
    for column, ago in (("timestamp", "ago"), ("known_at", "known")):
        frame[column] = CUTOFF - pd.to_timedelta(frame.pop(ago), unit="h").astype("timedelta64[us]")
    return read_interactions(frame, Schema(**{name: name for name in frame.columns}), now="2030-01-01")


@SOME
@given(seed=st.integers(0, 10_000), edges=st.lists(_HOURS, max_size=4), days=st.integers(0, 6))
def test_is_what_loops_over_the_rows_say(seed, edges, days):
    """On the days from a Monday on; what is told in steps is within half a step."""
    events, who = [_FIRST, *_lives(seed, edges)], [f"c{k}" for k in range(18)]
    rows = pd.DataFrame({"customer_id": who, "cutoff": CUTOFF + pd.Timedelta(days=days)})
    found = FeatureSet([Staff()], min_customers=1, log=_read(events)).fit_transform(rows)
    known = [event | {"known": -event["known"] / 24} for event in events if -event["known"] / 24 < days]
    expected = pd.DataFrame([slowly(known, one, days) for one in who]).add_prefix("staff_")
    assert list(found.columns) == list(expected.columns)
    steps = ["staff_tone", "staff_solved", "staff_trend"]
    exact = expected.columns.difference(steps)
    np.testing.assert_allclose(found[exact].astype(float), expected[exact], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(found[steps].astype(float), expected[steps], rtol=0, atol=0.0251)
    assert np.allclose(found[steps] * 20, (found[steps] * 20).round(), equal_nan=True)


def slowly(events: list[dict], customer: str, now: int) -> dict[str, float]:
    """One customer's columns, in days from the Monday on which the tables were made."""
    named = [event for event in events if event["agent_id"] and event["agent"] != "bot"]
    own = [event for event in named if event["customer_id"] == customer]
    usual, last, others = usual_of(own)
    held = [event for event in named if event["known"] < 0]
    met, left = tenth(held, min), tenth(held, max)
    whom = own[-1]["agent_id"] if own else None
    told = {
        "tone": [(event, event["sentiment"]) for event in held if event["sentiment"] is not None],
        "solved": [(event, float(event["resolved"])) for event in held if event["resolved"] is not None],
    }
    gone = left[usual] < -60 if usual in left else NAN
    news = [is_new(event, met) for event in own[-5:]]
    return {
        "usual_days": NAN if usual is None else now - last,
        "others_in_row": others,
        "usual_gone": float(gone),
        "newcomers": mean([new for new in news if new is not None]),
        **{what: beyond(found, whom, customer) for what, found in told.items()},
        "trend": trend(told["tone"], whom),
    }


def usual_of(own: list[dict]) -> tuple[str | None, float, float]:
    met: Counter[str] = Counter()
    usual, last, others, most = None, NAN, NAN, 1
    for event in own:
        met[event["agent_id"]] += 1
        if met[event["agent_id"]] > most:
            usual, most = event["agent_id"], met[event["agent_id"]]
        if usual is not None:
            last, others = (event["known"], 0.0) if event["agent_id"] == usual else (last, others + 1)
    return usual, last, others


def tenth(held: list[dict], which) -> dict[str, float]:
    """The day on which the tenth customer first met each person, or on which the tenth last did."""
    days: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for event in held:
        days[event["agent_id"]][event["customer_id"]].append(event["known"])
    ordered = {who: sorted(map(which, of.values()), reverse=which is max) for who, of in days.items()}
    return {who: math.floor(found[9]) for who, found in ordered.items() if len(found) >= 10}


def is_new(event: dict, met: dict[str, float]) -> float | None:
    since = met.get(event["agent_id"], 0)
    return float(event["known"] - since < 90)


def beyond(told: list[tuple[dict, float]], whom: str | None, customer: str) -> float:
    theirs = [(event, value) for event, value in told if event["agent_id"] == whom]
    if len({event["customer_id"] for event, _ in theirs}) < 11:
        return NAN
    others = [value for event, value in theirs if event["customer_id"] != customer]
    return steadied(others, told) - mean([value for _, value in told])


def steadied(values: list[float], told: list[tuple[dict, float]]) -> float:
    return (sum(values) + 20 * mean([value for _, value in told])) / (len(values) + 20)


def trend(told: list[tuple[dict, float]], whom: str | None) -> float:
    everybody = Counter(event["agent_id"] for event, _ in told)
    if not any(len({e["customer_id"] for e, _ in told if e["agent_id"] == who}) > 10 for who in everybody):
        return NAN
    theirs = [(event, value) for event, value in told if event["agent_id"] == whom]
    parts = [[(e, value) for e, value in theirs if (e["known"] >= -90) == lately] for lately in (True, False)]
    if min(len({event["customer_id"] for event, _ in part}) for part in parts) < 10:
        return NAN
    lately, before = (steadied([value for _, value in part], told) for part in parts)
    return lately - before


LOSING = cx.Inactivity("30D", active_within="90D")


def lost_by(log_of, rows, moments=1, who="a"):
    """What is said of the person whom somebody dealt with last, after others did at the moment 35 days before."""
    at = pd.DataFrame({"customer_id": [who], "cutoff": [CUTOFF]})
    features = FeatureSet(
        [Staff(moments=moments)], min_customers=1, log=log_of([BEGIN, *rows]), churn=LOSING, horizon="30D"
    )
    return features.fit_transform(at)["staff_lost"].iloc[0]


def with_person(name, count, stay, ago=40):
    """Customers who met somebody before the moment; the first so many came again in the 30 days after it."""
    met = [{**PERSON, "customer_id": f"{name} {k}", "ago": ago + k / 10, "agent_id": name} for k in range(count)]
    came = [{"kind": "visit", "agent": None, "customer_id": f"{name} {k}", "ago": 20} for k in range(stay)]
    return [*met, *came]


def test_customers_lost_by_person(log_of):
    """The Monday at which windows of 30 days had closed is 35 days before; of Ann's 16 customers 12 left, of Bob's 24 eight."""
    rows = [*with_person("Ann", 16, stay=4), *with_person("Bob", 24, stay=16)]
    mean = 20 / 40
    for name, expected in (("Ann", (12 + 20 * mean) / (16 + 20) - mean), ("Bob", (8 + 20 * mean) / (24 + 20) - mean)):
        found = lost_by(log_of, [*rows, {**PERSON, "ago": 3, "agent_id": name}])
        assert found == round(20 * expected) / 20 == {"Ann": 0.1, "Bob": -0.1}[name]
    assert math.isnan(lost_by(log_of, [*rows, {**PERSON, "ago": 3, "agent_id": "Cem"}]))


def test_ten_customers_are_too_few_to_say_who_lost_them(log_of):
    met = {**PERSON, "ago": 3, "agent_id": "Ann"}
    for count, known in ((10, False), (11, True)):
        rows = [*with_person("Ann", count, stay=2), *with_person("Bob", 20, stay=10), met]
        assert math.isnan(lost_by(log_of, rows)) != known
    # nine customers at three moments are nine customers
    rows = [
        *with_person("Ann", 9, stay=0, ago=100),
        *with_person("Ann", 9, stay=9),
        *with_person("Bob", 20, stay=9),
        met,
    ]
    assert math.isnan(lost_by(log_of, rows, moments=3))


def test_what_is_not_over_is_not_counted(log_of):
    """Whoever met Ann after the moment, or was lost after the window closed, is in no record."""
    rows = [*with_person("Ann", 12, stay=12), *with_person("Bob", 20, stay=10)]
    met = {**PERSON, "ago": 3, "agent_id": "Ann"}
    late = with_person("Ann", 30, stay=0, ago=30)
    late = [{**one, "customer_id": f"late {one['customer_id']}"} for one in late]
    assert lost_by(log_of, [*rows, met]) == lost_by(log_of, [*rows, *late, met]) < 0


def test_without_a_churn_definition_nobody_was_lost(log_of):
    rows = pd.DataFrame({"customer_id": ["a"], "cutoff": [CUTOFF]})
    log = log_of([BEGIN, *CALM, *HARSH, {**PERSON, "ago": 3, "agent_id": "Ann"}])
    assert FeatureSet([Staff(moments=2)], min_customers=1, log=log).fit_transform(rows)["staff_lost"].isna().all()


def test_lost_as_a_slow_count_over_the_panel_says(log, churn, november):
    """By the panel of the four moments: who was asked about, whom they had dealt with last, and who churned."""
    fitted = FeatureSet([Staff(moments=4)], log=log, churn=churn).fit(november)
    table = next(iter(next(iter(fitted.references_.tables.values())).values()))
    moments = [
        pd.Timestamp("2024-09-02") - pd.Timedelta(weeks=4 * k) for k in range(4)
    ]  # 60 days before 2024-11-04, a Monday
    panel = cx.make_panel(known_before(log, "2024-11-04"), churn, cutoffs=moments).frame
    events = log.events.to_pandas()
    events = events[(events["agent"] == "human") & events["agent_id"].notna()].sort_values("known_at", kind="stable")
    last = {}
    for at in moments:
        known = events[events["known_at"] < at].groupby("customer_id", observed=True)["agent_id"].last()
        last |= {(who, at): person for who, person in known.items()}
    rows = panel.assign(
        person=[last.get(pair) for pair in zip(panel["customer_id"], panel["cutoff"], strict=True)]
    ).dropna()
    by = rows.groupby("person").agg(n=("churned", "size"), lost=("churned", "sum"), who=("customer_id", "nunique"))
    mean, enough = rows["churned"].mean(), by["who"] > 10
    beyond = (by["lost"] + 20 * mean) / (by["n"] + 20) - mean
    assert enough.sum() == len(table["lost"]) > 3
    assert sorted(table["lost"]) == pytest.approx(sorted(beyond[enough]), abs=0.0251)


def test_a_model_holds_no_name(company, company_schema, november, churn):
    """Neither what is saved nor a pickle has an id in it; with another key the numbers are others."""
    ids = [f"Ms {name}" for name in company.interactions["agent_id"].cat.categories]
    rows = company.interactions.assign(agent_id=company.interactions["agent_id"].cat.rename_categories(ids))
    log = read_interactions(rows, company_schema, customers=company.customers)
    fitted, other = (FeatureSet([Staff(key=key)], log=log, churn=churn).fit(november) for key in ("staff", "ours"))
    saved = json.dumps(features_to_plain(fitted)) + repr(pickle.dumps(fitted.with_log(None)))
    assert "people" in saved
    assert not [name for name in ids if name in saved]
    people = [next(iter(next(iter(one.references_.tables.values())).values()))["people"] for one in (fitted, other)]
    assert len(people[0]) == len(people[1]) > 10
    assert not {*people[0]} & {*people[1]}
    pd.testing.assert_frame_equal(fitted.transform(november), other.transform(november))
    loaded = features_from_plain(json.loads(json.dumps(features_to_plain(fitted)))).with_log(log)
    pd.testing.assert_frame_equal(loaded.transform(november), fitted.transform(november))


def test_no_number_rests_on_fewer_than_ten(log, churn, november):
    table = next(iter(FeatureSet([Staff()], log=log, churn=churn).fit(november).references_.tables["Staff()"].values()))
    events = log.events.to_pandas()
    events = events[(events["known_at"] < "2024-11-04") & (events["agent"] == "human") & events["agent_id"].notna()]
    met = events.groupby("agent_id", observed=True)["customer_id"].nunique()
    assert len(table["people"]) == (met >= 10).sum() > 10
    told = events[events["sentiment"].notna() | events["score"].notna()]
    assert len(table["tone_people"]) == (told.groupby("agent_id", observed=True)["customer_id"].nunique() > 10).sum()


def test_there_is_no_column_on_what_the_log_never_had(made):
    bare = [{**PERSON, "ago": ago, "agent_id": "Ann"} for ago in (9, 3)]
    own = ["usual_days", "others_in_row", "usual_gone", "newcomers"]
    assert list(staff(made, bare)) == own
    assert list(staff(made, [{**one, "resolved": True} for one in bare])) == [*own, "solved"]
    assert list(staff(made, [{**one, "score": 9.0, "score_type": "nps"} for one in bare])) == [*own, "tone", "trend"]


def test_nothing_moves_where_nobody_is_named(company, company_schema, november, churn):
    """Without the role all families make what they make without this one."""
    rows = company.interactions.drop(columns="agent_id")
    log = read_interactions(rows, replace(company_schema, agent_id=None), customers=company.customers)
    families = every_family(log, "60D")
    without = [one for one in families if not isinstance(one, Staff)]
    assert len(without) == len(families) - 1
    fitted = [FeatureSet(these, log=log, churn=churn).fit(november) for these in (families, without)]
    plain = [{name: part for name, part in features_to_plain(one).items() if name != "families"} for one in fitted]
    assert plain[0] == plain[1]
    assert fitted[0].families_.set_index("builder").loc["Staff", "why"] == "the log lacks agent_id"


def test_sentences(log_of):
    says = spoken(Staff(), log_of([BEGIN, *CALM, {**CALM[0], "resolved": True}]))
    assert says["usual_days"].sentence(30.0) == "last dealt with the person they usually deal with 30 days ago"
    assert says["others_in_row"].sentence(1.0).startswith("has had 1 contact with others since")
    assert says["usual_gone"].sentence(1.0).endswith("hardly any customer has met in the last 60 days")
    assert (
        says["newcomers"].sentence(0.4)
        == "dealt with somebody new to the job in 40% of the latest contacts with people"
    )
    assert says["tone"].sentence(-0.3).startswith("last dealt with a person with whom others had clearly worse moments")
    assert says["solved"].sentence(-0.15).endswith("less often than people in general, by 15 percentage points")
    assert says["trend"].sentence(0.0).endswith("gave customers moments as good in the last 90 days as before")


def test_the_future_is_unknown(log_of):
    check_no_leak(
        Staff(moments=2), log_of([BEGIN, *CALM, *HARSH]), cutoffs=["2023-09-04T12:00", "2024-03-01"], customers=20
    )
