"""Environments of their own, for peers that need old libraries."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from engine.inputs import CACHE


def environment(name: str, requirements: Sequence[str]) -> Path:
    """Return the interpreter of an environment that has these libraries; made when first asked for."""
    folder = CACHE / "environments" / name
    python, ready = folder / "bin" / "python", folder / ".ready"
    if not ready.exists():
        print(f"setting up an environment with {', '.join(requirements)}", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *requirements], check=True)
        ready.touch()
    return python
