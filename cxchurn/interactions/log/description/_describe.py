"""Looking at a log before anything is modelled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from cxchurn._core import Deferred, in_threads, listed, zone
from cxchurn.interactions.log._log import InteractionLog
from cxchurn.interactions.log._noticed import Noticed, silences
from cxchurn.interactions.log._spelling import is_folded, spelled_alike
from cxchurn.interactions.log.description._description import Description
from cxchurn.interactions.log.description._filled import Filled, filled_in, joined, row_of
from cxchurn.interactions.log.description._lengths import quantiles
from cxchurn.interactions.log.description._ordered import blocks_of
from cxchurn.interactions.log.description._tally import Tally, added, tally
from cxchurn.interactions.schema._roles import ROLES
from cxchurn.interactions.store._arrivals import Arrivals
from cxchurn.interactions.store._event_types import LATER
from cxchurn.interactions.store._threads import WORKERS

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")

_COUNTED = ("customer_id", "timestamp", "known_at", "kind", LATER, "direction")
_KIND = "kind "


def describe(log: InteractionLog) -> Description:
    """Say what a log holds before anything is modelled: how much, of whom, of what, how often, how late, and what looks odd.

    Parameters
    ----------
    log : InteractionLog
        The log, in memory or in parts on disk (which are looked at one after the other).

    Returns
    -------
    Description
        Tables, and a page of them: ``print`` it, or let a notebook show it.

    Examples
    --------
    >>> frame = pd.DataFrame({"customer_id": [1, 1], "timestamp": ["2024-05-01", "2024-05-08"], "kind": ["purchase"] * 2})
    >>> found = cx.describe(cx.read_interactions(frame))
    >>> found.by_kind[["kind", "rows", "customers"]].values.tolist()
    [['purchase', 2, 1]]
    >>> float(found.gaps["median"][0])
    7.0
    """
    source_of = _sources_apart(log.arrivals)
    counted, columns = _looked_at(log, source_of)
    return Description(
        facts=_facts(log, counted),
        by_month=_months(counted, log),
        by_kind=_kinds(counted),
        by_kind_and_month=_named_months(counted["kind_months"])[["kind", "month", "rows", "customers"]],
        by_source=_sources(log.arrivals, counted, source_of),
        gaps=_lengths(counted["gaps"], "gaps"),
        delays=_delays(counted),
        activity=counted["activity"],
        busiest=_busiest(counted),
        roles=_roles(log, columns),
        spelling=_spelling(columns),
        silences=_silences(silences(log.arrivals)),
    )


def _looked_at(log: InteractionLog, source_of: dict[str, int]) -> tuple[Tally, dict[str, Filled]]:
    """Count part by part, each of them read once."""
    clock, names = zone(log.timezone), [name for name in _COUNTED if name in log.types.names]
    shown = [name for name in log.types.names if name != LATER]

    if log.parts is None:
        blocks = blocks_of(log.events.select(names))
        counted = in_threads(lambda block: tally(block, clock, source_of), blocks, most=WORKERS)
        return added(list(counted)), dict(zip(shown, in_threads(filled_in, map(log.events.column, shown)), strict=True))
    parts = log.parts

    def look(part: int) -> tuple[Tally, dict[str, Filled]]:
        events = parts.read(part)
        return tally(events.select(names), clock, source_of), {name: filled_in(events[name]) for name in shown}

    found = list(in_threads(look, range(len(parts)), most=WORKERS))
    return added([one for one, _ in found]), {name: joined(columns[name] for _, columns in found) for name in shown}


def _facts(log: InteractionLog, counted: Tally) -> dict[str, Any]:
    """What there is to be said of the log as a whole."""
    kinds, activity = counted["kinds"], counted["activity"]
    rows, customers = int((activity["interactions"] * activity["customers"]).sum()), int(activity["customers"].sum())
    return {
        "interactions": len(log),
        "made": int(kinds["made"].sum()),
        "customers": customers,
        "first": _time(kinds["first"].min()) if len(kinds) else None,
        "last": _time(kinds["last"].max()) if len(kinds) else None,
        "observed_until": log.observed_until,
        "timezone": log.timezone,
        "with_one_interaction": int(activity.loc[activity["interactions"] == 1, "customers"].sum()),
        "median_interactions": _median(activity),
        "busiest_percent_share": _busiest_share(activity, customers) if rows else None,
        "span_days": quantiles(counted["spans"]) if len(counted["spans"]) else {},
    }


def _median(activity: pd.DataFrame) -> int | None:
    """How many interactions the customer in the middle has."""
    until = activity["customers"].cumsum().to_numpy()
    return int(activity["interactions"].iloc[np.searchsorted(until, until[-1] / 2)]) if until.size else None


def _busiest_share(activity: pd.DataFrame, customers: int) -> float:
    """The share of interactions that the busiest hundredth of the customers (one at least) have."""
    left, rows = max(1, customers // 100), 0
    for interactions, many in activity.iloc[::-1].itertuples(index=False):
        taken = min(left, many)
        rows, left = rows + taken * interactions, left - taken
        if not left:
            break
    return rows / float((activity["interactions"] * activity["customers"]).sum())


def _time(moment: int) -> np.datetime64:
    return np.datetime64(int(moment), "us")


def _instants(column: Iterable[int]) -> pd.Series:
    return pd.Series(np.asarray(column, dtype="int64").astype("datetime64[us]"))


def _named_months(table: pd.DataFrame) -> pd.DataFrame:
    months = table["month"].to_numpy(dtype=np.int64).astype("datetime64[M]")
    return table.assign(month=pd.Series(months.astype(str), dtype=object).to_numpy())


def _months(counted: Tally, log: InteractionLog) -> pd.DataFrame:
    """Say too which months the log holds whole: of the first one, whether its first day has rows."""
    table, clock = counted["months"], zone(log.timezone)
    months = table["month"].to_numpy(dtype=np.int64).astype("datetime64[M]")
    ends = [clock.midnight(day) for day in (months + 1).astype("datetime64[D]").astype(np.int64).tolist()]
    whole = np.array([end <= log.observed_until for end in ends], dtype=bool)
    if len(table):
        begins = clock.day(_time(counted["kinds"]["first"].min()))
        whole[0] &= begins == int(months[0].astype("datetime64[D]").astype(np.int64))
    return _named_months(table).assign(whole=whole)


def _kinds(counted: Tally) -> pd.DataFrame:
    table = counted["kinds"].sort_values(["rows", "kind"], ascending=[False, True]).reset_index(drop=True)
    share = table["rows"] / max(1, table["rows"].sum())
    table.insert(2, "share", share)
    # days alone, and full hours, do not tell that two rows are of one moment
    table["at_once"] = np.where(2 * table["timed"] > table["rows"], table["at_once"], 0)
    return table.drop(columns="timed").assign(first=_instants(table["first"]), last=_instants(table["last"]))


def _sources_apart(arrivals: tuple[Arrivals, ...]) -> dict[str, int]:
    """Return the place of the source of each kind, of sources that share no kind with another."""
    kinds = [{kind for kind, *_ in one.counts} for one in arrivals]
    times = Counter(kind for some in kinds for kind in some)
    alone = [place for place, some in enumerate(kinds) if all(times[kind] == 1 for kind in some)]
    return {kind: place for place in alone for kind in kinds[place]}


def _sources(arrivals: tuple[Arrivals, ...], counted: Tally, source_of: dict[str, int]) -> pd.DataFrame:
    customers = dict(zip(counted["sources"]["source"].tolist(), counted["sources"]["customers"].tolist(), strict=True))
    apart, rows = set(source_of.values()), []
    for place, one in enumerate(arrivals):
        days = [day for *_, day in one.counts]
        rows.append(
            {
                "source": one.source,
                "rows": sum(one.counts.values()),
                "customers": customers.get(place, 0) if place in apart else None,
                "kinds": len({kind for kind, *_ in one.counts}),
                "first": _date(min(days)) if days else None,
                "last": _date(max(days)) if days else None,
                "observed_until": one.until,
            }
        )
    names = ("source", "rows", "customers", "kinds", "first", "last", "observed_until")
    table = pd.DataFrame(rows, columns=list(names))
    return table.astype({"customers": "Int64"})


def _date(day: int) -> str:
    return str(np.datetime64(day, "D"))


def _lengths(bins: pd.DataFrame, counted: str) -> pd.DataFrame:
    """Return quantiles by group, the kinds last and the most frequent of them first."""
    rows = [
        {"of": str(name).removeprefix(_KIND), "by_kind": str(name).startswith(_KIND), **quantiles(some)}
        for name, some in bins.groupby("group", sort=False)
    ]
    names = ["of", "by_kind", "count", "p10", "p25", "median", "p75", "p90", "p99"]
    table = pd.DataFrame(rows, columns=names).sort_values(["by_kind", "count", "of"], ascending=[True, False, True])
    return table.reset_index(drop=True).rename(columns={"count": counted}).astype({"by_kind": bool, counted: "int64"})


def _delays(counted: Tally) -> pd.DataFrame:
    """Return how much later than they happened rows became known, beside how many rows there are."""
    table = _lengths(counted["delays"], "late_rows")
    kinds = counted["kinds"].set_index("kind")
    rows = (kinds["rows"] - kinds["made"]).to_dict()
    own = [
        rows[of] if by_kind else sum(rows.values()) for of, by_kind in zip(table["of"], table["by_kind"], strict=True)
    ]
    table.insert(3, "share", table["late_rows"] / np.array(own, dtype=float))
    return table


def _busiest(counted: Tally) -> pd.DataFrame:
    activity, table = counted["activity"], counted["busiest"]
    return table.assign(share=table["rows"] / max(1, (activity["interactions"] * activity["customers"]).sum()))


def _roles(log: InteractionLog, columns: dict[str, Filled]) -> pd.DataFrame:
    named = {**dict.fromkeys(log.measures, "measure"), **dict.fromkeys(log.categories, "category")}
    known = [name for name in columns if name in ROLES or name in named]
    rows = [row_of(name, named.get(name, "role"), log.types.field(name).type, columns[name]) for name in known]
    times = {name: np.array([row[name] for row in rows], dtype="datetime64[us]") for name in ("since", "until")}
    floats = dict.fromkeys(("share", "low", "mean", "high"), "float64")
    return pd.DataFrame(rows).assign(**times).astype({**floats, "different": "Int64"})


def _spelling(columns: dict[str, Filled]) -> pd.DataFrame:
    rows = [
        (name, listed(map(repr, labels[:1])), label, found.labels[label])
        for name, found in columns.items()
        if found.labels and is_folded(name)
        for labels in spelled_alike(found.labels)
        for label in labels
    ]
    return pd.DataFrame(rows, columns=["name", "like", "label", "rows"])


def _silences(found: list[Noticed]) -> pd.DataFrame:
    rows = [
        (
            one.source, one.kind, "stopped" if one.stopped else "hole", _date(one.silence.since),
            _date(one.silence.since + one.silence.days - 1), one.silence.days, one.silence.probability, one.says,
        )
        for one in found
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["source", "kind", "what", "since", "until", "days", "probability", "says"])
