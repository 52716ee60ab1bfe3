"""The tables of RESULTS.md that tell how fast the engine is."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

RESULTS = Path(__file__).parents[1] / "RESULTS.md"
_LIBRARIES = ("numpy", "numba", "pyarrow", "pandas", "polars", "duckdb")


def table(rows: Sequence[Mapping[str, object]]) -> str:
    """Write rows as a Markdown table; what a row lacks stays empty."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = [names, ["---"] * len(names), *([str(row.get(name, "")) for name in names] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def met(value: float, *, least: float | None = None, most: float | None = None) -> dict[str, str]:
    """Say a target and whether a value meets it, as two cells."""
    holds = value >= least if least is not None else value <= (most or 0.0)
    return {
        "target": f"at least {least:g}" if least is not None else f"at most {most:g}",
        "met": "yes" if holds else "**no**",
    }


def write_section(name: str, text: str, *, of: str = "engine", heading: str = "The engine") -> None:
    """Put a section into its place among those of one heading; others, measured at other times, stay as they are."""
    whole = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else "# Results\n"
    first, last = f"<!-- {of} -->", f"<!-- /{of} -->"
    if first not in whole:
        whole = f"{whole.rstrip()}\n\n## {heading}\n\n{first}\n{last}\n"
    head, rest = whole.split(first, 1)
    sections, tail = rest.split(last, 1)
    begin, end = f"<!-- {of}: {name} -->", f"<!-- /{of}: {name} -->"
    section = f"{begin}\n{text.strip()}\n\n{_machine()}\n{end}"
    if begin in sections:
        sections = re.sub(f"{begin}.*{end}", lambda _: section, sections, flags=re.DOTALL)
    else:
        sections = f"{sections.rstrip()}\n\n{section}\n"
    RESULTS.write_text(f"{head}{first}{sections}{last}{tail}", encoding="utf-8")


def _machine() -> str:
    """Describe in general terms what it was measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    return (
        f"*{os.cpu_count()} cores ({_processor()}), {memory:.0f} GiB; Python {platform.python_version()}, {libraries}.*"
    )


def _processor() -> str:
    about = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*:\s*(.+)", about.read_text()) if about.exists() else None
    return found.group(1).split("@")[0].strip() if found else platform.machine()
