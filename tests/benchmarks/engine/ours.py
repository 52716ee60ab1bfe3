"""The features in cxchurn: one builder, written as a user would, and the ways to run it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

import cxchurn as cx
from cxchurn.history import Seen, Window, by_label, histories_of, label_is
from engine.columns import HALF_LIFE, TREND, WINDOWS, column_names
from engine.inputs import KINDS, MEASURES, TOUCHPOINTS

SCHEMA = cx.Schema(
    customer_id="customer_id",
    timestamp="timestamp",
    kind="kind",
    touchpoint="touchpoint",
    **{measure: measure for measure in MEASURES},
)


class Engine(cx.Builder):
    """What customers did lately, measure by measure and touchpoint by touchpoint, and in what rhythm."""

    driver = "engine"
    needs = ("touchpoint", *MEASURES)

    def __init__(self, *, days: tuple[int, ...] = WINDOWS) -> None:
        self.days = days

    def columns(self, seen: Seen) -> Iterator[cx.Column]:
        """Yield the features in the order of `column_names`."""
        windows = (value for days in self.days for value in _of_window(seen, days))
        values = (*windows, *_of_life(seen), *_of_order(seen), *_trends(seen))
        for name, answer in zip(column_names(self.days), values, strict=True):
            yield cx.Column(name, answer, says=f"has {name} of {{value}}")


def _of_window(seen: Seen, days: int) -> Iterator[np.ndarray]:
    recent, before = _halves(seen, days)
    yield recent.count()
    for measure in MEASURES:
        yield recent.sum(measure)
        yield recent.mean(measure)
        yield recent.max(measure)
    yield from by_label(recent, "touchpoint", TOUCHPOINTS).events
    yield recent.entropy("touchpoint")
    yield np.log1p(recent.count()) - np.log1p(before.count())


def _of_life(seen: Seen) -> Iterator[np.ndarray]:
    yield seen.age()
    for kind in KINDS:
        yield seen.age(label_is("kind", kind))
    yield seen.age_of_first()


def _of_order(seen: Seen) -> Iterator[np.ndarray]:
    yield seen.gaps("mean")
    yield seen.gaps("std")
    for measure in MEASURES:
        for nth in (1, 2, 3):
            yield seen.latest(measure, nth=nth)
    for nth in (1, 2, 3):
        yield seen.latest_gap(nth)
    yield seen.decayed_sum(f"{HALF_LIFE}D")
    for measure in MEASURES:
        yield seen.decayed_sum(f"{HALF_LIFE}D", measure)


def _trends(seen: Seen) -> Iterator[np.ndarray]:
    recent, before = _halves(seen, TREND)
    for measure in MEASURES:
        yield recent.sum(measure) - before.sum(measure)


def _halves(seen: Seen, days: int) -> tuple[Window, Window]:
    """The last so many days, and as many before them."""
    return seen.last(f"{days}D"), seen.last(f"{2 * days}D").before(f"{days}D")


def known_rows(log: cx.InteractionLog, cutoffs: Sequence[str]) -> pd.DataFrame:
    """Return a row for each customer and cut-off with an event before it, by cut-off, then customer."""
    known = histories_of(log)
    parts = []
    for cutoff in np.array(cutoffs, dtype="datetime64[us]"):
        customers = known.ids[known.began < cutoff.astype(np.int64)]
        parts.append(pd.DataFrame({"customer_id": customers, "cutoff": cutoff}))
    return pd.concat(parts, ignore_index=True)


class Features:
    """The features from the file to the frame; `about` tells how long each step took."""

    def __init__(self, path: str, cutoffs: Sequence[str], windows: Sequence[int], dtype: str = "float64") -> None:
        begun = time.perf_counter()
        log = cx.read_interactions(path, SCHEMA)
        read = time.perf_counter()
        self.rows = known_rows(log, cutoffs)
        ready = time.perf_counter()
        features = cx.FeatureSet([Engine(days=tuple(windows))], log=log, dtype=dtype).fit(self.rows)
        self.frame = features.transform(self.rows)
        done = time.perf_counter()
        self.about = {"read": read - begun, "sort": ready - read, "features": done - ready}

    def write_parquet(self, path: str) -> None:
        """Write rows and features."""
        pd.concat([self.rows, self.frame], axis=1).to_parquet(path)


def written(path: str, cutoffs: Sequence[str], windows: Sequence[int], out: str, limit: str | None) -> dict[str, float]:
    """Write the features part by part into a Parquet file, from a log in memory or one with a memory limit."""
    begun = time.perf_counter()
    log = cx.read_interactions(path, SCHEMA, **({} if limit is None else {"memory_limit": limit}))
    read = time.perf_counter()
    rows = known_rows(log, cutoffs)
    features = cx.FeatureSet([Engine(days=tuple(windows))], log=log).fit(rows)
    writer = None
    for frame in features.transform_parts(rows):
        table = pa.Table.from_pandas(rows.loc[frame.index].join(frame), preserve_index=False)
        writer = writer or pq.ParquetWriter(out, table.schema, compression="lz4")
        writer.write_table(table)
    if writer is not None:
        writer.close()
    return {"read": read - begun, "features": time.perf_counter() - read}
