"""Running the command line in process, and what is needed to give it something to do."""

from __future__ import annotations

import json
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from cxchurn.cli import run

PLAN: dict[str, dict[str, Any]] = {
    "log": {
        "interactions": "sim/interactions.parquet",
        "schema": "sim/schema.toml",
        "customers": "sim/customers.parquet",
    },
    "churn": {"definition": "inactivity", "horizon": "60D", "active_within": "90D"},
    "cutoffs": {"start": "2023-11-01", "end": "2024-04-01", "test_from": "2024-04-01"},
    "model": {"classifier": {"n_estimators": 30}, "folds": 2},
    "output": {"folder": "out", "experiment": "small"},
}
SCORE = ["score", "--model", "model", "--log", "sim/interactions.parquet", "--schema", "sim/schema.toml"]
SCORE += ["--customers", "sim/customers.parquet"]


@dataclass(frozen=True)
class Ran:
    """What a command line returned and printed."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Workshop:
    """A folder with a small company in ``sim``, in which ``cxchurn train train.toml`` was run."""

    folder: Path
    trained: Ran


def ran(*arguments: object) -> Ran:
    """Run a command line in this process; an exception that gets out of it is a failure of the test."""
    with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
        code = run([str(argument) for argument in arguments])
    return Ran(code, out.getvalue(), err.getvalue())


def plan_text(**changes: dict[str, Any] | None) -> str:
    """Return `PLAN` as TOML, with keys of its sections changed, or left out where they are None."""
    sections = {name: {**body, **(changes.get(name) or {})} for name, body in PLAN.items()}
    sections = {name: body for name, body in sections.items() if name not in changes or changes[name] is not None}
    lines = []
    for name, body in sections.items():
        lines += [f"[{name}]", *(f"{key} = {_toml(value)}" for key, value in body.items() if value is not None)]
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml(one)}" for key, one in value.items()) + "}"
    return json.dumps(value)


def files_below(folder: Path) -> set[str]:
    """Return everything below a folder, hidden files too."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def too_wide(text: str) -> list[str]:
    """Return the lines that do not fit a terminal of 80 columns."""
    return [line for line in text.splitlines() if len(line) > 80]
