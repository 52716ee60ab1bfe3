"""What a plan replays is what the builders make, to the bit."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxchurn._core import UsageError
from cxchurn.features import (
    BUILDERS,
    Builder,
    Column,
    FeatureSet,
    Prior,
    columns_of,
    every_family,
    features_from_plain,
    features_to_plain,
    small,
    vector_of,
)
from cxchurn.history import Events, Measure, Seen, by_label, history_of_one, where
from cxchurn.history.plan import _blocks
from cxchurn.interactions import in_zone, with_events

NOW = pd.Timestamp("2024-11-05T13:20:00")
# on both sides of the days on which clocks change, on edges of windows, and at the same instant
HOURS = st.one_of(
    st.sampled_from([24 * days + by for days in (0, 2, 7, 30, 60, 240) for by in (-1, 0, 0, 1)]),
    st.integers(-100, 400 * 24),
)
SOME = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def alike(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Where numbers are the same bits; a missing number is as good as any other."""
    one, other = (np.ascontiguousarray(values, dtype=np.float64) for values in (one, other))
    return (one.view(np.int64) == other.view(np.int64)) | (np.isnan(one) & np.isnan(other))


def called(features: FeatureSet, rows: pd.DataFrame) -> pd.DataFrame:
    """What the builders make of rows when each is called as it is: the oracle."""
    seen = features.seen(rows)
    made = {column.name: column.values for builder in features.builders_ for column in columns_of(builder, seen)}
    return pd.DataFrame(made, index=rows.index)[list(features.get_feature_names_out())]


def check_alike(features: FeatureSet, rows: pd.DataFrame) -> pd.DataFrame:
    """Compare the replay with the builders, and return it."""
    found, wanted = features.transform(rows), called(features, rows)
    wrong = ~alike(found.to_numpy(), wanted.to_numpy()).all(axis=0)
    assert not wrong.any(), found.columns[wrong].tolist()
    return found


def every(log):
    return [*(b for b in every_family(log, "60D") if not isinstance(b, Prior)), Prior(attributes=("plan",))]


@pytest.fixture(scope="module", params=[("UTC", None), ("America/New_York", None), ("Europe/London", "120D")])
def fitted(request, full_log, churn, november):
    """Every family, in zones whose clocks change, without and with a look-back, with the tables of ``fit``."""
    zone, back = request.param
    own = in_zone(full_log, zone)
    features = FeatureSet(every(own), min_customers=1, log=own, churn=churn, lookback=back).fit(november)
    assert {type(builder) for builder in features.builders_} == set(BUILDERS)
    return features.with_log(own)


@st.composite
def logs(draw, log, names):
    """Draw events of a few customers: any of the log's, at other times, known later, of kinds nobody knew."""
    events = draw(st.lists(st.tuples(st.integers(0, len(log) - 1), st.sampled_from(names), HOURS), max_size=40))
    table = log.events.take(pa.array([place for place, _, _ in events], pa.int64()))
    happened = [NOW - pd.Timedelta(hours=ago) for _, _, ago in events]
    late = [draw(st.sampled_from([0, 0, 0, 5, 100])) for _ in events]
    known = [at + pd.Timedelta(hours=more) for at, more in zip(happened, late, strict=True)]
    new = draw(st.booleans())
    kinds = [
        "never known" if new and ago % 5 == 0 else kind
        for kind, (_, _, ago) in zip(table["kind"].to_pylist(), events, strict=True)
    ]
    for name, values in (
        ("customer_id", [who for _, who, _ in events]),
        ("timestamp", happened),
        ("known_at", known),
        ("kind", kinds),
    ):
        field = table.schema.field(name)
        plain = pa.string() if pa.types.is_dictionary(field.type) else field.type
        table = table.set_column(table.column_names.index(name), field, pa.array(values, plain).cast(field.type))
    return with_events(log, table)


@SOME
@given(data=st.data())
def test_a_replay_is_what_the_builders_make(data, fitted, november):
    names = [*november["customer_id"].iloc[:4], "C-nobody"]
    changed = data.draw(logs(fitted.log, names))
    who = data.draw(st.lists(st.sampled_from(names), min_size=1, max_size=8))
    at = [NOW - pd.Timedelta(hours=data.draw(HOURS)) for _ in who]
    rows = pd.DataFrame({"customer_id": who, "cutoff": at})
    features = fitted.with_log(changed)
    among = check_alike(features, rows)
    assert features.plan().recordings[-1].called == {}
    # alone, and in another order
    order = data.draw(st.permutations(range(len(rows))))
    assert alike(features.transform(rows.iloc[order]).to_numpy(), among.iloc[order].to_numpy()).all()
    mine = changed.events.filter(pa.compute.equal(changed.events["customer_id"], who[0]))
    assert alike(vector_of(features, who[0], mine, at[0]), among.to_numpy()[0]).all()


def test_the_small_set_too(log, november):
    features = FeatureSet(small(log, "60D"), min_customers=1, log=log).fit(november)
    check_alike(features, november)


def test_customers_with_more_events_than_a_program_holds(fitted, november, monkeypatch):
    monkeypatch.setattr(_blocks, "LONG", 20)
    check_alike(fitted, november)


