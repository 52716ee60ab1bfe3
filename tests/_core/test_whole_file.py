from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cxchurn._core import write_whole

pytest.importorskip("fcntl", reason="locks of this kind are not known here")
WRITES = """
import sys, time
from pathlib import Path
from cxchurn._core import write_whole

def write(file):
    file.write_text("half")
    print(file, flush=True)
    time.sleep(60)

write_whole(Path(sys.argv[1]), write)
"""


def writing(target: Path) -> tuple[subprocess.Popen, Path]:
    """Another process that is in the midst of writing, and the file it fills."""
    process = subprocess.Popen([sys.executable, "-c", WRITES, str(target)], stdout=subprocess.PIPE, text=True)
    return process, Path(process.stdout.readline().strip())


def test_what_a_killed_process_left_goes_with_the_next_writing(tmp_path):
    target = tmp_path / "scores.csv"
    target.write_text("of yesterday")
    # of the user's own, however much it looks like one of ours
    (tmp_path / ".scores.csv-20261127").write_text("mine")
    killed, left = writing(target)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    killed.stdout.close()
    assert target.read_text() == "of yesterday"
    assert left.read_text() == "half"
    write_whole(target, lambda file: file.write_text("whole"))
    assert target.read_text() == "whole"
    assert {one.name for one in tmp_path.iterdir()} == {"scores.csv", ".scores.csv-20261127"}


def test_what_another_process_is_writing_stays(tmp_path):
    target = tmp_path / "scores.csv"
    other, unfinished = writing(target)
    write_whole(target, lambda file: file.write_text("whole"))
    assert unfinished.read_text() == "half"
    other.kill()
    other.wait()
    other.stdout.close()
    assert target.read_text() == "whole"
