"""Servers of MLflow as processes of their own, on free ports of loopback."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

SETTINGS = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true"}


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def here() -> dict[str, str]:
    # MLflow starts programs by their names: those of this Python, wherever it was called from
    own = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return {**os.environ, **SETTINGS, "PATH": own, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


def answers(address: str, process: subprocess.Popen) -> bool:
    for _ in range(240):
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:
                return answer.status == 200
        except OSError:
            if process.poll() is not None:
                return False
            time.sleep(0.25)
    return False


def serving(command: list[str], folder: Path, health: str) -> Iterator[None]:
    """Run a server for as long as the block lasts."""
    with open(folder / "log.txt", "wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "mlflow", *command],
            cwd=folder,
            env=here(),
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        if not answers(health, process):
            pytest.fail(f"the server did not start:\n{(folder / 'log.txt').read_text()[-2000:]}")
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, 15)
        process.wait(30)


def tracking_server(folder: Path, store: str) -> Iterator[str]:
    port = free_port()
    command = ["server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    command += ["--backend-store-uri", store, "--artifacts-destination", str(folder / "artifacts")]
    address = f"http://127.0.0.1:{port}"
    for _ in serving(command, folder, f"{address}/health"):
        yield address
