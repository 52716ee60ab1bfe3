from __future__ import annotations

import math
import tomllib
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxchurn.checks import check_no_leak
from cxchurn.features import Activity, Bargain, FeatureSet
from cxchurn.interactions import Query, Schema, read_interactions

from ._experience import mean, spoken
from ._life import FEW

NAN = math.nan
CUTOFF = pd.Timestamp("2024-04-01")  # a Monday: tables are as of the cut-off
BOUGHT = {"kind": "purchase", "direction": "inbound"}
SENT = {"kind": "campaign", "direction": "outbound", "discount": None}
# the log begins two years before
BEGIN = {**SENT, "customer_id": "first", "ago": 730}
# 20 % off at first, full price, then on offer twice, the last time a day before the cut-off; and once at the cut-off
EVENTS = [
    {**BOUGHT, "ago": 400, "discount": 0.2},
    {**BOUGHT, "ago": 200, "discount": 0.0},
    {**SENT, "ago": 54},
    {**BOUGHT, "ago": 40, "discount": 0.1},
    {**SENT, "ago": 16},
    {**BOUGHT, "ago": 1, "discount": 0.3},
    {**BOUGHT, "ago": 0, "discount": 0.9},
]


def bargain(made, events, who="a", **options):
    found = made(Bargain(**{"windows": ("90D",), **options}), [BEGIN, *events], who=who)
    return {name.removeprefix("bargain_"): value for name, value in found.items()}


def test_who_waits_for_the_next_offer(made):
    assert bargain(made, EVENTS) == pytest.approx(
        {
            "offers_in_row": 2.0,  # 40 days ago, and 1
            "first": 0.2,
            "beside_newcomers": NAN,  # there are none
            "full_price_share_90d": 0.0,
            "depth_90d": (0.1 + 0.3) / 2,
            "shift_90d": (0.1 + 0.3) / 2 - (0.2 + 0.0) / 2,
            "prompted_share_90d": 0.5,  # 14 days after a campaign, and 15
        },
        nan_ok=True,
    )


def test_what_is_no_purchase(made):
    events = [
        {**BOUGHT, "ago": 30, "discount": 0.2, "value": 8.0},
        {**SENT, "ago": 20, "discount": 0.5, "value": None},  # an offer is not bought yet
        {**BOUGHT, "ago": 10, "kind": "return", "discount": 0.4, "value": -8.0},
        {**BOUGHT, "ago": 5, "kind": "visit", "discount": None, "value": None},
    ]
    assert bargain(made, events)["depth_90d"] == 0.2
    assert bargain(made, events[1:])["depth_90d"] != bargain(made, events)["depth_90d"]
    assert math.isnan(bargain(made, events[1:])["full_price_share_90d"])


def test_of_those_who_may_be_older_than_the_log_the_first_purchase_is_not_known(log_of):
    log = log_of([{**EVENTS[0], "ago": 730}, {**EVENTS[0], "ago": 600, "customer_id": "b"}])
    rows = pd.DataFrame({"customer_id": ["a", "b"], "cutoff": [CUTOFF] * 2})
    found = FeatureSet([Bargain()], min_customers=1, log=log, horizon="60D").fit_transform(rows)
    assert found["bargain_first"].tolist() == pytest.approx([NAN, 0.2], nan_ok=True)


def newcomers(count, ago=30, discount=0.25):
    first = [{**BOUGHT, "customer_id": f"n{k}", "ago": ago + k, "discount": discount} for k in range(count)]
    return [*first, *({**one, "ago": 2, "discount": 0.0} for one in first)]


def test_what_newcomers_get(made):
    assert bargain(made, [*EVENTS, *newcomers(11)])["beside_newcomers"] == pytest.approx(0.3 - 0.25)
    assert math.isnan(bargain(made, [*EVENTS, *newcomers(10)])["beside_newcomers"])
    # of thirteen two came 91 and 92 days ago
    assert bargain(made, [*EVENTS, *newcomers(13, ago=80)])["beside_newcomers"] == pytest.approx(0.05)
    assert math.isnan(bargain(made, [*EVENTS, *newcomers(12, ago=80)], new="89D")["beside_newcomers"])
    # who is new is compared with nobody
    assert math.isnan(bargain(made, newcomers(20), who="n3")["beside_newcomers"])
    assert bargain(made, newcomers(20), who="n3")["first"] == 0.25


