from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from cxchurn._core import Scratch

fcntl = pytest.importorskip("fcntl", reason="locks of this kind are not known here")
MAKES = """
import sys, time
from cxchurn._core import Scratch
scratch = Scratch()
(scratch.path / "large").write_bytes(b"x" * 1000)
print(scratch.path, flush=True)
time.sleep(60)
"""


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def another() -> tuple[subprocess.Popen, Path]:
    """Another process that holds a folder, and the folder."""
    process = subprocess.Popen([sys.executable, "-c", MAKES], stdout=subprocess.PIPE, text=True)
    return process, Path(process.stdout.readline().strip())


def test_a_folder_goes_with_what_holds_it():
    scratch = Scratch()
    path = scratch.path
    (path / "file").write_text("x")
    del scratch
    gc.collect()
    assert not path.exists()


def test_the_folder_of_a_killed_process_goes_when_the_next_one_is_made(place):
    process, path = another()
    assert Scratch().path != path
    assert (path / "large").exists()
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert path.exists()
    scratch = Scratch()
    assert list(place.iterdir()) == [scratch.path]


def test_a_strangers_folder_stays(place):
    stranger = place / "cxchurn-precious"
    stranger.mkdir()
    (stranger / "file").write_text("x")
    Scratch()
    assert (stranger / "file").exists()


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_child_never_removes_what_its_parent_made():
    scratch = Scratch()
    child = os.fork()
    if not child:
        scratch.remove()
        os._exit(0)
    os.waitpid(child, 0)
    assert scratch.path.exists()


def test_a_parent_that_is_gone_leaves_the_folder_to_its_child(place):
    code = MAKES.replace(
        "time.sleep(60)", "import os\nif os.fork() == 0: time.sleep(60)\nelse: os.kill(os.getpid(), 9)"
    )
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", code], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    path = Path(process.stdout.readline().strip())
    process.wait()
    Scratch()
    assert (path / "large").exists()
    os.killpg(process.pid, signal.SIGKILL)
    process.stdout.close()
    deadline = time.monotonic() + 20
    while path.exists() and time.monotonic() < deadline:
        Scratch()
        time.sleep(0.05)
    assert not path.exists()


def test_what_was_killed_before_it_locked_anything_goes(place):
    bare = tempfile.mkdtemp(prefix="cxchurn-")
    (place / "cxchurn-of-somebody-else").mkdir()
    Scratch()
    assert not Path(bare).exists()
    assert (place / "cxchurn-of-somebody-else").exists()


def test_a_folder_taken_away_while_it_is_made_is_made_again(place, monkeypatch):
    """Whoever sweeps comes between the making of a folder and its lock, twice."""
    made, real = [], tempfile.mkdtemp

    def swept(**how: str) -> str:
        made.append(real(**how))
        if len(made) < 3:
            os.rmdir(made[-1])
        return made[-1]

    monkeypatch.setattr(tempfile, "mkdtemp", swept)
    scratch = Scratch()
    assert len(made) == 3
    assert [*place.iterdir()] == [scratch.path]


def test_where_files_are_not_locked_folders_are_made_all_the_same(place, monkeypatch):
    def unknown(*_: object) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", unknown)
    first, second = Scratch(), Scratch()
    assert {*place.iterdir()} == {first.path, second.path}
