"""The features in Spark SQL: the formulation that is fastest in DuckDB, in Spark's words.

Gaps and the times of the next three events come from one window a customer; then all of life in one group-by, and each
window's rows in one of their own, joined. Instants are read on a session whose time zone is UTC.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.columns import HALF_LIFE, TREND, column_names, zero_over_nothing
from engine.duckdb_peer import _instant, _listed
from engine.inputs import KINDS, MEASURES, TOUCHPOINTS

_NEVER = "timestamp '9999-01-01'"
_DAY = "86.4e9"


def features(session: Any, events: Any, cutoff: str, windows: Sequence[int]) -> Any:
    """Return the features of everybody at a cut-off, as a frame of Spark.

    Parameters
    ----------
    session : SparkSession
    events : DataFrame
    cutoff : str
        A day.
    windows : sequence of int
        In days.
    """
    events.createOrReplaceTempView("events")
    return session.sql(_query(cutoff, windows))


def _query(cutoff: str, windows: Sequence[int]) -> str:
    before = f"timestamp < {_instant(cutoff)}"
    following = _listed(f"coalesce(lead(timestamp, {n}) over w, {_NEVER}) as next_{n}" for n in (1, 2, 3))
    gap = f"({_us('timestamp')} - {_us('lag(timestamp) over w')}) / {_DAY} as gap"
    in_order = "window w as (partition by customer_id order by timestamp)"
    ordered = f"select *, {gap}, {following} from events where {before} {in_order}"
    life = f"select customer_id, {_listed(_life(cutoff, windows))} from ({ordered}) group by customer_id"
    recent = [
        f"w{days} as (select customer_id, {_listed(_plain(days))} from events"
        f" where {before} and timestamp >= {_instant(cutoff, days)} group by customer_id)"
        for days in windows
    ]
    joins = " ".join(f"left join w{days} using (customer_id)" for days in windows)
    zero = zero_over_nothing(windows)
    filled = f"* except ({_listed(zero)}), {_listed(f'coalesce({name}, 0) as {name}' for name in zero)}"
    return (
        f"with life as ({life}), {_listed(recent)}"
        f" select customer_id, {_instant(cutoff)} as cutoff, {_listed(column_names(windows))} from ("
        f" select *, {_listed(_derived(windows))} from (select {filled} from life {joins}))"
    )


def _plain(days: int) -> list[str]:
    statistics = [f"count(*) as count_{days}"]
    statistics += [f"sum({m}) as {m}_sum_{days}, max({m}) as {m}_max_{days}" for m in MEASURES]
    return statistics + [
        f"count(*) filter (where touchpoint = '{label}') as touchpoint_{label}_{days}" for label in TOUCHPOINTS
    ]


def _life(cutoff: str, windows: Sequence[int]) -> list[str]:
    at = _instant(cutoff)
    weight = f"pow(2.0D, ({_us('timestamp')} - {_us(at)}) / ({_DAY} * {HALF_LIFE}))"
    late = f"filter (where timestamp >= {_instant(cutoff, TREND)})"
    last = {
        1: f"next_1 >= {at}",
        2: f"next_1 < {at} and next_2 >= {at}",
        3: f"next_2 < {at} and next_3 >= {at}",
    }
    return [
        f"sum({weight}) as decayed_count",
        *(f"sum({weight} * {m}) as decayed_{m}" for m in MEASURES),
        f"{_since(at, 'max(timestamp)')} as since_any",
        f"{_since(at, 'min(timestamp)')} as tenure",
        *(f"""{_since(at, f"max(timestamp) filter (where kind = '{kind}')")} as since_{kind}""" for kind in KINDS),
        *(f"count(*) {_between(cutoff, days)} as before_{days}" for days in windows),
        *(f"coalesce(sum({m}) {_between(cutoff, TREND)}, 0) as before_{m}" for m in MEASURES),
        *(f"coalesce(sum({m}) {late}, 0) as lately_{m}" for m in MEASURES),
        "avg(gap) as gap_mean",
        "stddev_samp(gap) as gap_std",
        *(f"max({x}) filter (where {last[n]}) as {x}_last{n}" for x in (*MEASURES, "gap") for n in (1, 2, 3)),
    ]


def _derived(windows: Sequence[int]) -> list[str]:
    columns = [f"lately_{m} - before_{m} as trend_{m}" for m in MEASURES]
    for days in windows:
        count = f"count_{days}"
        columns += [f"{m}_sum_{days} / nullif({count}, 0) as {m}_mean_{days}" for m in MEASURES]
        columns.append(f"ln(1 + {count}) - ln(1 + before_{days}) as trend_count_{days}")
        labels = [f"touchpoint_{label}_{days}" for label in TOUCHPOINTS]
        terms = " + ".join(f"if({n} > 0, {n} / {count} * ln({n} / {count}), 0)" for n in labels)
        columns.append(f"if({count} > 0, -({terms}), null) as entropy_{days}")
    return columns


def _between(cutoff: str, days: int) -> str:
    return f"filter (where timestamp >= {_instant(cutoff, 2 * days)} and timestamp < {_instant(cutoff, days)})"


def _since(at: str, instant: str) -> str:
    return f"({_us(at)} - {_us(instant)}) / {_DAY}"


def _us(instant: str) -> str:
    return f"unix_micros({instant})"
