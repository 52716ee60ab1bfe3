from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest

import cxchurn as cx
from cxchurn.checks import check_no_leak
from cxchurn.features import FeatureSet, TrackRecord, features_to_plain
from cxchurn.features.shared._lost import Outcomes, beyond_others
from cxchurn.interactions import known_before

from ._experience import spoken

NAN = math.nan
CUTOFF = pd.Timestamp("2024-04-01")  # a Monday: tables are as of the cut-off
BEGIN = {"customer_id": "first", "ago": 730}
LOSING = cx.Inactivity("30D", active_within="90D")


def buyers(product, count, stay, *, ago=40, who=None):
    """Customers who bought something before the moment 35 days ago; the first so many came again in the 30 days after it."""
    ids = [f"{who or product} {k}" for k in range(count)]
    bought = [{"customer_id": one, "ago": ago + k / 10, "product": product} for k, one in enumerate(ids)]
    return [*bought, *({"customer_id": one, "ago": 20, "product": None} for one in ids[:stay])]


def record(log_of, rows, *own, moments=1):
    """What is said of somebody who bought something, so many days ago each."""
    mine = [{"ago": ago, "product": product} for ago, product in own]
    log = log_of([BEGIN, *rows, *mine], categories=("product",))
    builder = TrackRecord(by=("product",), moments=moments)
    at = pd.DataFrame({"customer_id": ["a"], "cutoff": [CUTOFF]})
    found = FeatureSet([builder], min_customers=1, log=log, churn=LOSING, horizon="30D").fit_transform(at)
    return found["track_record_product"].iloc[0]


def test_what_became_of_others_with_the_same(log_of):
    """All were there once and lately: half of them would leave. Of Apples' 16 buyers 12 left, of Books' 24 eight."""
    rows = [*buyers("Apples", 16, stay=4), *buyers("Books", 24, stay=16)]
    apples, books = round((12 - 8) / (16 + 20), 2), round((8 - 12) / (24 + 20), 2)
    assert (apples, books) == (0.11, -0.09)
    assert record(log_of, rows, (3, "Apples")) == apples
    assert record(log_of, rows, (3, "Books")) == books
    # the mean of the latest five of which there is a record
    assert record(log_of, rows, (5, "Apples"), (4, "Cars"), (3, "Books")) == pytest.approx((apples + books) / 2)
    latest = [(9, "Apples"), *((ago, "Books") for ago in (8, 7, 6, 5, 4))]
    assert record(log_of, rows, *latest) == pytest.approx(books)
    assert math.isnan(record(log_of, rows, (3, "Cars")))


def test_ten_customers_are_too_few(log_of):
    for count, known in ((10, False), (11, True)):
        rows = [*buyers("Apples", count, stay=2), *buyers("Books", 20, stay=10)]
        assert math.isnan(record(log_of, rows, (3, "Apples"))) != known
    # nine customers at three moments are nine customers
    rows = [*buyers("Apples", 9, stay=0, ago=100), *buyers("Apples", 9, stay=9), *buyers("Books", 20, stay=9)]
    assert math.isnan(record(log_of, rows, (3, "Apples"), moments=3))


def test_what_is_not_over_is_not_counted(log_of):
    """Whoever bought after the moment is in no record, whatever becomes of them."""
    rows = [*buyers("Apples", 12, stay=12), *buyers("Books", 20, stay=10)]
    late = buyers("Apples", 30, stay=0, ago=31, who="late")
    assert record(log_of, rows, (3, "Apples")) == record(log_of, [*rows, *late], (3, "Apples")) < 0


def test_without_a_churn_definition_nobody_was_lost(log_of):
    log = log_of([BEGIN, *buyers("Apples", 16, stay=4)], categories=("product",))
    rows = pd.DataFrame({"customer_id": ["Apples 1"], "cutoff": [CUTOFF]})
    found = FeatureSet([TrackRecord(by=("product",))], min_customers=1, log=log).fit_transform(rows)
    assert found["track_record_product"].isna().all()


