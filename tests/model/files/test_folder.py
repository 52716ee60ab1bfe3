"""A folder of files goes from one state to the next in one step, and only what its manifest names is ever replaced."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from cxchurn._core import DataError, UsageError
from cxchurn.model.files._folder import MANIFEST, read_folder, write_folder

OLD = {"model.json": b"old", "lightgbm.txt": b"old trees", "lightgbm_2.txt": b"more old trees"}
NEW = {"model.json": b"new", "lightgbm.txt": b"new trees"}
ABOUT = {"format": 3}


def read(folder):
    return read_folder(folder, lambda said: None)[1]


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def folder(tmp_path):
    return write_folder(tmp_path / "model", OLD, ABOUT)


def test_files_come_back(folder):
    assert read(folder) == OLD
    write_folder(folder, NEW, ABOUT)
    assert read(folder) == NEW
    assert names(folder) == sorted([*NEW, MANIFEST])
    assert names(folder.parent) == ["model"]


def test_equal_content_is_equal_bytes_whatever_was_there_before(folder, tmp_path):
    write_folder(folder, NEW, ABOUT)
    again = write_folder(tmp_path / "again", NEW, ABOUT)
    for name in (*NEW, MANIFEST):
        assert (folder / name).read_bytes() == (again / name).read_bytes()


class Stop(BaseException):
    """An interruption, as Ctrl-C is one."""


def interrupt(monkeypatch, name, at):
    """Let the call number `at` of one of the system's functions end in an interruption, before or after it has worked."""
    real, calls = getattr(os, name), []

    def stopped(*args, **kwargs):
        calls.append(args)
        if len(calls) == (at + 1) // 2:
            if at % 2 == 0:
                real(*args, **kwargs)
            raise Stop
        return real(*args, **kwargs)

    monkeypatch.setattr(os, name, stopped)


@pytest.mark.parametrize("name", ["replace", "fsync"])
@pytest.mark.parametrize("at", range(1, 18))
def test_an_interrupted_save_leaves_the_old_or_the_new(name, at, folder, monkeypatch):
    (folder / "mine.txt").write_text("mine")
    with monkeypatch.context() as patch:
        interrupt(patch, name, at)
        with contextlib.suppress(Stop):
            write_folder(folder, NEW, ABOUT)
    assert read(folder) in (OLD, NEW)
    write_folder(folder, OLD, ABOUT)
    assert read(folder) == OLD
    assert names(folder) == sorted([*OLD, MANIFEST, "mine.txt"])


@pytest.mark.parametrize("at", range(1, 18))
def test_an_interrupted_first_save_leaves_nothing_or_all(at, tmp_path, monkeypatch):
    target = tmp_path / "model"
    with monkeypatch.context() as patch:
        interrupt(patch, "replace", at)
        with contextlib.suppress(Stop):
            write_folder(target, NEW, ABOUT)
    assert not target.exists() or read(target) == NEW
    write_folder(target, OLD, ABOUT)
    assert (read(target), names(target)) == (OLD, sorted([*OLD, MANIFEST]))


KILLED = """
import os, sys
from cxchurn.model.files._folder import write_folder
real, calls = os.replace, []
def killed(*args):
    calls.append(args)
    if len(calls) == int(sys.argv[2]):
        os.kill(os.getpid(), 9)
    real(*args)
os.replace = killed
write_folder(sys.argv[1], {"model.json": b"new", "lightgbm.txt": b"new trees"}, {"format": 3})
"""


@pytest.mark.parametrize("at", [1, 2, 3, 4])
@pytest.mark.sampled(4)
def test_a_killed_save_leaves_the_old_or_the_new(at, folder):
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run([sys.executable, "-c", KILLED, str(folder), str(at)], env=env, check=False)
    assert done.returncode == -9
    assert read(folder) == (OLD if at == 1 else NEW)
    write_folder(folder, OLD, ABOUT)
    assert (read(folder), names(folder)) == (OLD, sorted([*OLD, MANIFEST]))


