"""In a log in which nothing changes, a column that tells one cut-off from another is found out, and no other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from cxchurn._core import UsageError
from cxchurn.checks import BuilderError, check_builder, check_drift
from cxchurn.checks._drift import _auc, _own_values
from cxchurn.checks._stationary import WEEK, circle_of, stationary
from cxchurn.features import Activity, Builder, Column, Comparing, Recency, Volume, spans
from cxchurn.history import Seen, histories_of
from cxchurn.interactions import Schema, read_interactions, with_events

DAY = 86_400_000_000


def findings(builder, log, **more) -> dict[str, str]:
    table = check_drift(builder, log, **more)
    assert list(table) == ["column", "auc_month", "auc_year", "own_values", "finding"]
    assert table[["auc_month", "auc_year"]].map(lambda auc: 0.5 <= auc <= 1.0).all(axis=None)
    return dict(zip(table["column"], table["finding"], strict=True))


class Dated(Builder):
    """Knows what the date is, in several ways.

    Columns: ``dated_month``, ``dated_week``, ``dated_noise``, ``dated_season``.
    """

    driver = "dated"

    def columns(self, seen: Seen) -> Any:
        day = seen.cutoffs / DAY
        noise = seen.last("28D").count()
        yield Column("dated_month", np.floor(day / 30.44) % 12, says="{value}")
        yield Column("dated_week", np.where(noise > 3, np.nan, day // 7), says="{value}")
        yield Column("dated_noise", noise, says="{value}")
        yield Column("dated_season", np.sin(day / 58.1) + noise / 1000, says="{value}")


class Grows(Builder):
    """How long customers have been seen, and how busy they were lately.

    Columns: ``grows_days_first``, ``grows_count_30d``.
    """

    driver = "grows"

    def columns(self, seen: Seen) -> Any:
        yield Column(
            "grows_days_first", seen.age_of_first(), says="was first seen {value:days} ago", missing="was never seen"
        )
        yield Column("grows_count_30d", seen.last("30D").count(), says="had {value:#event}")


class Against(Comparing):
    """Compares with everybody's mean.

    Columns: ``against_difference``, ``against_ratio``.
    """

    driver = "against"

    def reference(self, crowd):
        return {"mean": [float(crowd.ask(self._count)["count"].mean())]}

    def columns(self, seen: Seen) -> Any:
        mean = np.full(len(seen.customers), np.nan)
        for rows, table in seen.compared(self.table_name):
            mean[rows] = table["mean"][0]
        count = seen.last("28D").count()
        yield Column("against_difference", count - mean, says="{value}")
        yield Column("against_ratio", np.round(count / np.maximum(1, seen.last("112D").count() / 4), 1), says="{value}")

    def _count(self, seen: Seen) -> dict[str, np.ndarray]:
        return {"count": seen.last("28D").count()}


def test_what_names_the_cutoff_is_found(log):
    found = findings(Dated(), log)
    assert found == {
        "dated_month": "names the cut-off",
        "dated_week": "names the cut-off",  # of those who did little
        "dated_noise": "",
        "dated_season": "names the cut-off",
    }


def test_a_difference_from_everybody_names_the_cutoff_a_ratio_does_not(log):
    assert findings(Against(), log) == {"against_difference": "names the cut-off", "against_ratio": ""}


def test_what_grows_with_the_log_drifts(log):
    found = findings(Activity(), log) | findings(Volume(windows=("30D", "60D"), detail=(), rates=("60D",)), log)
    assert found["activity_days_first"] == found["activity_count"] == found["volume_count_life"] == "drifts"
    assert {found[name] for name in ("activity_days_last", "volume_count_30d", "volume_rate_60d")} == {""}


def test_long_windows_do_not_reach_past_the_log(log):
    found = findings(Volume(windows=("900D",), detail=(), rates=()), log)
    assert found["volume_count_900d"] == ""


def test_few_customers_are_not_judged_by_chance(log):
    for seed in range(5):
        found = findings(Recency(), log, customers=25, random_state=seed)
        del found["recency_days_first"]
        assert set(found.values()) == {""}


def test_check_builder_refuses_the_one_and_says_the_other(log):
    with pytest.raises(BuilderError, match=r"cut-offs: dated_month, dated_week, dated_season hold values that many"):
        check_builder(Dated(), log, customers=100)
    table = check_builder(Grows(), log, customers=100)
    found = dict(zip(table["check"], table["found"], strict=True))["cut-offs"]
    assert table["passed"].all()
    assert found == "2 columns at 13 cut-offs; grows_days_first drifts"


def test_needs_a_log(log):
    with pytest.raises(UsageError, match="the log is empty"):
        check_drift(Recency(), with_events(log, log.events[:0]))


@pytest.mark.parametrize(
    ("earlier", "later", "expected"),
    [
        ([1, 2], [3, 4], 1.0),
        ([3, 4], [1, 2], 0.0),
        ([1, 1], [1, 1], 0.5),
        ([1, 3], [2, 2], 0.5),  # of four pairs two rise
        ([-np.inf, 1], [1, 2], 0.875),  # 1, 1, 1/2 and 1 of four
    ],
)
def test_auc_by_hand(earlier, later, expected):
    assert _auc(np.array(earlier, dtype=float), np.array(later, dtype=float)) == expected


def test_own_values_by_hand():
    by_cutoff = np.zeros((2, 40))
    assert _own_values(by_cutoff) == 0.0
    by_cutoff[0, :8] = 7.0  # eight of 80 rows have a value of the first cut-off alone
    by_cutoff[1, :4] = 9.0  # four are too few to be more than chance
    assert _own_values(by_cutoff) == 0.1
    by_cutoff[1, 20] = 7.0
    assert _own_values(by_cutoff) == 0.0


class TestStationary:
    @pytest.fixture(scope="class")
    def still(self, log):
        ids = histories_of(log).ids[:50]
        return stationary(log, ids, until=52 * WEEK, length=52 * WEEK + 2 * circle_of(log), random_state=3), ids

    def frames(self, log, still):
        before, after = (one.events.to_pandas().astype({"customer_id": str}) for one in (log, still[0]))
        return before[before["customer_id"].isin(still[1])], after

    @pytest.mark.parametrize("days", [0, 10, 205.3])
    def test_everybody_does_as_much_at_any_time(self, log, still, days):
        """In a time as long as the circle, whenever it begins, customers do all that they ever did."""
        before, after = self.frames(log, still)
        circle = pd.Timedelta(circle_of(log), unit="us")
        begin = log.events.to_pandas()["known_at"].min().normalize() + pd.Timedelta(52 * 7 + days, unit="D")
        inside = after[(after["known_at"] >= begin) & (after["known_at"] < begin + circle)]
        pd.testing.assert_series_equal(
            before["customer_id"].value_counts(), inside["customer_id"].value_counts(), check_like=True
        )

    def test_rhythm_and_content_stay(self, log, still):
        before, after = self.frames(log, still)
        for frame in (before, after):
            frame["hour"] = frame["timestamp"].dt.dayofweek * 24 + frame["timestamp"].dt.hour
            frame["lag"] = (frame["known_at"] - frame["timestamp"]) // pd.Timedelta("1us")
            frame["promise"] = (frame["promised_at"] - frame["timestamp"]) // pd.Timedelta("1us")
        about = ["customer_id", "hour", "lag", "promise", "kind", "value"]
        one, other = (set(frame[about].astype(str).itertuples(index=False)) for frame in (before, after))
        assert other <= one
        assert len(other) > 0.9 * len(one)

    def test_they_come_one_after_the_other(self, still):
        log, ids = still
        began = pd.Series(histories_of(log).began)
        weeks = (began - began.min()) // WEEK
        assert 25 < weeks.median() < 60
        assert weeks.nunique() > 25
        assert len(histories_of(log).ids) == len(ids)

    def test_a_matter_of_the_next_round_is_another_one(self, still):
        log, _ = still
        frame = log.events.select(["customer_id", "case_id", "known_at"]).to_pandas().dropna()
        length = frame.groupby(["customer_id", "case_id"], observed=True)["known_at"].agg(
            lambda at: at.max() - at.min()
        )
        assert length.max() < pd.Timedelta(circle_of(log), unit="us")

    def test_ids_may_be_integers(self):
        times = pd.date_range("2024-01-01", periods=60, freq="9D")
        frame = pd.DataFrame({"customer_id": np.arange(60) % 6, "timestamp": times, "kind": "visit"})
        log = read_interactions(frame, Schema(customer_id="customer_id", timestamp="timestamp", kind="kind"))
        assert findings(Volume(windows=spans(["30D"]), detail=(), rates=()), log)["volume_count_30d"] == ""