def test_customers_are_compared_with_those_alike():
    """Twenty of either label; half of the first kind of customers leave, none of the second, whatever they met."""
    labels = np.repeat([1.0, 2.0], 20)[None]
    alike = np.tile([0, 1], 20)
    lost = np.where(alike == 0, np.arange(40) // 2 % 2, 0).astype(float)
    met = Outcomes(labels, np.arange(40), lost)
    assert beyond_others(met, alike=alike, shrink=20.0)[1] == pytest.approx([0.0, 0.0])
    # the first label met by those of the first kind alone, who leave: of 20 ten, as of all of them
    sorted_kinds = np.repeat([0, 1], 20)
    lost = np.where(sorted_kinds == 0, np.arange(40) % 2, 0).astype(float)
    met = Outcomes(labels, np.arange(40), lost)
    plain, fair = (beyond_others(met, alike=one, shrink=20.0)[1] for one in (None, sorted_kinds))
    # a quarter of all left; of the first kind (10 + 20 / 4) of 40 are expected
    assert plain == pytest.approx([(10 - 5) / 40, (0 - 5) / 40])
    assert fair == pytest.approx([(10 - 20 * 15 / 40) / 40, (0 - 20 * 5 / 40) / 40])
    assert (np.abs(fair) < np.abs(plain)).all()


def test_records_as_a_slow_count_over_the_panel_says(log, churn, november):
    """By the panel of the four moments: who was asked about, what they had met, and who churned."""
    builder = TrackRecord(by=("product_group",), window="60D")
    fitted = FeatureSet([builder], log=log, churn=churn).fit(november)
    table = next(iter(next(iter(fitted.references_.tables.values())).values()))
    # 60 days before 2024-11-04, a Monday
    moments = [pd.Timestamp("2024-09-02") - pd.Timedelta(weeks=4 * k) for k in range(4)]
    panel = cx.make_panel(known_before(log, "2024-11-04"), churn, cutoffs=moments).frame
    events = log.events.to_pandas().sort_values("known_at", kind="stable")
    by_customer = dict(list(events.groupby("customer_id", observed=True)))
    cells, met = [], []
    for who, at in zip(panel["customer_id"], panel["cutoff"], strict=True):
        past = by_customer[who]
        past = past[past["known_at"] < at]
        own = past[(past["direction"] != "outbound") & ~past["later"].astype(bool)]
        days = (at - own["known_at"].max()) / pd.Timedelta("1D")
        cells.append((min(6, int(math.log2(1 + days / 7.5))), min(5, int(math.log2(1 + len(own))))))
        met.append(set(past["product_group"].dropna().tail(5)))
    lost, anything = panel["churned"].to_numpy(dtype=float), np.array([bool(one) for one in met])
    mean = lost[anything].mean()
    sums = pd.DataFrame({"cell": cells, "lost": lost}).groupby("cell")["lost"].agg(["sum", "size"])
    rates = (sums["sum"] + 20 * mean) / (sums["size"] + 20)
    less = lost - np.array([rates[cell] for cell in cells])
    groups = sorted(set().union(*met))
    expected = [less[[group in one for one in met]].sum() / (sum(group in one for one in met) + 20) for group in groups]
    assert len(groups) == len(table["product_group"]) == 5
    assert sorted(table["product_group"]) == pytest.approx(sorted(expected), abs=0.0051)


def test_a_model_holds_no_label(log, churn, november):
    fitted, other = (
        FeatureSet([TrackRecord(by=("product_group",), key=key)], log=log, churn=churn).fit(november)
        for key in ("track record", "ours")
    )
    saved = json.dumps(features_to_plain(fitted)["references"])
    assert not [label for label in ("books", "garden", "music", "toys") if label in saved]
    pd.testing.assert_frame_equal(fitted.transform(november), other.transform(november))


def test_sentences(log_of):
    says = spoken(
        TrackRecord(by=("touchpoint", "product")),
        log_of([BEGIN, {"ago": 3, "touchpoint": "web", "product": "Cars"}], categories=("product",)),
    )
    assert says["product"].sentence(0.11) == (
        "lately had to do with products whose customers leave more often than others who came as lately and as often, "
        "by 11 percentage points"
    )
    assert (
        says["touchpoint"]
        .sentence(-0.04)
        .startswith("lately had to do with touchpoints whose customers leave less often")
    )
    assert says["product"].sentence(NAN) == (
        "had to do with no product of which it is known whether enough customers left"
    )


def test_the_future_is_unknown(log_of):
    rows = [*buyers("Apples", 16, stay=4), *buyers("Books", 24, stay=16)]
    log = log_of([BEGIN, *rows], categories=("product",))
    check_no_leak(
        TrackRecord(by=("product",), moments=2), log, cutoffs=["2024-03-04T12:00", "2024-03-25"], customers=20
    )