def test_in_parts_the_tables_are_the_same(tmp_path):
    rng = np.random.default_rng(0)
    n = 4000
    frame = pd.DataFrame(
        {
            "customer_id": rng.integers(0, 400, n).astype(str),
            "timestamp": CUTOFF - pd.to_timedelta(rng.integers(1, 700 * 24, n), unit="h"),
            "kind": "purchase",
            "discount": rng.choice([0.0, 0.1, 0.3], n),
        }
    ).drop_duplicates()
    schema = Schema(**{name: name for name in frame.columns})
    # those who came lately
    late = frame["customer_id"].str.len() < 3
    frame = frame[~late | (frame["timestamp"] > CUTOFF - pd.Timedelta(days=60))]
    rows = pd.DataFrame({"customer_id": frame["customer_id"].unique(), "cutoff": CUTOFF - pd.Timedelta(days=3)})
    found = []
    for limit in (None, "400KB"):
        log = read_interactions(frame, schema, now="2030-01-01", memory_limit=limit)
        found.append(FeatureSet([Bargain()], log=log).fit_transform(rows))
    assert log.parts is not None
    assert found[0]["bargain_beside_newcomers"].notna().any()
    pd.testing.assert_frame_equal(*found)


_EVENT = st.fixed_dictionaries(
    {
        "ago": st.sampled_from([-1, 0, 1, 5, 14, 15, 29, 30, 31, 44, 59, 60, 61, 74, 75, 90, 400]),
        "kind": st.sampled_from(["purchase", "purchase", "visit", "campaign"]),
        "direction": st.sampled_from(["inbound", "inbound", "outbound", None]),
        "discount": st.sampled_from([None, 0.0, 0.1, 0.5]),
        "value": st.sampled_from([None, -3.0, 0.0, 3.0]),
    }
)


_LIFE = st.lists(_EVENT, min_size=1, max_size=10, unique_by=lambda event: event["ago"])


@FEW
@given(lives=st.lists(_LIFE, min_size=6, max_size=6))
def test_is_what_one_pass_says(lives, made_each):
    guide = [{**BEGIN, "value": None}, *({**one, "value": None} for one in newcomers(11))]
    bought = [bought_in(life) for life in lives]
    here = [
        max((event["ago"] for event in past(life) if event["direction"] != "outbound"), default=0) for life in lives
    ]
    first = [0.25] * 11 + [one[0][1] for one, ago in zip(bought, here, strict=True) if one and ago <= 60]
    found = made_each(Bargain(windows=("30D",), new="60D"), lives, guide)
    for one, own, ago in zip(found, bought, here, strict=True):
        recent, earlier = ([off for when, off, _ in own if (when <= 30) == late] for late in (True, False))
        told = {
            "offers_in_row": in_row(own),
            "first": own[0][1] if own else NAN,
            "beside_newcomers": own[-1][1] - mean(first) if own and ago > 60 else NAN,
            "full_price_share_30d": mean([float(off == 0) for off in recent]),
            "depth_30d": mean([off for off in recent if off]),
            "shift_30d": mean(recent) - mean(earlier),
            "prompted_share_30d": mean([prompted for when, _, prompted in own if when <= 30]),
        }
        expected = {f"bargain_{name}": value for name, value in told.items()}
        assert one == pytest.approx(expected, nan_ok=True, abs=1e-5)


def past(life):
    return sorted((event for event in life if event["ago"] > 0), key=lambda event: -event["ago"])


def in_row(own):
    count = NAN if not own else 0
    for _, off, _ in own:
        count = count + 1 if off else 0
    return count


def bought_in(life):
    """When, for how much less, and whether soon after a campaign."""
    bought, sent = [], NAN
    for event in past(life):
        if event["direction"] == "outbound":
            sent = event["ago"] if event["kind"] == "campaign" else sent
        elif event["discount"] is not None and (event["value"] or 0) >= 0:
            bought.append((event["ago"], event["discount"], float(sent - event["ago"] <= 14)))
    return bought


def test_sentences(log_of):
    says = spoken(Bargain(), log_of([BEGIN, *EVENTS]))
    assert says["offers_in_row"].sentence(2.0) == "made 2 purchases in a row on offer"
    assert says["offers_in_row"].sentence(0.0) == "paid full price for the last purchase"
    assert says["first"].sentence(0.2) == "got 20% off their first purchase"
    assert says["beside_newcomers"].sentence(-0.15) == (
        "got less off their last purchase than newcomers get off their first, by 15 percentage points"
    )
    assert (
        says["full_price_share_90d"].sentence(0.0) == "bought nothing at full price in the last 90 days, only on offer"
    )
    assert says["depth_90d"].sentence(0.3) == "got 30% off what they bought on offer in the last 90 days"
    assert says["shift_90d"].sentence(0.1).startswith("got more off their purchases of the last 90 days than off those")
    assert says["prompted_share_90d"].sentence(0.5).endswith("of the last 90 days within 14 days of a promotion")


