"""Measuring works beside each other: each in a fresh process, taking turns, round by round."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from engine.inputs import CACHE, log_file

_CHILD = Path(__file__).parent / "child.py"
_THREADS = ("POLARS_MAX_THREADS", "NUMBA_NUM_THREADS", "OMP_NUM_THREADS")
_TINY = 0.02


@dataclass(frozen=True)
class Work:
    """What to measure.

    Parameters
    ----------
    name : str
    call : str
        ``"module:function"``.
    args : dict
        What the function is called with; plain data.
    warm : dict
        The arguments of a first call that is not timed, where they differ; without any there is no such call.
    python : Path, optional
        The interpreter, where it is not this one.
    environment : dict
        Variables of the process.
    """

    name: str
    call: str
    args: Mapping[str, Any]
    warm: Mapping[str, Any] = field(default_factory=dict)
    python: Path | None = None
    environment: Mapping[str, str] = field(default_factory=dict)

    def run(self, save: Path | None = None) -> Took:
        """Do the work in a fresh process."""
        wanted = {"call": self.call, "args": dict(self.args), "warm": dict(self.warm), "save": save and str(save)}
        threads = dict.fromkeys(_THREADS, str(os.cpu_count() or 1))
        done = subprocess.run(
            [str(self.python or sys.executable), str(_CHILD), json.dumps(wanted)],
            env=os.environ | threads | self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{self.name} failed:\n{done.stderr[-4000:]}")
        took = Took(**json.loads(done.stdout.splitlines()[-1]))
        print(f"  {self.name:<44} {took.wall:8.2f} s {took.cpu:8.2f} s cpu {took.peak / 2**30:6.2f} GiB", flush=True)
        return took


class Took:
    """What one run took: seconds to import, of wall and of processor, bytes resident at the highest, what the work tells."""

    def __init__(self, **took: Any) -> None:
        self.imports: float = took["import"]
        self.wall: float = took["wall"]
        self.cpu: float = took["cpu"]
        self.peak: float = took["peak"]
        self.about: dict[str, Any] = took["about"]


Rounds = dict[str, list[Took]]


def features(name: str, call: str, millions: float, ids: str, cutoffs: Sequence[str], **more: Any) -> Work:
    """Return the work of making features of a log; warmed on a tiny log of the same kind."""
    path, tiny = str(log_file(millions, ids)), str(log_file(_TINY, ids))
    environment, python = more.pop("environment", {}), more.pop("python", None)
    args = {"path": path, "cutoffs": list(cutoffs), **more}
    return Work(name, call, args, {"path": tiny}, python, environment)


def in_turns(works: Sequence[Work], rounds: int) -> Rounds:
    """Run all works, one after the other, again and again."""
    took: Rounds = {work.name: [] for work in works}
    for turn in range(rounds):
        print(f" round {turn + 1} of {rounds}", flush=True)
        for work in works:
            took[work.name].append(work.run())
    return took


def checked(works: Sequence[Work], oracle: Work, tolerance: float = 1e-9) -> Rounds:
    """Refuse works whose answers differ from the oracle's; returns what each took at that."""
    print(" checking that the answers are equal", flush=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        expected, found = Path(folder) / "expected.parquet", Path(folder) / "found.parquet"
        took: Rounds = {oracle.name: [oracle.run(save=expected)]}
        for work in works:
            took[work.name] = [work.run(save=found)]
            args = {"found": str(found), "expected": str(expected), "tolerance": tolerance}
            Work(f"{work.name} agrees", "engine.equal:agree", args).run()
    return took


def spread(took: Sequence[Took], what: str = "wall") -> str:
    """Write seconds as the median, and from the least to the most."""
    values = [getattr(one, what) for one in took]
    return f"{median(values):.2f} ({min(values):.2f}..{max(values):.2f})" if len(values) > 1 else f"{values[0]:.2f}"


def middle(took: Sequence[Took], what: str) -> float:
    """Return the median of one thing measured, or of one that the work told of itself."""
    return median(one.about[what] if what in one.about else getattr(one, what) for one in took)


def times_as_long(one: Sequence[Took], other: Sequence[Took]) -> float:
    """Return how many times as long one took as the other: the median over the rounds they shared."""
    if len(one) != len(other):
        return middle(one, "wall") / middle(other, "wall")
    return median(a.wall / b.wall for a, b in zip(one, other, strict=True))
