"""The floors that are run are those that are promised."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
# of the tools for developing only what the floors' tests need
TOOLS = {"httpx", "hypothesis", "pytest", "pytest-timeout", "pytest-xdist"}


def test_constraints_are_the_lower_bounds() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    promised = dict(_floor(one) for one in project["dependencies"])
    for name in set(extras) - {"all", "dev", "notebook"}:
        promised |= dict(_floor(one) for one in extras[name])
    promised |= {name: floor for name, floor in map(_floor, extras["dev"]) if name in TOOLS}
    lines = (REPOSITORY / "constraints-floors.txt").read_text(encoding="utf-8").splitlines()
    run = dict(line.split("==") for line in lines if not line.startswith("#"))
    assert run == promised


def test_what_develops_is_all_of_its_groups() -> None:
    found = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    groups = found["dependency-groups"]
    assert {one for group in groups.values() for one in group} <= set(found["project"]["optional-dependencies"]["dev"])
    assert {_floor(one)[0] for one in groups["test"]} == TOOLS


def _floor(requirement: str) -> tuple[str, str]:
    found = re.match(r"([A-Za-z0-9_-]+)>=([0-9.]+)", requirement)
    assert found, f"{requirement} has no floor"
    return found[1], found[2]