def test_a_measure_of_the_name_is_no_discount(log, november):
    families = FeatureSet([Bargain(), Activity()], log=log).fit(november).families_
    assert families.set_index("builder").loc["Bargain", "why"] == "the log lacks discount"


def test_the_future_is_unknown(log_of):
    events = [{**one, "customer_id": f"c{n}", "ago": one["ago"] + n} for n in range(12) for one in EVENTS]
    log = log_of([BEGIN, *events, *newcomers(12, ago=150)])
    check_no_leak(Bargain(), log, cutoffs=["2023-11-04T12:00", "2024-03-01"], customers=20)


class TestAgainstTheUsualPrice:
    """As docs/schemas.md says, where nobody wrote down what was taken off."""

    def query(self):
        text = (Path(__file__).parents[2] / "docs/schemas.md").read_text(encoding="utf-8")
        block = next(one for one in text.split("```toml")[1:] if " AS usual" in one)
        return tomllib.loads(block.partition("```")[0])["query"]

    def lines(self):
        rng = np.random.default_rng(0)
        days = np.sort(rng.integers(0, 400, 600))
        order = rng.integers(0, 3, 600) + 3 * days
        return pd.DataFrame(
            {
                "customer_id": [f"c{one % 40}" for one in order],
                # several lines of an order, and of a product, at one instant
                "created_at": pd.Timestamp("2023-01-01") + pd.to_timedelta(days, unit="D"),
                "order_id": [f"o{one}" for one in order],
                "product": rng.choice(["cup", "plate", "rare"], 600, p=[0.5, 0.45, 0.05]),
                "quantity": rng.integers(1, 5, 600),
                "price": rng.choice([10.0, 10.0, 10.2, 8.0, 5.0, 12.0], 600),
            }
        )

    @pytest.fixture
    def orders(self, tmp_path, monkeypatch):
        """What the query makes of lines: the discount of each order."""
        monkeypatch.chdir(tmp_path)

        def made(lines):
            lines.to_csv("lines.csv", index=False)
            return duckdb.sql(self.query()).df().set_index("order_id")["off"].dropna()

        return made

    def slowly(self, lines):
        usual = []
        for line in lines.itertuples():
            back = line.created_at - pd.Timedelta(days=180)
            before = lines[(lines["created_at"] < line.created_at) & (lines["created_at"] >= back)]
            prices = before.loc[before["product"] == line.product, "price"]
            usual.append(prices.median() if len(prices) >= 20 else NAN)
        told = lines.assign(usual=usual).dropna(subset="usual")
        sums = told.assign(paid=told["quantity"] * told["price"], else_=told["quantity"] * told["usual"])
        sums = sums.groupby("order_id")[["paid", "else_"]].sum()
        return (1 - sums["paid"] / sums["else_"]).clip(lower=0)

    def test_is_what_one_pass_says(self, orders):
        found, expected = orders(self.lines()), self.slowly(self.lines())
        assert sorted(found.index) == sorted(expected.index)
        assert ((found - expected).abs() <= 0.05 + 1e-9).all()
        assert (found.round(1) == found).all()
        assert 0 < (found == 0).sum() < len(found)

    def test_later_lines_change_nothing(self, orders):
        lines = self.lines()
        early = orders(lines[lines["created_at"] < "2023-12-01"])
        assert len(early) > 100
        pd.testing.assert_series_equal(early.sort_index(), orders(lines)[early.index].sort_index())

    def test_it_turns_bargain_on(self, orders):
        orders(self.lines())
        schema = Schema(
            customer_id="customer_id",
            timestamp="created_at",
            case_id="order_id",
            value="amount",
            discount="off",
            constants={"kind": "purchase"},
        )
        log = read_interactions(Query(self.query()), schema, now="2024-12-01")
        rows = pd.DataFrame({"customer_id": ["c1", "c2"], "cutoff": pd.Timestamp("2024-01-01")})
        made = FeatureSet([Bargain()], min_customers=1, log=log, horizon="60D").fit_transform(rows)
        assert made["bargain_full_price_share_365d"].between(0, 1).all()
        check_no_leak(Bargain(), log, cutoffs=["2023-11-06", "2024-01-01"], customers=20)
