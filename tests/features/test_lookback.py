"""With a look-back nothing earlier moves a feature by a bit, whatever log is read and whoever asks."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxchurn._core import UsageError
from cxchurn.features import (
    BUILDERS,
    Builder,
    Column,
    Comparing,
    FeatureSet,
    Prior,
    Staff,
    TrackRecord,
    every_family,
    features_from_plain,
    features_to_plain,
    vector_of,
)
from cxchurn.history import POPULATIONS, Seen, where
from cxchurn.interactions import read_interactions, with_events
from cxchurn.panel import Cancellation, ChurnDefinition, Inactivity

DAY = pd.Timedelta("1D")


def bits(frame: pd.DataFrame | np.ndarray) -> np.ndarray:
    return np.asarray(frame, dtype=np.float64).view(np.int64)


def since(log, moment):
    """The log of which nothing before an instant was ever known."""
    return with_events(
        log, log.events.filter(pc.greater_equal(log.events["known_at"], pa.scalar(moment.to_datetime64())))
    )


def changed(features, one, other):
    names = features.get_feature_names_out()
    return names[(bits(one) != bits(other)).any(axis=0)].tolist()


def builders_of(log):
    return [*(b for b in every_family(log, "60D") if not isinstance(b, Prior)), Prior(attributes=("plan",))]


@pytest.fixture(scope="module")
def fitted(full_log, churn, november):
    """Every family, with the tables of ``fit``."""
    features = FeatureSet(builders_of(full_log), min_customers=1, log=full_log, churn=churn, lookback="120D").fit(
        november
    )
    assert {type(builder) for builder in features.builders_} == set(BUILDERS)
    return features.with_log(full_log)


@settings(max_examples=12, deadline=None)
@given(days=st.integers(-300, 20), hours=st.integers(0, 23))
def test_what_came_before_moves_no_bit(fitted, full_log, november, days, hours):
    rows = november.assign(cutoff=november["cutoff"] + days * DAY + pd.Timedelta(hours=hours))
    short = since(full_log, rows["cutoff"].iloc[0] - 120 * DAY)
    assert changed(fitted, fitted.transform(rows), fitted.with_log(short).transform(rows)) == []


def test_each_row_looks_back_from_its_own_cutoff(fitted, november):
    # cut-offs beside each other, so that customers stand in the history several times
    months = [november.assign(cutoff=november["cutoff"] - days * DAY) for days in (0, 1, 90, 200)]
    together = fitted.transform(pd.concat(months, ignore_index=True))
    apart = pd.concat([fitted.transform(month) for month in months])
    assert changed(fitted, together, apart) == []


def test_it_takes_something_away(fitted, full_log, november):
    whole = FeatureSet(fitted.builders_, min_customers=1, log=full_log, lookback=None).fit(november)
    assert len(changed(fitted, fitted.transform(november), whole.transform(november))) > 40


@pytest.mark.parametrize("days", [0, 150])
def test_a_service_and_parts_on_disk_see_the_same(
    fitted, full_log, full_interactions, full_schema, company, november, days
):
    rows = november.assign(cutoff=november["cutoff"] - days * DAY)
    among = fitted.transform(rows)
    parts = read_interactions(full_interactions, full_schema, customers=company.customers, memory_limit="20MB")
    assert parts.parts is not None
    assert changed(fitted, among, fitted.with_log(parts).transform(rows)) == []
    loaded = features_from_plain(features_to_plain(fitted)).with_log(full_log)
    assert changed(fitted, among, loaded.transform(rows)) == []
    for place in range(0, len(rows), 23):
        customer, at = rows.iloc[place]
        events = full_log.events.filter(pc.equal(full_log.events["customer_id"], customer))
        assert bits(vector_of(loaded, customer, events, at)).tolist() == bits(among.iloc[place].to_numpy()).tolist()
        recent = events.filter(pc.greater_equal(events["known_at"], pa.scalar((at - 120 * DAY).to_datetime64())))
        assert bits(vector_of(loaded, customer, recent, at)).tolist() == bits(among.iloc[place].to_numpy()).tolist()


def test_fitting_on_the_shorter_log_learns_the_same(log, november):
    # who is asked about is decided from all of the past; here no more of it than the look-back shows
    churn = Inactivity("60D", active_within="90D")
    # cut-offs on Mondays, when the tables about everybody are made
    rows = pd.concat([november.assign(cutoff=pd.Timestamp(day)) for day in ("2024-09-02", "2024-11-04")])
    # what became of customers is asked of earlier moments, whose look-back begins earlier
    builders = [builder for builder in builders_of(log) if not isinstance(builder, (Prior, Staff, TrackRecord))] + [
        Staff()
    ]
    short = since(log, pd.Timestamp("2024-09-02") - 120 * DAY)
    one, other = (
        FeatureSet(builders, min_customers=1, log=either, churn=churn, lookback="120D").fit(rows)
        for either in (log, short)
    )
    assert one.known_ == other.known_
    assert one.references_.tables == other.references_.tables
    # tenure asks where the log began, which a shorter log says otherwise; the edge of the look-back is later than both
    assert changed(one, one.transform(rows), other.transform(rows)) == []


class Everywhere(Builder):
    """How much there is in each population.

    Columns: ``everywhere_<population>``, ``everywhere_<population>_days``.
    """

    driver = "everywhere"

    def columns(self, seen: Seen):
        for name in POPULATIONS:
            view = seen.of(name)
            yield Column(f"everywhere_{name}", view.count(), says="{value}")
            yield Column(f"everywhere_{name}_days", view.age_of_first(), says="{value}")
            every = np.arange(len(view.customers))
            assert (view.only(every).count() == view.count()).all()


def counted(log, rows, condition, lookback):
    """The oracle: a loop over events."""
    frame = log.events.select(["customer_id", "known_at", *condition]).to_pandas()
    out = []
    for customer, at in rows.itertuples(index=False):
        own = frame[frame["customer_id"] == customer]
        own = own[(own["known_at"] < at) & (own["known_at"] >= at - lookback)]
        for column, bad in condition.items():
            own = own[~own[column].isin([bad])]
        ages = (at - own["known_at"]) / DAY
        out.append((len(own), ages.max() if len(own) else np.nan))
    return np.array(out)


@pytest.mark.parametrize("hours", [24, 24 * 45 + 5, 24 * 2000])
def test_every_population_begins_at_the_edge(log, november, hours):
    rows = pd.concat([november.iloc[::6], november.iloc[::6].assign(cutoff=pd.Timestamp("2024-03-07T11:00"))])
    churn = Cancellation(horizon="60D")
    found = FeatureSet([Everywhere()], min_customers=1, log=log, churn=churn, lookback=f"{hours}h").fit_transform(rows)
    conditions = {"all": {}, "own": {"direction": "outbound", "later": True, "kind": "cancel"}}
    for name, condition in conditions.items():
        expected = counted(log, rows, condition, pd.Timedelta(hours=hours))
        np.testing.assert_array_equal(found[[f"everywhere_{name}", f"everywhere_{name}_days"]].to_numpy(), expected)


class Crowded(Comparing):
    """How many there are, and how much they have.

    Columns: ``crowded_customers``, ``crowded_mean``.
    """

    driver = "crowded"

    def reference(self, crowd):
        counts = crowd.ask(lambda seen: {"count": seen.count()})["count"]
        return {"customers": [float(counts.size)], "mean": [float(counts.mean())]}

    def columns(self, seen: Seen):
        for name in ("customers", "mean"):
            values = np.full(len(seen.customers), np.nan)
            for rows, table in seen.compared(self.table_name):
                values[rows] = table[name][0]
            yield Column(f"crowded_{name}", values, says="{value}")


def test_who_is_asked_about_is_decided_from_all_of_the_past(log, november):
    """Everybody who was ever active is in the crowd, also with a look-back that shows nothing of most of them."""
    rows = november.assign(cutoff=pd.Timestamp("2024-11-04"))
    found = {
        back: FeatureSet([Crowded()], min_customers=1, log=log, churn=Inactivity("60D"), lookback=back)
        .fit_transform(rows)
        .iloc[0]
        for back in (None, "7D")
    }
    assert found["7D"]["crowded_customers"] == found[None]["crowded_customers"]
    assert found["7D"]["crowded_mean"] < found[None]["crowded_mean"] / 10
    nothing_said = FeatureSet([Crowded()], min_customers=1, log=log, lookback="7D").fit_transform(rows).iloc[0]
    assert nothing_said["crowded_customers"] >= found["7D"]["crowded_customers"]


class Asked(ChurnDefinition):
    """Whoever cancelled once is never asked about again; counts how often the question was put."""

    horizon, gap, says = "60D", "0D", "those who never cancelled"

    def check(self, log):
        pass

    def eligible(self, seen):
        return seen.count(where(kind="cancel")) == 0

    def churned(self, log, customers, cutoffs, *, clock="happened"):
        return np.zeros(len(customers), dtype=bool)


def test_an_ending_is_never_too_long_ago(log, november):
    rows = november.assign(cutoff=pd.Timestamp("2024-11-04"))
    made = {
        back: FeatureSet([Crowded()], min_customers=1, log=log, churn=Asked(), lookback=back)
        .fit_transform(rows)
        .iloc[0]
        for back in (None, "30D")
    }
    assert made["30D"]["crowded_customers"] == made[None]["crowded_customers"] < len(november)


def test_labels_of_before_are_not_learned(log_of):
    log = log_of([{"ago": 200, "kind": "fax"}, {"ago": 20, "kind": "visit"}, {"ago": 5, "kind": "call"}])
    rows = pd.DataFrame({"customer_id": ["a", "a"], "cutoff": pd.to_datetime(["2024-03-20", "2024-04-01"])})
    learned = {
        back: FeatureSet(min_customers=1, log=log, lookback=back).fit(rows).known_["kind"] for back in (None, "90D")
    }
    assert learned == {None: ("call", "fax", "visit"), "90D": ("call", "visit")}


def test_only_a_span_is_a_lookback(log, november):
    with pytest.raises(UsageError, match="lookback is 365, a bare int"):
        FeatureSet(log=log, lookback=365).fit(november)
