from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cxchurn.cli import _app

BUSY = """
import time
from cxchurn._core import Scratch
from cxchurn.cli import _app

def busy(arguments, prog_name):
    scratch = Scratch()
    print(scratch.path, flush=True)
    time.sleep(60)

_app._command = lambda: busy
_app.main()
"""


def test_a_command_that_is_told_to_stop_leaves_nothing_behind(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", BUSY],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    folder = Path(process.stdout.readline().strip())
    assert folder.parent == tmp_path
    assert folder.exists()
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 143
    assert "Stopped. Nothing is half-written." in said
    assert not any(tmp_path.iterdir())


def test_a_query_that_is_given_up_for_a_signal_is_no_fault(monkeypatch, capsys):
    """DuckDB raises an error of its own in place of what the signal's handler raised."""

    def given_up(arguments: list[str], prog_name: str) -> None:
        with pytest.raises(SystemExit):
            _app._told_to_stop(signal.SIGTERM, None)
        raise RuntimeError("Query interrupted")

    monkeypatch.setattr(_app, "_command", lambda: given_up)
    monkeypatch.setattr(_app, "_signals", [])
    assert _app.run([]) == 143
    assert capsys.readouterr().err == "Stopped. Nothing is half-written.\n"
