"""The features that Featuretools can say, by deep feature synthesis with cut-off times; it runs in its own environment.

A ``dfs`` a window: counts, sums, means, maxima, and counts at each touchpoint (21 features a window). The rest of the 151 has
no primitive, or needs one written in Python that would be far slower. The table of customers has no time index: with one,
``training_window`` silently drops the customers that began before it.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import featuretools as ft
import numpy as np
import pandas as pd

from engine.columns import zero_over_nothing
from engine.inputs import MEASURES, TOUCHPOINTS


def features(path: str, cutoffs: Sequence[str], windows: Sequence[int]) -> pd.DataFrame:
    """Return the features from the file to the frame, with ``customer_id`` and ``cutoff`` in front."""
    # it warns of deprecated calls of its own, a thousand times
    warnings.simplefilter("ignore")
    events = pd.read_parquet(path).drop(columns="kind")
    first = events.groupby("customer_id")["timestamp"].min()
    times = pd.concat([pd.DataFrame({"customer_id": first.index[first < t], "time": pd.Timestamp(t)}) for t in cutoffs])
    entities = _entities(events, first.index)
    frames = [_window(entities, times.reset_index(drop=True), days) for days in windows]
    frame = pd.concat(frames, axis=1).reset_index().rename(columns={"time": "cutoff"})
    names = zero_over_nothing(windows)
    frame[names] = frame[names].astype(float).fillna(0.0)
    return frame


def _entities(events: pd.DataFrame, customers: pd.Index) -> ft.EntitySet:
    events["event_id"] = np.arange(len(events))
    entities = ft.EntitySet("log")
    about = {"index": "event_id", "time_index": "timestamp", "logical_types": {"touchpoint": "Categorical"}}
    entities.add_dataframe(dataframe_name="events", dataframe=events, **about)
    names = pd.DataFrame({"customer_id": customers})
    entities.add_dataframe(dataframe_name="customers", dataframe=names, index="customer_id")
    entities.add_relationship("customers", "customer_id", "events", "customer_id")
    entities.add_interesting_values(dataframe_name="events", values={"touchpoint": list(TOUCHPOINTS)})
    return entities


def _window(entities: ft.EntitySet, times: pd.DataFrame, days: int) -> pd.DataFrame:
    matrix, _ = ft.dfs(
        entityset=entities,
        target_dataframe_name="customers",
        cutoff_time=times,
        agg_primitives=["count", "sum", "mean", "max"],
        where_primitives=["count"],
        trans_primitives=[],
        training_window=f"{days} days",
        include_cutoff_time=False,
        cutoff_time_in_index=True,
        max_depth=1,
    )
    names = {"COUNT(events)": f"count_{days}"}
    names |= {f"{w.upper()}(events.{m})": f"{m}_{w}_{days}" for m in MEASURES for w in ("sum", "mean", "max")}
    names |= {f"COUNT(events WHERE touchpoint = {label})": f"touchpoint_{label}_{days}" for label in TOUCHPOINTS}
    return matrix.rename(columns=names)[[*names.values()]]
