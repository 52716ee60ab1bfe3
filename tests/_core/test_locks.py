"""One at a time, with the system's lock and with the file that stands in for it; nothing is left behind."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time

import pytest

from cxchurn._core import UsageError, locked
from cxchurn._core.files import _locks


@pytest.fixture(params=["folder", "file", "folder that cannot be locked"])
def way(request, monkeypatch):
    if request.param == "file":
        monkeypatch.setattr(_locks, "fcntl", None)
    if request.param == "folder that cannot be locked":

        def refusing(folder):
            raise OSError("no locks here")

        monkeypatch.setattr(_locks, "_take_folder", refusing)
    return request.param


def test_threads_take_turns(way, tmp_path):
    inside, most = [], []

    def work():
        for _ in range(5):
            with locked(tmp_path):
                inside.append(1)
                most.append(len(inside))
                time.sleep(0.001)
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (max(most), len(most)) == (1, 20)
    assert list(tmp_path.iterdir()) == []


def test_waiting_has_an_end(way, tmp_path):
    with (
        locked(tmp_path),
        pytest.raises(UsageError, match="another process has been writing"),
        locked(tmp_path, limit=0.2),
    ):
        pass
    with locked(tmp_path):
        pass


def test_it_is_given_back_after_a_failure(way, tmp_path):
    with pytest.raises(ZeroDivisionError), locked(tmp_path):
        raise ZeroDivisionError
    with locked(tmp_path, limit=0.2):
        pass


def test_a_killed_process_holds_nothing(tmp_path):
    code = (
        "import os, sys; from pathlib import Path; from cxchurn._core import locked\n"
        "with locked(Path(sys.argv[1])): os.kill(os.getpid(), 9)"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], env=env, check=False)
    assert done.returncode == -9
    with locked(tmp_path, limit=0.2):
        pass


def test_a_file_that_was_forgotten_is_swept(monkeypatch, tmp_path):
    monkeypatch.setattr(_locks, "fcntl", None)
    file = tmp_path / _locks._FILE
    file.write_text("")
    os.utime(file, (0, 0))
    with locked(tmp_path, limit=5):
        assert file.exists()
    assert not file.exists()
