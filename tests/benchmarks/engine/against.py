"""The engine beside others: the same features, the same rows, equal answers."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median
from typing import Any

from engine.columns import WINDOWS, column_names, month_starts, of_window
from engine.environments import environment
from engine.inputs import log_file
from engine.measure import Rounds, Took, Work, checked, features, in_turns, middle, spread, times_as_long
from engine.results import met, table

OURS = "cxchurn"
_FEATURETOOLS = ("featuretools==1.31.*", "pandas<3", "pyarrow", "setuptools<81")
# what deep feature synthesis is asked for: neither entropy nor trend
_SAID_BY_DFS = len(WINDOWS) * (len(of_window(30)) - 2)


def one_cutoff(millions: float, rounds: int) -> str:
    """One cut-off, from the file to the frame."""
    rows = []
    for ids in ("text", "integer"):
        print(f"one cut-off, {millions:g} M interactions, {ids} ids", flush=True)
        about: dict[str, Any] = {"millions": millions, "ids": ids, "cutoffs": month_starts(1), "windows": WINDOWS}
        works = [
            features(OURS, "engine.ours:Features", **about),
            features("Polars, streaming", "engine.polars_peer:one_cutoff", **about),
            features("DuckDB SQL", "engine.duckdb_peer:one_cutoff", **about),
        ]
        once = checked(works, features("pandas", "engine.pandas_peer:features", **about))
        path, tiny = (str(log_file(size, ids)) for size in (millions, 0.02))
        works.append(Work("sorting the table (Polars)", "engine.polars_peer:sort", {"path": path}, {"path": tiny}))
        took = in_turns(works, rounds) | {"pandas": once["pandas"]}
        targets = {"Polars, streaming": {"least": 1.3}, "DuckDB SQL": {"least": 2.0}}
        rows += [{"ids": ids} | row for row in _rows(took, targets | {"sorting the table (Polars)": {"least": 0.8}})]
    names = len(column_names())
    head = (
        f"**One cut-off, {millions:g} M interactions, {names} features, from Parquet to frame** "
        "(`python tests/benchmarks/bench_engine.py one`). Equal answers asserted first. At least 0.8 of the time of sorting "
        f"is: at most 1.25 times as long. {rounds} rounds, taking turns; pandas once."
    )
    return f"{head}\n\n{table(rows)}"


def twelve_cutoffs(millions: float, rounds: int) -> str:
    """Twelve monthly cut-offs, from the file to the frame; each row a customer known before the cut-off."""
    print(f"twelve cut-offs, {millions:g} M interactions", flush=True)
    about: dict[str, Any] = {"millions": millions, "ids": "text", "cutoffs": month_starts(12), "windows": WINDOWS}
    python = environment("featuretools", _FEATURETOOLS)
    works = [
        features(OURS, "engine.ours:Features", **about),
        features("Polars", "engine.polars_peer:many_cutoffs", **about),
        features("DuckDB SQL", "engine.duckdb_peer:many_cutoffs", **about),
        features("pandas", "engine.pandas_peer:features", **about),
    ]
    synthesis = features("Featuretools", "engine.featuretools_peer:features", python=python, **about)
    once = checked([*works[:3], synthesis], works[3])
    took = in_turns(works, rounds)
    rows = _rows(took, {"Polars": {"least": 5.0}, "DuckDB SQL": {"least": 10.0}, "pandas": {"least": 20.0}})
    rows.append(_a_feature(once["Featuretools"], took[OURS]))
    head = (
        f"**Twelve monthly cut-offs, {millions:g} M interactions with text ids, {len(column_names())} features** "
        "(`python tests/benchmarks/bench_engine.py twelve`). Equal answers asserted first. Each row is a customer known "
        f"before the cut-off. {rounds} rounds, taking turns; Featuretools once, for the {_SAID_BY_DFS} of the features it "
        "can say, and compared by the time a feature takes."
    )
    return f"{head}\n\n{table(rows)}"


def _rows(took: Rounds, targets: Mapping[str, Mapping[str, float]]) -> list[dict[str, str]]:
    rows = []
    for name, runs in took.items():
        row = _row(name, runs)
        if name != OURS:
            ratio = times_as_long(runs, took[OURS])
            row["beside cxchurn"] = f"{ratio:.2f}"
            row |= met(ratio, **targets[name]) if name in targets else {}
        rows.append(row)
    return rows


def _a_feature(synthesis: list[Took], ours: list[Took]) -> dict[str, str]:
    each = median(one.wall for one in synthesis) / _SAID_BY_DFS
    ratio = each / (median(one.wall for one in ours) / len(column_names()))
    row = _row(f"Featuretools, {_SAID_BY_DFS} features", synthesis)
    return row | {"beside cxchurn": f"{ratio:.0f} a feature"} | met(ratio, least=100)


def _row(name: str, runs: list[Took]) -> dict[str, str]:
    return {
        "work": name,
        "wall, s": spread(runs),
        "processor, s": f"{middle(runs, 'cpu'):.2f}",
        "peak, GiB": f"{max(one.peak for one in runs) / 2**30:.2f}",
    }
