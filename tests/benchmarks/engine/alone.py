"""The engine by itself: how its time grows, what the standard set costs, logs bigger than memory, cold starts."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from engine.columns import TEN_WINDOWS, WINDOWS, column_names, month_starts
from engine.inputs import CACHE, log_file
from engine.measure import Took, Work, checked, features, in_turns, middle, spread, times_as_long
from engine.results import met, table

_GIB = 2**30


def curve(sizes: tuple[float, ...], rounds: int) -> str:
    """How time grows with cut-offs and windows."""
    rows = []
    for millions in sizes:
        rows += _growth(millions, rounds)
    head = (
        "**More cut-offs, more windows; text ids, float32** (`python tests/benchmarks/bench_engine.py curve`). Compared with "
        f"the same log at one cut-off and five windows. {rounds} rounds, taking turns."
    )
    return f"{head}\n\n{table(rows)}"


def _growth(millions: float, rounds: int) -> list[dict[str, str]]:
    print(f"more cut-offs and windows, {millions:g} M interactions", flush=True)
    about: dict[str, Any] = {"millions": millions, "ids": "text"}
    ours, pandas = "engine.ours:Features", "engine.pandas_peer:features"
    few = {"cutoffs": month_starts(3), "windows": WINDOWS}
    small = features("float32", ours, 1.0, "text", dtype="float32", **few)
    checked([small], features("pandas", pandas, 1.0, "text", **few), tolerance=1e-5)
    cases = [(1, WINDOWS), (3, WINDOWS), (12, WINDOWS), (24, WINDOWS)]
    cases += [(cutoffs, windows) for cutoffs in (1, 12) for windows in ((90,), TEN_WINDOWS)]
    works = [
        features(f"{n} cut-offs, {len(w)} windows", ours, cutoffs=month_starts(n), windows=w, dtype="float32", **about)
        for n, w in cases
    ]
    took = in_turns(works, rounds)
    base, rows = took[works[0].name], []
    for (cutoffs, windows), work in zip(cases, works, strict=True):
        runs = took[work.name]
        ratio = times_as_long(runs, base)
        row = {"interactions": f"{millions:g} M", "cut-offs": str(cutoffs), "windows": str(len(windows))}
        row |= {"features": str(len(column_names(windows)))} | _seconds(runs) | {"beside one cut-off": f"{ratio:.2f}"}
        rows.append(row | (met(ratio, most=2) if (cutoffs, windows) == (12, WINDOWS) else {}))
    return rows


def standard(millions: float, rounds: int) -> str:
    """The standard set on the simulated log."""
    print(f"the standard set, {millions:g} M interactions", flush=True)
    Work("the simulated log", "engine.standard:simulated", {"millions": millions}).run()
    work = Work("the standard set", "engine.standard:features", {"millions": millions}, {"millions": 1})
    if millions > 1:
        Work("a log to warm up on", "engine.standard:simulated", {"millions": 1}).run()
    runs = in_turns([work], rounds)[work.name]
    about = runs[0].about
    values = about["rows"] * about["columns"]
    peak = max(one.peak for one in runs)
    row = {"interactions": f"{about['events']:,}", "rows": f"{about['rows']:,}", "columns": str(about["columns"])}
    row |= _seconds(runs) | {"million values a second": f"{values / middle(runs, 'features') / 1e6:.1f}"}
    row |= {"read, GiB": f"{about['bytes'] / _GIB:.2f}", "frame, GiB": f"{about['frame'] / _GIB:.2f}"}
    row |= {"peak over read": f"{peak / about['bytes']:.2f}"} | met(peak / about["bytes"], most=3)
    head = (
        "**The standard set, simulated log, one cut-off, every customer** "
        f"(`python tests/benchmarks/bench_engine.py standard`). {rounds} rounds; the peak is of the whole process."
    )
    return f"{head}\n\n{table([row])}"


def bounded(large: float, small: float, limit: str, rounds: int) -> str:
    """Logs bigger than memory: with a memory limit, against in memory; both written to Parquet part by part."""
    print(f"bigger than memory, {large:g} M interactions", flush=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        _same_bits(Path(folder))
        works = [
            _written(large, limit, folder),
            _written(large, None, folder),
            _written(small, limit, folder),
        ]
        took = in_turns(works, rounds)
    full, memory, flat = (took[work.name] for work in works)
    peaks = [max(one.peak for one in runs) / _GIB for runs in (full, memory, flat)]
    rows = [{"work": work.name} | _seconds(took[work.name]) for work in works]
    ratio = times_as_long(full, memory)
    targets = [
        {"target": f"{large:g} M with the limit, beside in memory", "found": f"{ratio:.2f}"} | _judged(ratio, 1.7),
        {"target": f"{large:g} M with the limit, peak in GiB", "found": f"{peaks[0]:.2f}"} | _judged(peaks[0], 1.2),
        {"target": f"the same, beside {small:g} M", "found": f"{peaks[0] / peaks[2]:.2f}"}
        | _judged(peaks[0] / peaks[2], 1.1),
    ]
    head = (
        f"**Bigger than memory: one cut-off, {len(column_names())} features, from Parquet to Parquet, limit {limit}** "
        "(`python tests/benchmarks/bench_engine.py bounded`). The same bits asserted first, on 1 M and a limit of 64 MB. "
        f"{rounds} rounds, taking turns; the peak is of the whole process, Python and its libraries included."
    )
    return f"{head}\n\n{table(rows)}\n\n{table(targets)}"


def _judged(value: float, most: float) -> dict[str, str]:
    said = met(value, most=most)
    return {"wanted": said["target"], "met": said["met"]}


def _same_bits(folder: Path) -> None:
    files = [folder / "limited.parquet", folder / "whole.parquet"]
    about: dict[str, Any] = {"millions": 1, "ids": "text", "cutoffs": month_starts(1), "windows": WINDOWS}
    for file, limit in zip(files, ("64MB", None), strict=True):
        features(f"1 M, {limit or 'in memory'}", "engine.ours:written", out=str(file), limit=limit, **about).run()
    found, expected = map(str, files)
    Work("the same bits", "engine.equal:identical", {"found": found, "expected": expected}).run()


def _written(millions: float, limit: str | None, folder: str) -> Work:
    about: dict[str, Any] = {"cutoffs": month_starts(1), "windows": WINDOWS, "out": f"{folder}/out.parquet"}
    name = f"{millions:g} M, {f'limit {limit}' if limit else 'in memory'}"
    return features(name, "engine.ours:written", millions, "text", limit=limit, **about)


def cold(rounds: int) -> str:
    """The first frame of a fresh process, with nothing compiled and with everything compiled before."""
    print("cold starts, 1 M interactions", flush=True)
    args = {"path": str(log_file(1, "text")), "cutoffs": month_starts(1), "windows": WINDOWS}
    took: dict[str, list[Took]] = {name: [] for name in ("nothing compiled yet", "compiled before", "the second frame")}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:
            place = {"NUMBA_CACHE_DIR": folder}
            for name in list(took)[:2]:
                took[name].append(Work(name, "engine.ours:Features", args, environment=place).run())
            second = Work("the second frame", "engine.ours:Features", args, args, environment=place)
            took["the second frame"].append(second.run())
    rows = [
        {"process": name, "importing, s": spread(runs, "imports"), "first frame, s": spread(runs)}
        | {"processor, s": f"{middle(runs, 'cpu'):.2f}"}
        for name, runs in took.items()
    ]
    rows[-1]["first frame, s"] = f"{rows[-1]['first frame, s']} (not the first)"
    head = (
        f"**Cold start: {len(column_names())} features of 1 M interactions, from Parquet to frame, in a fresh process** "
        "(`python tests/benchmarks/bench_engine.py cold`). Importing is pandas, pyarrow, numba and the engine. "
        f"{rounds} rounds."
    )
    return f"{head}\n\n{table(rows)}"


def _seconds(runs: list[Took]) -> dict[str, str]:
    steps = [name for name in ("read", "sort", "features") if name in runs[0].about]
    row = {"wall, s": spread(runs)} | {f"{name}, s": f"{middle(runs, name):.2f}" for name in steps}
    row |= {"processor, s": f"{middle(runs, 'cpu'):.2f}"}
    return row | {"peak, GiB": f"{max(one.peak for one in runs) / _GIB:.2f}"}
