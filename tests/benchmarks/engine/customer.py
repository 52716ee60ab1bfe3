"""The features of one customer at a time, as a service asks for them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from bench_features import inputs

import cxchurn as cx
from cxchurn.features import columns_of, vector_of
from cxchurn.history import History, as_of, history_of_one
from cxchurn.interactions import with_events
from engine.inputs import log_file
from engine.ours import SCHEMA, Engine

_CUTOFF = pd.Timestamp("2024-12-01")
_WARM = 20


def ask(features: cx.FeatureSet, events: pa.Table, customer: object) -> np.ndarray:
    """Return the features of the only customer of these events: the one call that is timed."""
    return vector_of(features, customer, events, _CUTOFF)


def called(features: cx.FeatureSet, history: History, row: pd.DataFrame) -> np.ndarray:
    """Return the features of the history's only customer with every builder called as it is, without the plan."""
    about = {**features.about_, "references": features.references_.tables}
    seen = as_of(history, row["customer_id"].to_numpy(object), row["cutoff"].to_numpy("datetime64[us]"), **about)
    return np.array([c.values[0] for builder in features.builders_ for c in columns_of(builder, seen)])


def latency(which: str, events: int, calls: int, busy: bool) -> dict[str, Any]:
    """Ask again and again about a customer with so many events; milliseconds, the middle and what 99 % stay under.

    And in processor time, in turns: of the plan alone, with the history made beforehand, and of the builders called as they
    are (`called`), whose history is new each time, as what they ask is kept in it.
    """
    log, features = _fitted(which)
    mine, row, real = _customer(log, events)
    # a table of their own, as a service holds it: labels that occur, not those of the whole log
    mine = with_events(log, mine).events
    if real:
        _check(features, log, mine, row)
    ours, theirs = _in_turns(features, log, mine, row, calls // 4)
    taken, customer = np.empty(calls + _WARM), row["customer_id"].iat[0]
    with _spinning((os.cpu_count() or 1) - 1 if busy else 0):
        for k in range(taken.size):
            begun = time.perf_counter()
            answer = ask(features, mine, customer)
            taken[k] = time.perf_counter() - begun
    middle, most = 1000 * np.quantile(taken[_WARM:], [0.5, 0.99])
    about = {"events": mine.num_rows, "columns": answer.size, "middle": middle, "most": most}
    return about | {"plan": ours, "called": theirs}


def _in_turns(
    features: cx.FeatureSet, log: cx.InteractionLog, events: pa.Table, row: pd.DataFrame, calls: int
) -> tuple[float, float]:
    """Return the milliseconds of processor time of the plan and of the builders; the answers are compared first."""
    plan, customer, at = features.plan(), row["customer_id"].iat[0], np.datetime64(_CUTOFF, "us")

    def fresh() -> History:
        history = history_of_one(events, log.customers, timezone=features.timezone_)
        for name in plan.recordings[0].asked if plan.recordings else ():
            history.columns.get(name)
        return history

    history = fresh()
    if not np.array_equal(plan.one(history, customer, at), called(features, history, row), equal_nan=True):
        raise SystemExit("the plan gives other features than the builders")
    ours, theirs = np.empty(calls), np.empty(calls)
    for k in range(calls):
        begun = time.process_time()
        plan.one(history, customer, at)
        ours[k] = time.process_time() - begun
        new = fresh()
        begun = time.process_time()
        called(features, new, row)
        theirs[k] = time.process_time() - begun
    return 1000 * float(np.median(ours)), 1000 * float(np.median(theirs))


def _fitted(which: str) -> tuple[cx.InteractionLog, cx.FeatureSet]:
    if which == "standard":
        interactions, customers, schema = inputs(1)
        log, builders = cx.read_interactions(interactions, schema, customers=customers), None
    else:
        log, builders = cx.read_interactions(log_file(1, "text"), SCHEMA), [Engine()]
    names = pc.unique(log.events["customer_id"]).to_pylist()[:5000]
    rows = pd.DataFrame({"customer_id": names, "cutoff": _CUTOFF})
    return log, cx.FeatureSet(builders, log=log).fit(rows)


def _customer(log: cx.InteractionLog, events: int) -> tuple[pa.Table, pd.DataFrame, bool]:
    """Take the events before the cut-off of the customer with the nearest number; of several as one, if nobody has as many."""
    past = log.events.filter(pc.less(log.events["known_at"], pa.scalar(_CUTOFF.to_pydatetime(), pa.timestamp("us"))))
    ids = past["customer_id"].cast(pa.string())
    counts = pc.value_counts(ids)
    size = counts.field("counts").to_numpy()
    nearest = int(np.abs(size - events).argmin())
    name = counts.field("values")[nearest].as_py()
    row = pd.DataFrame({"customer_id": [name], "cutoff": [_CUTOFF]})
    if size[nearest] * 2 > events:
        return past.filter(pc.equal(ids, name)), row, True
    mine = past.slice(0, events)
    names = pa.repeat(pa.scalar(name, pa.string()), events)
    return mine.set_column(mine.column_names.index("customer_id"), "customer_id", names), row, False


def _check(features: cx.FeatureSet, log: cx.InteractionLog, events: pa.Table, row: pd.DataFrame) -> None:
    """Refuse an answer that is not, bit for bit, what the whole log gives."""
    alone = ask(features, events, row["customer_id"].iat[0])
    among = features.with_log(log).transform(row).to_numpy()[0]
    if not np.array_equal(alone, among, equal_nan=True):
        raise SystemExit("one customer alone gets other features than among all")


@contextmanager
def _spinning(count: int) -> Iterator[None]:
    """Keep so many cores busy."""
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()
