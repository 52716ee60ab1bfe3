"""What `describe` counts is what a frame of the events counts."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxchurn.interactions import Later, Schema, Source, describe, known_before, read_interactions
from cxchurn.interactions.log.description import _ordered
from cxchurn.interactions.log.description._description import TABLES
from cxchurn.interactions.log.description._page import cells

from .interaction_rows import NOW, row

SCHEMA = Schema(
    customer_id="customer_id", timestamp="timestamp", kind="kind", known_at="known_at", direction="direction", value="value",
    duplicates="keep",
)  # fmt: skip
ZONES = ("UTC", "America/New_York", "Asia/Kolkata")


@st.composite
def frames(draw):
    """Events around turns of the month, some known later, some without a value."""
    size = draw(st.integers(1, 60))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    step = draw(st.sampled_from(["1D", "1h", "1s", "1us"]))
    when = pd.Timestamp("2023-12-30") + pd.Timedelta(step) * rng.integers(0, 100, size)
    ids = rng.integers(0, draw(st.integers(1, 12)), size)
    return pd.DataFrame(
        {
            "customer_id": ids if draw(st.booleans()) else [f"c{one}" for one in ids],
            "timestamp": when,
            "known_at": when + pd.Timedelta("1min") * np.maximum(rng.integers(-3, 5, size), 0),
            "kind": rng.choice(["visit", "call", "all", "purchase"], size),
            "direction": rng.choice(np.array(["inbound", "outbound", None], dtype=object), size),
            "value": np.where(rng.random(size) < 0.4, np.nan, rng.normal(size=size)),
        }
    )


def events_of(log):
    """The events of a log as a frame, sorted by customer and time."""
    parts = [log.events] if log.parts is None else [log.parts.read(part) for part in range(len(log.parts))]
    frame = pd.concat([part.to_pandas().astype({"customer_id": object}) for part in parts])
    return frame.sort_values(["customer_id", "timestamp"], kind="stable").reset_index(drop=True)


def quantile(values, share):
    """The smallest value that so large a share of all is not above."""
    return np.quantile(values, share, method="inverted_cdf") if len(values) else np.nan


def records(table):
    return table.astype(object).where(table.notna(), None).to_dict("records")


@given(frames(), st.sampled_from([None, "4KB"]), st.sampled_from(ZONES), st.sampled_from([7, 1 << 19]))
@settings(max_examples=15, deadline=None)
def test_counts_are_those_of_a_frame(frame, memory, zone, block):
    schema = Schema(**{**vars(SCHEMA), "timezone": zone, "kind": "kind"})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_ordered, "_ROWS", block)
        log = read_interactions(frame, schema, now=NOW, memory_limit=memory)
        found = describe(log)
    events = events_of(log)
    assert found.facts["interactions"] == len(events)
    assert found.facts["customers"] == events["customer_id"].nunique()
    local = events["timestamp"].dt.tz_localize("UTC").dt.tz_convert(zone).dt.tz_localize(None)
    month = local.dt.strftime("%Y-%m")
    by_month = events.groupby(month)["customer_id"].agg(["size", "nunique"])
    assert found.by_month[["month", "rows", "customers"]].values.tolist() == by_month.reset_index().values.tolist()
    both = events.groupby([events["kind"].astype(str), month])["customer_id"].agg(["size", "nunique"])
    told = found.by_kind_and_month.sort_values(["kind", "month"])
    assert told.values.tolist() == both.reset_index().values.tolist()
    by_kind = events.groupby(events["kind"].astype(str)).agg(
        rows=("customer_id", "size"),
        customers=("customer_id", "nunique"),
        first=("timestamp", "min"),
        last=("timestamp", "max"),
    )
    told = found.by_kind.set_index("kind").sort_index()
    pd.testing.assert_frame_equal(told[list(by_kind)], by_kind, check_dtype=False, check_names=False)
    assert found.by_kind["rows"].is_monotonic_decreasing
    assert found.by_source[["rows", "customers"]].values.tolist() == [[len(events), events["customer_id"].nunique()]]


@given(frames(), st.sampled_from([None, "4KB"]))
@settings(max_examples=15, deadline=None)
def test_gaps_delays_and_customers_are_those_of_a_frame(frame, memory):
    log = read_interactions(frame, SCHEMA, now=NOW, memory_limit=memory)
    found, events = describe(log), events_of(log)
    day = pd.Timedelta("1D")
    expected = {
        ("all", False): events,
        ("own", False): events[events["direction"].astype(object) != "outbound"],
        **{(kind, True): some for kind, some in events.groupby(events["kind"].astype(str))},
    }
    told = {(one["of"], one["by_kind"]): one for one in found.gaps.to_dict("records")}
    for key, some in expected.items():
        gaps = (some.groupby("customer_id")["timestamp"].diff().dropna() / day).to_numpy()
        assert told.get(key, {"gaps": 0})["gaps"] == len(gaps)
        for name, share in {"p10": 0.1, "median": 0.5, "p99": 0.99}.items():
            # as far as a bin is wide, and a length is written
            assert not len(gaps) or told[key][name] == pytest.approx(quantile(gaps, share), rel=1 / 128, abs=1e-6)
    late = ((events["known_at"] - events["timestamp"]) / day)[lambda delays: delays > 0].to_numpy()
    delays = {(one["of"], one["by_kind"]): one for one in found.delays.to_dict("records")}
    assert delays.get(("all", False), {"late_rows": 0})["late_rows"] == len(late)
    if len(late):
        assert delays["all", False]["share"] == pytest.approx(len(late) / len(events))
        assert delays["all", False]["median"] == pytest.approx(quantile(late, 0.5), rel=1 / 128, abs=1e-6)
    counts = events["customer_id"].value_counts()
    assert found.facts["with_one_interaction"] == (counts == 1).sum()
    assert found.facts["median_interactions"] == quantile(counts, 0.5)
    assert found.activity.values.tolist() == [[many, int((counts == many).sum())] for many in sorted(counts.unique())]
    busiest = counts.reset_index().sort_values(["count", "customer_id"], ascending=[False, True])[:10]
    assert found.busiest[["customer_id", "rows"]].values.tolist() == busiest.values.tolist()
    assert found.facts["busiest_percent_share"] == pytest.approx(counts.max() / len(events))
    spans = events.groupby("customer_id")["timestamp"].agg(lambda times: (times.max() - times.min()) / day)
    assert found.facts["span_days"]["median"] == pytest.approx(quantile(spans, 0.5), rel=1 / 128, abs=1e-6)


@given(frames(), st.sampled_from([None, "4KB"]))
@settings(max_examples=15, deadline=None)
def test_what_columns_hold_is_what_a_frame_holds(frame, memory):
    log = read_interactions(frame, SCHEMA, now=NOW, memory_limit=memory)
    told, events = describe(log).roles.set_index("name"), events_of(log)
    for name in ("kind", "direction", "value", "known_at"):
        assert told.loc[name, "filled"] == events[name].notna().sum()
        assert told.loc[name, "share"] == pytest.approx(events[name].notna().mean())
    assert told.loc["direction", "different"] == events["direction"].nunique()
    kinds = events["kind"].astype(str).value_counts().reset_index()
    first = kinds.sort_values(["count", "kind"], ascending=[False, True])["kind"][:3]
    assert told.loc["kind", "most_frequent"] == tuple(first)
    assert told.loc["known_at", ["since", "until"]].tolist() == [events["known_at"].min(), events["known_at"].max()]
    if events["value"].notna().any():
        assert told.loc["value", ["low", "high"]].tolist() == [events["value"].min(), events["value"].max()]
        assert told.loc["value", "mean"] == pytest.approx(events["value"].mean())


@given(frames())
@settings(max_examples=8, deadline=None)
def test_a_log_in_parts_says_what_one_in_memory_says(frame):
    whole, parts = (describe(read_interactions(frame, SCHEMA, now=NOW, memory_limit=limit)) for limit in (None, "4KB"))
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(whole, name), getattr(parts, name), check_dtype=False)
    assert str(whole) == str(parts)


@given(frames())
@settings(max_examples=8, deadline=None)
def test_pages_are_80_letters_wide_and_json_holds_all(frame):
    found = describe(read_interactions(frame, SCHEMA, now=NOW))
    assert max(map(len, [*str(found).splitlines(), *found.short().splitlines()])) <= 80
    plain = json.loads(json.dumps(found.to_dict()))
    assert {"facts", *TABLES} == set(plain)
    assert plain["by_month"] == [
        {name: one[name] for name in ("month", "rows", "customers", "whole")}
        for one in found.by_month.to_dict("records")
    ]


def test_whole_days_stay_whole_days(read):
    log = read([row("a", f"2024-05-{day:02}") for day in (1, 8, 15, 29)])
    gaps = describe(log).gaps.iloc[0]
    # 7, 7 and 14 days
    assert gaps[["gaps", "p10", "median", "p90", "p99"]].tolist() == [3, 7.0, 7.0, 14.0, 14.0]


def test_values_that_became_known_later_are_events_but_no_interactions():
    rows = pd.DataFrame(
        [row("a", "2024-05-01", "ticket", done="2024-05-03"), row("a", "2024-05-11", "ticket", done=None)]
    )
    log = read_interactions(
        rows, Schema(**{name: name for name in row()}, later=(Later(at="done", kind="solved"),)), now=NOW
    )
    found = describe(log)
    # one gap of 10 days between two tickets; the third event only says that the first was solved
    assert found.by_kind[["kind", "rows", "made"]].values.tolist() == [["ticket", 2, 0], ["solved", 1, 1]]
    assert found.gaps[["of", "gaps", "median"]].values.tolist() == [["all", 1, 10.0], ["ticket", 1, 10.0]]
    assert found.activity.values.tolist() == [[2, 1]]
    assert "3 interactions of 1 customer," in str(found)
    assert "1 of them made of values that became known later" in " ".join(str(found).split())


def test_sources_have_their_own_customers_where_their_kinds_tell_them():
    schema = Schema(**{name: name for name in row()})
    orders = pd.DataFrame([row("a", kind="purchase"), row("b", kind="purchase")])
    tickets = pd.DataFrame([row("a", kind="call"), row("a", "2024-05-02", kind="complaint")])
    log = read_interactions([Source(orders, schema), Source(tickets, schema)], now=NOW)
    assert describe(log).by_source[["rows", "customers", "kinds"]].values.tolist() == [[2, 2, 1], [2, 1, 2]]
    mixed = pd.DataFrame([row("a", kind="call"), row("c", "2024-05-02", kind="purchase")])
    log = read_interactions([Source(orders, schema), Source(mixed, schema)], now=NOW)
    assert describe(log).by_source["customers"].isna().all()


def test_what_looks_odd_is_said():
    days = pd.date_range("2023-01-01", "2023-12-31", freq="D")
    kept = [*days[:200], *days[260:]]
    rows = [
        row(f"c{place % 60}", str(day.date()), "Visit" if place % 9 == 0 else "visit") for place, day in enumerate(kept)
    ]
    rows += [row("guest", f"2023-03-01T00:{minute:02}:00", "visit") for minute in range(60)]
    found = describe(read_interactions(pd.DataFrame(rows), Schema(**{name: name for name in row()}), now=NOW))
    assert found.silences[["what", "since", "until", "days"]].values.tolist()[0] == [
        "hole",
        "2023-07-20",
        "2023-09-17",
        60,
    ]
    assert found.spelling[["name", "label"]].values.tolist() == [["kind", "visit"], ["kind", "Visit"]]
    assert found.busiest.loc[0, ["customer_id", "rows"]].tolist() == ["guest", 60]
    said = " ".join(str(found).split())
    assert "'guest' has 16% of all interactions: a guest, a bot, or a test?" in said
    assert "differ by upper case or blanks alone" in said
    assert "no row from 2023-07-20 to 2023-09-17" in said
    assert "&#x27;guest&#x27; has 16%" in found._repr_html_()


def test_months_that_are_not_whole_are_marked(read):
    log = read([row("a", day) for day in ("2024-03-05", "2024-04-01", "2024-05-20")])
    assert describe(log).by_month[["month", "whole"]].values.tolist() == [
        ["2024-03", False], ["2024-04", True], ["2024-05", False],
    ]  # fmt: skip


def test_a_log_without_events_says_so(read):
    found = describe(known_before(read([row()]), "2020-01-01"))
    assert str(found) == "No interaction."
    assert found.to_dict()["facts"]["customers"] == 0
    assert "No interaction" in found._repr_html_()


def test_labels_too_many_to_be_words_are_not_listed(read):
    log = read([row(f"c{place % 9}", f"2024-05-01T10:{place // 60 % 60:02}:{place % 60:02}.{place:06}", case_id=f"m{place}")
                for place in range(10_001)])  # fmt: skip
    told = describe(log).roles.set_index("name")
    assert pd.isna(told.loc["case_id", "different"])
    assert told.loc["customer_id", "different"] == 9
    assert "more than 10,000 labels" in str(describe(log))


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("median", 1.003, "1 day"),
        ("median", 2.5, "2.5 days"),
        ("p99", 364.6, "365 days"),
        ("p10", 0.0042, "6 min"),
        ("high", 133_003.4, "133,003"),
        ("mean", 0.47764, "0.4776"),
    ],
)
def test_a_notebook_shows_lengths_as_lengths_and_no_powers_of_ten(name: str, value: float, says: str) -> None:
    assert cells(pd.DataFrame({name: [value]}))[1] == [[says]]


def test_lines_of_one_order_are_called_that():
    times = pd.to_datetime(["2024-05-01 10:17"] * 3 + ["2024-05-08 11:42"] * 2 + ["2024-05-09 09:05"])
    lines = pd.DataFrame({"customer_id": [1, 1, 1, 1, 1, 2], "timestamp": times, "kind": "purchase", "price": range(6)})
    found = describe(read_interactions(lines, now=NOW))
    assert found.by_kind["at_once"].tolist() == [3]
    said = " ".join(str(found).split())
    assert (
        "3 of 6 purchase rows (50%) stand at the very moment of another of the same customer: lines of one order?"
        in said
    )
    assert said.count("lines of one order?") == " ".join(found.short().split()).count("lines of one order?") == 1
    # of days alone nobody knows
    days = lines.assign(timestamp=lines["timestamp"].dt.normalize())
    assert "lines of one order" not in str(describe(read_interactions(days, now=NOW)))


def test_a_mean_is_whole_or_left_out():
    rows = [row(f"c{place}", "2024-05-01", value=value) for place, value in enumerate((-349.35, 44_555_344.0, 12.0))]
    said = " ".join(str(describe(read_interactions(pd.DataFrame(rows), now=NOW))).split())
    assert "-349.35 .. 44,555,344" in said
    assert "mean" not in said
