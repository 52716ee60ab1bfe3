"""The folder in which a run keeps its finished parts, so that a killed one can be gone on with."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from cxchurn._core import UsageError, listed, locked, logger

_MANIFEST = "run.json"
# what a run puts into its folder; whatever else is there is somebody's, and stays
_OURS = re.compile(r"run[.]json([.]new)?|part-\d+[.](arrow|new)|out[.].*|[.]cxchurn[.]lock")
# each try that fails found a folder that another run removed in that very moment: twenty in a row are no accident
_TRIES = 20
_DIGEST = "sha256:"


class Work:
    """Finished parts of one run, each in a file that is whole; made by `working`.

    Attributes
    ----------
    folder : Path
    finished : list of int
        The batches that are done.
    """

    def __init__(self, folder: Path, finished: list[int]) -> None:
        self.folder = folder
        self.finished = finished

    def keep(self, number: int, table: pa.Table) -> None:
        """Write a finished batch; it is there when it is whole."""
        file = self._file(number)
        fresh = file.with_suffix(".new")
        with open(fresh, "wb") as out:
            with pa.ipc.new_file(out, table.schema) as writer:
                writer.write_table(table)
            out.flush()
            # before the name is changed: after a loss of power a file under its final name would else be empty
            os.fsync(out.fileno())
        os.replace(fresh, file)
        self.finished.append(number)

    def read(self, number: int) -> pa.Table:
        """Return a finished batch, of which nothing is in memory that is not looked at."""
        # the parts of a night of millions together are larger than what one part took
        with pa.memory_map(str(self._file(number))) as source:
            return pa.ipc.open_file(source).read_all()

    def _file(self, number: int) -> Path:
        return self.folder / f"part-{number:05}.arrow"


@contextlib.contextmanager
def working(folder: Path, about: Mapping[str, Any], *, resume: bool, into: str) -> Iterator[Work]:
    """Hold the folder of a run: alone, for as long as the block lasts; gone when the block ends well.

    A block that does not end well leaves the finished parts, or no folder where there are none.

    Parameters
    ----------
    folder : Path
        It is made where it is missing.
    about : mapping
        What the parts depend on, as plain data.
    resume : bool
        Go on with the finished parts that are there; otherwise they are removed.
    into : str
        What the run writes to, in words.

    Raises
    ------
    UsageError
        Where another run holds it, or its parts depend on something else.
    """
    made = _missing(folder)
    with _held(folder, into):
        _check_ours(folder)
        done = False
        try:
            work = Work(folder, _taken_over(folder, about) if resume else _emptied(folder))
            if not work.finished:
                _emptied(folder)
                _state(folder, about)
            yield work
            done = True
        finally:
            if done or not _parts(folder):
                _removed(folder)
                _without(made)
            else:
                _tidied(folder)
                logger.warning(
                    "%d finished parts are kept in %s: --resume goes on with them.", len(_parts(folder)), folder
                )


@contextlib.contextmanager
def _held(folder: Path, into: str) -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        for _ in range(_TRIES):
            try:
                folder.mkdir(parents=True, exist_ok=True)
                # no waiting: two nights into one place are a mistake in a schedule, and the second would write the same again
                stack.enter_context(locked(folder, limit=0.0))
                break
            except FileNotFoundError:
                # whoever held it has just removed it
                continue
            except UsageError:
                raise UsageError(
                    f"another run is scoring into {into}.", hint="wait until it is done, or end it."
                ) from None
        yield


def _taken_over(folder: Path, about: Mapping[str, Any]) -> list[int]:
    """Return the finished parts, after seeing that they are of the same run."""
    file = folder / _MANIFEST
    if not file.is_file() or not _parts(folder):
        logger.info("nothing is left of an earlier run: all parts are to be done.")
        return []
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
    except ValueError:
        return []
    now = _plain(about)
    other = [name for name in dict.fromkeys([*now, *said]) if said.get(name) != now.get(name)]
    if other:
        unlike = listed(_unlike(name, said, now) for name in other)
        raise UsageError(
            f"the finished parts in {folder} are of another run: {unlike}.",
            allowed="the same model, log, cut-off, options and versions",
            hint="give what the first run was given; or leave resume out, and it begins anew.",
        )
    return _parts(folder)


def _unlike(name: str, said: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    before, after = (str(one.get(name)) for one in (said, now))
    checksums = any(_DIGEST in one or one.startswith("{") for one in (before, after))
    return f"another {name}" if checksums else f"{name} {before} instead of {after}"


def _emptied(folder: Path) -> list[int]:
    if _parts(folder):
        logger.info("%s held %d finished parts of an earlier run, which are begun anew.", folder, len(_parts(folder)))
    for one in folder.iterdir():
        if one.name != ".cxchurn.lock":
            _gone(one)
    return []


def _state(folder: Path, about: Mapping[str, Any]) -> None:
    fresh = folder / f"{_MANIFEST}.new"
    fresh.write_text(json.dumps(_plain(about), indent=1), encoding="utf-8")
    os.replace(fresh, folder / _MANIFEST)


def _plain(about: Mapping[str, Any]) -> dict[str, Any]:
    return json.loads(json.dumps(about, default=str))


def _parts(folder: Path) -> list[int]:
    return sorted(int(one.stem.removeprefix("part-")) for one in folder.glob("part-*.arrow"))


def _tidied(folder: Path) -> None:
    """Remove what is neither a finished part nor the manifest."""
    for one in folder.iterdir():
        if one.name != _MANIFEST and one.suffix != ".arrow":
            _gone(one)


def _removed(folder: Path) -> None:
    for one in folder.iterdir():
        _gone(one)
    with contextlib.suppress(OSError):
        folder.rmdir()


def _gone(one: Path) -> None:
    if one.is_dir() and not one.is_symlink():
        shutil.rmtree(one, ignore_errors=True)
    else:
        one.unlink(missing_ok=True)


def _check_ours(folder: Path) -> None:
    """Refuse a folder that holds what no run put there: it would be emptied."""
    strange = sorted(one.name for one in folder.iterdir() if not _OURS.fullmatch(one.name))
    if strange:
        raise UsageError(
            f"{folder} holds {listed(strange, most=3)}, which no run of scores put there.",
            allowed="a new or an empty folder, or that of an earlier run",
            hint="name a folder of its own for finished parts: work=... (--work).",
        )


def _missing(folder: Path) -> list[Path]:
    """Return the folders above that are to be made, the innermost first."""
    return [one for one in folder.parents if not one.exists()]


def _without(made: list[Path]) -> None:
    """Remove folders that were made and stayed empty."""
    for one in made:
        with contextlib.suppress(OSError):
            one.rmdir()


def digest_of(values: np.ndarray) -> str:
    """Return a digest of customers or numbers in their order."""
    found = hashlib.sha256()
    if values.dtype.kind == "O":
        for first in range(0, values.size, 1 << 16):
            found.update("\x00".join(map(str, values[first : first + (1 << 16)].tolist())).encode() + b"\x00")
    else:
        found.update(np.ascontiguousarray(values).tobytes())
    return f"{_DIGEST}{found.hexdigest()[:16]}"