def test_readers_see_one_or_the_other_while_it_changes(folder):
    seen, done = [], threading.Event()

    def look():
        while not done.is_set():
            seen.append(read(folder))

    readers = [threading.Thread(target=look) for _ in range(2)]
    for reader in readers:
        reader.start()
    for _ in range(20):
        write_folder(folder, NEW, ABOUT)
        write_folder(folder, OLD, ABOUT)
    done.set()
    for reader in readers:
        reader.join()
    assert seen
    assert all(one in (OLD, NEW) for one in seen)


def test_savings_at_once_leave_one_of_them_whole(folder):
    writers = [threading.Thread(target=write_folder, args=(folder, files, ABOUT)) for files in (OLD, NEW) * 4]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert read(folder) in (OLD, NEW)
    assert names(folder) == sorted([*read(folder), MANIFEST])


def test_a_link_is_followed_not_replaced(folder, tmp_path):
    link, nowhere = tmp_path / "current", tmp_path / "to be made"
    link.symlink_to(folder)
    assert write_folder(link, NEW, ABOUT) == link
    assert link.is_symlink()
    assert read(folder) == read(link) == NEW
    nowhere.symlink_to(tmp_path / "made")
    write_folder(nowhere, NEW, ABOUT)
    assert nowhere.is_symlink()
    assert read(tmp_path / "made") == NEW


def _site(path: Path) -> None:
    path.mkdir()
    (path / MANIFEST).write_text("{}")


def _other(path: Path) -> None:
    path.mkdir()
    (path / MANIFEST).write_text(json.dumps({"format": 3, "sha256": {"index.html": "0"}}))


def _damaged(path: Path) -> None:
    path.mkdir()
    (path / MANIFEST).write_text("{")


def _photos(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize("make", [_site, _other, _damaged, _photos])
def test_a_folder_of_others_is_kept(make, tmp_path):
    target = tmp_path / "site"
    make(target)
    (target / "precious.csv").write_text("x")
    before = {path.name: path.read_bytes() for path in target.iterdir()}
    with pytest.raises(UsageError, match="exists and is not a saved model"):
        write_folder(target, NEW, ABOUT)
    assert {path.name: path.read_bytes() for path in target.iterdir()} == before


def test_a_file_of_others_is_kept(tmp_path):
    file = tmp_path / "file"
    file.write_text("kept")
    with pytest.raises(UsageError, match="exists and is not a saved model"):
        write_folder(file, NEW, ABOUT)
    with pytest.raises(UsageError, match=r"cannot write to(.|\n)*choose a folder"):
        write_folder(file / "model", NEW, ABOUT)
    assert file.read_text() == "kept"


def test_a_file_of_others_in_the_place_of_ours_is_kept(tmp_path):
    folder = write_folder(tmp_path / "model", NEW, ABOUT)
    (folder / "lightgbm_2.txt").write_text("a copy of mine")
    with pytest.raises(UsageError, match=r"lightgbm_2\.txt, which no saved model put there"):
        write_folder(folder, OLD, ABOUT)
    assert (folder / "lightgbm_2.txt").read_text() == "a copy of mine"
    assert read(folder) == NEW


@pytest.mark.parametrize("name", ["..", ".", "", "../outside.txt", "/etc/hostname", "below/file.txt"])
def test_no_manifest_reaches_outside(name, tmp_path):
    folder = write_folder(tmp_path / "model", OLD, ABOUT)
    (tmp_path / "outside.txt").write_text("kept")
    said = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(
        json.dumps({**said, "sha256": {**said["sha256"], name: "0"}, "replaces": [name, 3, None]})
    )
    with pytest.raises(DataError, match="is missing"):
        read(folder)
    write_folder(folder, NEW, ABOUT)
    assert (read(folder), (tmp_path / "outside.txt").read_text()) == (NEW, "kept")


@pytest.mark.parametrize("name", [*OLD])
def test_a_changed_or_lost_file_is_noticed(name, folder):
    (folder / name).write_bytes(b"changed")
    with pytest.raises(DataError, match=f"{name} was changed"):
        read(folder)
    (folder / name).unlink()
    with pytest.raises(DataError, match=f"incomplete: {name}"):
        read(folder)