@pytest.mark.parametrize("size", [(1, 1), (40, 3), (10**6, 5)])
def test_blocks_of_any_size_give_the_same(fitted, november, monkeypatch, size):
    # customers at several cut-offs, so that blocks end in the midst of their rows
    rows = pd.concat([november, november.assign(cutoff=november["cutoff"] - pd.Timedelta("33D"))], ignore_index=True)
    monkeypatch.setattr(_blocks, "_EVENTS", size[0])
    monkeypatch.setattr(_blocks, "_ROWS", size[1])
    check_alike(fitted, rows.iloc[:30])


def test_a_plan_prints_and_pickles(fitted, november, full_log):
    events = full_log.events.filter(pa.compute.equal(full_log.events["customer_id"], november["customer_id"].iloc[0]))
    plan = fitted.plan()
    history = history_of_one(events, full_log.customers, timezone=fitted.timezone_)
    who, at = november["customer_id"].iloc[0], np.datetime64("2024-11-05T00:00:00", "us")
    before = plan.one(history, who, at)
    again = pickle.loads(pickle.dumps(plan))
    assert alike(again.one(history, who, at), before).all()
    assert len(again.recordings) == len(plan.recordings)
    assert "called as they are: none" in repr(plan)
    assert f"{len(fitted.says_)} columns of {len(fitted.builders_)} builders" in repr(plan)


def test_a_loaded_feature_set_has_the_same_plan(log, november):
    features = FeatureSet(small(log, "60D"), min_customers=1, log=log).fit(november)
    loaded = features_from_plain(features_to_plain(features)).with_log(log)
    assert alike(loaded.transform(november).to_numpy(), features.with_log(log).transform(november).to_numpy()).all()


@dataclass(frozen=True)
class Rooted(Measure):
    """Own arithmetic on events."""

    def compute(self, events: Events) -> np.ndarray:
        return np.cbrt(events["value"])


class Own(Builder):
    """A builder of somebody's own."""

    driver = "own"

    def __init__(self, *, way: str = "plain") -> None:
        self.way = way

    def columns(self, seen: Seen) -> Iterator[Column]:
        recent = seen.last("90D")
        yield Column("own_values", getattr(self, f"_{self.way}")(seen, recent), says="has {value}")

    def _plain(self, seen, recent):
        sums, counts = recent.sum("value"), seen.count(where(kind="purchase"))
        return np.where(counts > 2, np.sqrt(np.abs(sums)) / np.maximum(counts, 1.0), -np.log1p(counts)) ** 2

    def _table(self, seen, recent):
        counts = by_label(recent, "touchpoint", seen.known("touchpoint")).events
        return np.argmax(counts == np.fmax.reduce(counts, axis=0), axis=0) + (counts > 1).sum(axis=0)

    def _branches(self, seen, recent):
        sums = recent.sum("value")
        return sums if sums.max(initial=0) > 100 else sums * 2

    def _loops(self, seen, recent):
        return np.array([len(str(value)) for value in recent.count()], dtype=np.float64)

    def _indexes(self, seen, recent):
        sums = recent.sum("value")
        sums = sums + 0.0
        sums[np.isnan(recent.mean("value"))] = -1.0
        return sums

    def _ranks(self, seen, recent):
        return np.argsort(np.argsort(recent.sum("value"), kind="stable"), kind="stable").astype(np.float64)

    def _on_events(self, seen, recent):
        return recent.sum(Rooted())

    def _size(self, seen, recent):
        return recent.count() + recent.count().size

    def _into(self, seen, recent):
        out = np.zeros(recent.count().shape)
        np.add(recent.count(), 1.0, out=out)
        return out

    def _of_its_own(self, seen, recent):
        return np.full(recent.count().size, 7.0)

    def _looks(self, seen, recent):
        # what nobody should do: to give one thing when recorded and another when asked
        count = recent.count()
        return count if isinstance(count, np.ndarray) else count + 1.0


@pytest.mark.parametrize(
    ("way", "why"),
    [
        ("plain", None),
        ("table", None),
        ("branches", "looks at single values of an answer"),
        ("loops", "looks at single values of an answer"),
        ("indexes", "looks at single values of an answer"),
        ("ranks", "calls numpy.argsort"),
        ("on_events", "calls numpy.cbrt for each event"),
        ("size", "what it asks depends on the rows"),
        ("into", "has add write into an array"),
        ("of_its_own", "makes a column of something else than answers"),
        ("looks", "its columns came out otherwise"),
    ],
)
def test_own_builders_are_recorded_or_called(way, why, log, november):
    features = FeatureSet([Own(way=way)], min_customers=1, log=log).fit(november)
    check_alike(features, november)
    made = features.plan().recordings[-1]
    assert made.called == ({} if why is None else {0: why})
    assert features.called_ == (("own",) if way == "looks" else ())


def test_a_builder_called_as_it_is_stands_beside_replayed_ones(log, november):
    features = FeatureSet([Own(way="branches"), *small(log, "60D")], min_customers=1, log=log).fit(november)
    check_alike(features, november)
    assert list(features.plan().recordings[-1].called) == [0]
    assert "Own (looks at single values of an answer)" in repr(features.plan())


def test_a_log_with_other_columns_is_asked_otherwise(log, november):
    features = FeatureSet([Own(), *small(log, "60D")], min_customers=1, log=log).fit(november)
    features.transform(november)
    without = with_events(log, log.events.drop_columns(["case_id"]))
    assert "case_id" not in without.types.names
    mine = without.events.filter(pa.compute.equal(without.events["customer_id"], november["customer_id"].iloc[0]))
    with pytest.raises(UsageError, match="come and go"):
        vector_of(features, november["customer_id"].iloc[0], mine, NOW)
