"""A run that is killed for real, at any moment: nothing is half-made, and it can be gone on with.

A few random moments by default; ``CXCHURN_STRESS=20`` (``make stress``) takes that many.
"""

from __future__ import annotations

import os
import random
import resource
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from cxchurn._core import UsageError
from cxchurn.scoring import score_to
from cxchurn.scoring.batch import _duckdb
from cxchurn.scoring.batch._work import Work

from .conftest import AT, below

pytestmark = [
    pytest.mark.usefixtures("small_batches"),
    pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here"),
]
MOMENTS = int(os.environ.get("CXCHURN_STRESS", "2"))
YESTERDAY = b"of yesterday"


def forked(run: Callable[[], object]) -> int:
    """Run something in a child that dies as the command line does, and return the child's number."""
    child = os.fork()
    if child:
        return child
    code = 70
    try:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        run()
        code = 0
    except SystemExit as end:
        code = int(end.code or 0)
    except UsageError:
        code = 2
    finally:
        os._exit(code)


def ended(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.fixture(scope="module")
def whole(model, divided, tmp_path_factory) -> tuple[bytes, float]:
    """The bytes of an undisturbed run, and the seconds it takes."""
    folder = tmp_path_factory.mktemp("whole")
    score_to(model, divided, folder / "s.parquet", at=AT, reasons=3)
    began = time.perf_counter()
    score_to(model, divided, folder / "s.parquet", at=AT, reasons=3)
    return (folder / "s.parquet").read_bytes(), time.perf_counter() - began


@pytest.mark.parametrize("moment", range(MOMENTS))
def test_at_any_moment_leaves_nothing_half_made(moment, model, divided, whole, tmp_path, monkeypatch):
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    folder = tmp_path / "scores"
    folder.mkdir()
    out = folder / "s.parquet"
    out.write_bytes(YESTERDAY)
    told = signal.SIGTERM if moment % 2 else signal.SIGKILL
    # the first moments look at what lies between: the second half of a run
    seconds = whole[1] * random.Random(moment).uniform(0.0 if moment > 3 else 0.5, 1.2)
    child = forked(lambda: score_to(model, divided, out, at=AT, reasons=3))
    time.sleep(seconds)
    os.kill(child, told)
    code = ended(child)
    assert code in (0, 143 if told == signal.SIGTERM else -signal.SIGKILL)
    assert out.read_bytes() in ((whole[0],) if code == 0 else (YESTERDAY, whole[0]))
    assert {name.partition("/")[0] for name in below(folder)} <= {"s.parquet", ".s.parquet.work"}
    if told == signal.SIGTERM and code:
        # told to stop it tidies up: finished parts, and nothing else
        assert all(name.endswith((".arrow", ".json", ".work", "s.parquet")) for name in below(folder)), below(folder)
    score_to(model, divided, out, at=AT, reasons=3, resume=True)
    assert out.read_bytes() == whole[0]
    assert below(folder) == {"s.parquet"}
    assert below(tmp_path / "tmp") == set()


def test_after_a_finished_part_goes_on_from_there(model, divided, whole, tmp_path, monkeypatch):
    keep = Work.keep

    def keep_two(self: Work, number: int, table: object) -> None:
        if number == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        keep(self, number, table)

    with monkeypatch.context() as patch:
        patch.setattr(Work, "keep", keep_two)
        assert (
            ended(forked(lambda: score_to(model, divided, tmp_path / "s.parquet", at=AT, reasons=3))) == -signal.SIGKILL
        )
    assert below(tmp_path) >= {".s.parquet.work/part-00000.arrow", ".s.parquet.work/part-00001.arrow"}
    assert score_to(model, divided, tmp_path / "s.parquet", at=AT, reasons=3, resume=True).resumed == 2
    assert (tmp_path / "s.parquet").read_bytes() == whole[0]


def test_between_the_file_in_its_place_and_the_end(model, divided, whole, tmp_path, monkeypatch):
    from cxchurn.scoring.batch import _work

    with monkeypatch.context() as patch:
        patch.setattr(_work, "_removed", lambda _: os.kill(os.getpid(), signal.SIGKILL))
        assert (
            ended(forked(lambda: score_to(model, divided, tmp_path / "s.parquet", at=AT, reasons=3))) == -signal.SIGKILL
        )
    assert (tmp_path / "s.parquet").read_bytes() == whole[0]
    summary = score_to(model, divided, tmp_path / "s.parquet", at=AT, reasons=3, resume=True)
    assert summary.resumed == summary.parts
    assert (tmp_path / "s.parquet").read_bytes() == whole[0]
    assert below(tmp_path) == {"s.parquet"}


def test_before_a_table_is_changed_for_good(model, divided, tmp_path, monkeypatch):
    """The rows are in the file, but nobody has said yet that they are to stay."""
    place = f"{tmp_path / 'w.duckdb'}#t"
    before = score_to(model, divided, place, at=AT)
    with monkeypatch.context() as patch:
        patch.setattr(_duckdb, "kept", lambda connection: os.kill(os.getpid(), signal.SIGKILL))
        child = forked(lambda: score_to(model, divided, place, at=AT, bands="capacity: 1"))
        assert ended(child) == -signal.SIGKILL
    with duckdb.connect(str(tmp_path / "w.duckdb")) as connection:
        assert connection.execute("SELECT count(*) FROM t WHERE band = 'high'").fetchall() == [(before.bands["high"],)]
    summary = score_to(model, divided, place, at=AT, bands="capacity: 1", resume=True)
    assert summary.resumed == summary.parts
    with duckdb.connect(str(tmp_path / "w.duckdb")) as connection:
        assert connection.execute("SELECT count(*) FROM t WHERE band = 'high'").fetchall() == [(1,)]
        assert connection.execute("SELECT count(*) FROM t").fetchall() == [(before.rows,)]


def test_a_run_that_is_going_on_is_not_disturbed_by_another(model, divided, whole, tmp_path):
    first = forked(lambda: score_to(model, divided, tmp_path / "s.parquet", at=AT, reasons=3))
    second = forked(lambda: score_to(model, divided, tmp_path / "s.parquet", at=AT, reasons=3))
    codes = sorted([ended(first), ended(second)])
    # the other is told; or it came when the first was done
    assert codes in ([0, 2], [0, 0])
    assert (tmp_path / "s.parquet").read_bytes() == whole[0]
    assert below(tmp_path) == {"s.parquet"}


@pytest.mark.parametrize("room", [0, 3_000, 30_000])
def test_without_room_for_the_files(room, model, divided, whole, tmp_path):
    """The system itself refuses to write more than so many bytes into a file."""

    def cramped() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
        score_to(model, divided, tmp_path / "s.parquet", at=AT, reasons=3)

    assert ended(forked(cramped)) == (0 if room > len(whole[0]) else 2)
    if room < len(whole[0]):
        assert not (tmp_path / "s.parquet").exists()
    score_to(model, divided, tmp_path / "s.parquet", at=AT, reasons=3, resume=True)
    assert (tmp_path / "s.parquet").read_bytes() == whole[0]
    assert below(tmp_path) == {"s.parquet"}


def test_a_disk_that_is_full_for_real(model, divided, whole, tmp_path):
    """A small disk in memory, where this process may make one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.system(f"mount -t tmpfs -o size=64k tmpfs '{disk}' 2>/dev/null"):
        pytest.skip("no disk may be made here")
    try:
        Path(disk / "ballast").write_bytes(b"\0" * 40_000)
        with pytest.raises(UsageError, match="No space left on device"):
            score_to(model, divided, disk / "s.parquet", at=AT, reasons=3)
        assert not (disk / "s.parquet").exists()
        (disk / "ballast").unlink()
    finally:
        os.system(f"umount '{disk}'")
