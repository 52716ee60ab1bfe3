"""A service that really runs, in a process of its own, on this machine alone."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
import uvicorn

# seconds within which a service has to be there, on a machine that has much else to do
PATIENCE = 120


class Service:
    def __init__(self, process: subprocess.Popen, port: int, log: Path) -> None:
        self.process = process
        self.log = log
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60)

    def wait(self) -> Service:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self.process.poll() is None:
            try:
                self.client.get("/ready").raise_for_status()
            except httpx.TransportError:
                time.sleep(0.05)
            else:
                return self
        raise AssertionError(f"no service: {self.log.read_text()}")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.client.close()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(PATIENCE)
        self.client.close()
        return code


@contextmanager
def served(model: Path, *options: str, folder: Path):
    port = free_port()
    command = [sys.executable, "-m", "cxchurn", "serve", "--model", str(model), "--port", str(port), *options]
    with open(folder / "service.log", "a") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    service = Service(process, port, folder / "service.log")
    try:
        yield service.wait()
    finally:
        service.kill()


@contextmanager
def running(app: Any):
    """A client of an application that runs in a thread of this process."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="critical", access_log=False))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def as_json(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as a client would send them: without what is missing, times as text."""
    found = []
    for each in frame.to_dict("records"):
        row = {name: value for name, value in each.items() if not pd.isna(value)}
        found.append({k: v.isoformat() if isinstance(v, pd.Timestamp) else v for k, v in row.items()})
    return found
