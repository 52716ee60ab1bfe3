"""The features in pandas: a loop over cut-offs and windows. Plain enough to be what all others are checked against.

Tried on 1 M interactions and twelve cut-offs (processor seconds on a busy machine): as here 9.0 to 9.9; labels as text 9.6 to
11.5, then every statistic by its own group-by 11.3; customers as text instead of numbers 15.1.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from engine.columns import HALF_LIFE, TREND, column_names
from engine.inputs import KINDS, MEASURES, TOUCHPOINTS

_DAY = pd.Timedelta("1D")


def features(path: str, cutoffs: Sequence[str], windows: Sequence[int]) -> pd.DataFrame:
    """Return the features from the file to the frame, with ``customer_id`` and ``cutoff`` in front."""
    events = pd.read_parquet(path).astype({"kind": "category", "touchpoint": "category"})
    events = events.sort_values(["customer_id", "timestamp"], ignore_index=True)
    codes, names = pd.factorize(events["customer_id"])
    events["customer"] = codes
    events["gap"] = events.groupby("customer")["timestamp"].diff() / _DAY
    days = {cutoff: _at(events[events["timestamp"] < cutoff], pd.Timestamp(cutoff), windows) for cutoff in cutoffs}
    frame = pd.concat(days, names=["cutoff", "customer"]).reset_index()
    frame["customer_id"] = names[frame["customer"]]
    frame["cutoff"] = frame["cutoff"].astype("datetime64[us]")
    return frame[["customer_id", "cutoff", *column_names(windows)]]


def _at(past: pd.DataFrame, cutoff: pd.Timestamp, windows: Sequence[int]) -> pd.DataFrame:
    """The features at one cut-off, a row a customer."""
    by_customer = past.groupby("customer")
    index = by_customer.size().index
    columns: dict[str, pd.Series] = {}
    for days in windows:
        columns |= _window(past, cutoff, days, index)
    columns["since_any"] = (cutoff - by_customer["timestamp"].max()) / _DAY
    latest = past.groupby(["customer", "kind"], observed=True)["timestamp"].max().unstack().reindex(columns=KINDS)
    columns |= {f"since_{kind}": (cutoff - latest[kind]) / _DAY for kind in KINDS}
    columns["tenure"] = (cutoff - by_customer["timestamp"].min()) / _DAY
    columns |= {f"gap_{what}": by_customer["gap"].agg(what) for what in ("mean", "std")}
    columns |= dict(_lasts(past, by_customer))
    weight = 2.0 ** ((past["timestamp"] - cutoff) / _DAY / HALF_LIFE)
    columns["decayed_count"] = weight.groupby(past["customer"]).sum()
    decayed = past[[*MEASURES]].mul(weight, axis=0).groupby(past["customer"]).sum()
    columns |= {f"decayed_{measure}": decayed[measure] for measure in MEASURES}
    change = _sums(past, cutoff, 0, TREND, index) - _sums(past, cutoff, TREND, 2 * TREND, index)
    columns |= {f"trend_{measure}": change[measure] for measure in MEASURES}
    return pd.DataFrame(columns, index=index)


def _between(past: pd.DataFrame, cutoff: pd.Timestamp, begin: int, end: int) -> pd.DataFrame:
    return past[(past["timestamp"] >= cutoff - end * _DAY) & (past["timestamp"] < cutoff - begin * _DAY)]


def _sums(past: pd.DataFrame, cutoff: pd.Timestamp, begin: int, end: int, index: pd.Index) -> pd.DataFrame:
    part = _between(past, cutoff, begin, end)
    return part.groupby("customer")[[*MEASURES]].sum().reindex(index, fill_value=0.0)


def _window(past: pd.DataFrame, cutoff: pd.Timestamp, days: int, index: pd.Index) -> dict[str, pd.Series]:
    recent = _between(past, cutoff, 0, days)
    before = _between(past, cutoff, days, 2 * days).groupby("customer").size().reindex(index, fill_value=0)
    count = recent.groupby("customer").size().reindex(index, fill_value=0)
    statistics = recent.groupby("customer")[[*MEASURES]].agg(["sum", "mean", "max"]).reindex(index)
    labels = recent.groupby(["customer", "touchpoint"], observed=True).size().unstack(fill_value=0)
    labels = labels.reindex(index=index, columns=TOUCHPOINTS, fill_value=0)
    columns = {f"{measure}_{what}_{days}": statistics[measure, what] for measure, what in statistics}
    columns |= {f"{measure}_sum_{days}": statistics[measure, "sum"].fillna(0.0) for measure in MEASURES}
    columns |= {f"touchpoint_{label}_{days}": labels[label] for label in TOUCHPOINTS}
    shares = labels.div(count.where(count > 0), axis=0)
    entropy = -(shares * np.log(shares.where(shares > 0, 1.0))).sum(axis=1, skipna=False)
    trend = np.log1p(count) - np.log1p(before)
    return {f"count_{days}": count, f"entropy_{days}": entropy, f"trend_count_{days}": trend} | columns


def _lasts(past: pd.DataFrame, by_customer: pd.api.typing.DataFrameGroupBy) -> Iterator[tuple[str, pd.Series]]:
    for nth in (1, 2, 3):
        last = by_customer.nth(-nth)
        last.index = pd.Index(last["customer"])
        for what in (*MEASURES, "gap"):
            yield f"{what}_last{nth}", last[what]
