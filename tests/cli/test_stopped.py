from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

BUSY = """
import time
from cxchurn._core import Scratch
from cxchurn.cli import _app

def busy(arguments, prog_name):
    scratch = Scratch()
    print(scratch.path, flush=True)
    time.sleep(60)

_app.app = busy
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
