"""A folder of plain files with checksums that changes from one state to the next in one step.

The manifest is what counts: a file is part of the model if the manifest names it. New files are written beside the old ones,
in a folder of their own that a new manifest points to; replacing the manifest is the one step. Then the files take their
places, and a last manifest says so. Whatever is interrupted, the manifest in force names files that are all there.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import os
import re
import secrets
import shutil
import stat
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

from cxchurn._core import DataError, UsageError, listed, locked

MANIFEST = "manifest.json"
_AT, _REPLACES = "at", "replaces"
_WAITING = re.compile(r"\.saving-[0-9a-f]{12}")
# a second of looking, a hundredth at a time; a manifest that is the same three times is not being written, but broken
_TRIES, _ENOUGH = 100, 3
# of a file
_LARGEST = 1 << 30
_COPY = "copy the whole folder again."


def write_folder(path: str | Path, files: Mapping[str, bytes], about: Mapping[str, Any]) -> Path:
    """Write files and the manifest that names them; what an older manifest names is replaced, all else is kept.

    Parameters
    ----------
    path : str or Path
        The folder to make: a new or empty one, or one that was written like this. A link is followed, not replaced.
    files : mapping of str to bytes
        Contents by name.
    about : mapping
        What else the manifest says.

    Raises
    ------
    UsageError
        Where there is something else at the path, or nothing can be written.
    """
    target = Path(os.path.realpath(path))
    try:
        fresh = not target.exists()
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        if isinstance(error, FileExistsError):
            raise _strange(target) from error
        raise _unwritable(target, error) from error
    try:
        with locked(target):
            _replace(target, files, about)
    except OSError as error:
        raise _unwritable(target, error) from error
    finally:
        if fresh:
            # only a folder that stayed empty goes again
            with contextlib.suppress(OSError):
                target.rmdir()
    return Path(path)


def read_folder(folder: Path, check: Callable[[Mapping[str, Any]], None]) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Return what the manifest says and the files that it names, each with the checksum it ought to have.

    While another process saves into the folder, the older files or the newer ones are returned, never some of each.

    Parameters
    ----------
    folder : Path
    check : callable
        Raises where what the manifest says cannot be read by this version.
    """
    unchanged = 0
    for _ in range(_TRIES):
        text = _manifest(folder)
        try:
            said = read_manifest(folder, text)
            check(said)
            return said, _files(folder, said)
        except DataError:
            # a save may be under way: look again, unless nothing moves
            unchanged = unchanged + 1 if _manifest(folder) == text else 0
            if unchanged == _ENOUGH:
                raise
            time.sleep(0.01)
    raise DataError(f"{folder} is being changed all the time.", hint="wait until nobody saves into it.")


def read_manifest(folder: Path, text: bytes) -> dict[str, Any]:
    """Return what a manifest says."""
    try:
        said = from_json(text)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise DataError(f"{folder / MANIFEST} is damaged: it is no JSON object.", hint=_COPY)
    return said


def _manifest(folder: Path) -> bytes:
    content = _content(folder / MANIFEST)
    if content is None:
        raise UsageError(
            f"{folder} is not a saved model: it has no {MANIFEST} that can be read.",
            allowed="a folder written by model.save(...) or cxchurn train",
            hint="check the path, and that you may read it.",
        )
    return content


def _files(folder: Path, said: Mapping[str, Any]) -> dict[str, bytes]:
    sums, at = said.get("sha256"), said.get(_AT, "")
    if not isinstance(sums, dict) or not (at == "" or (isinstance(at, str) and _WAITING.fullmatch(at))):
        raise DataError(f"{folder / MANIFEST} is damaged: it has no checksums.", hint=_COPY)
    files = {}
    for name, expected in sums.items():
        path = folder / at / name
        content = _content(path) if _inside(name) else None
        if content is None:
            raise DataError(f"{folder} is incomplete: {name} is missing.", hint=_COPY)
        files[name] = content
        if hashlib.sha256(files[name]).hexdigest() != expected:
            raise DataError(
                f"{path} was changed: its checksum does not match.", hint="copy the folder again, or retrain."
            )
    return files


def _inside(name: Any) -> bool:
    """Whether a name is that of a file in the folder itself: no other place is read or written, whatever a manifest says."""
    return isinstance(name, str) and name not in ("", ".", "..") and Path(name).name == name


def _content(path: Path) -> bytes | None:
    """Return what a file holds; None for what is none, cannot be read, or has no end: devices, pipes, larger than any model."""
    try:
        about = path.stat()
        return path.read_bytes() if stat.S_ISREG(about.st_mode) and about.st_size <= _LARGEST else None
    except (OSError, ValueError):
        return None


def _replace(target: Path, files: Mapping[str, bytes], about: Mapping[str, Any]) -> None:
    older = _ours(target)
    strangers = [name for name in files if name not in older and (target / name).exists()]
    if strangers:
        raise UsageError(
            f"{target} holds {listed(strangers)}, which no saved model put there.", hint="choose another folder."
        )
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    final = {**about, "sha256": sums}
    waiting = target / f".saving-{secrets.token_hex(6)}"
    try:
        waiting.mkdir()
        for name, content in files.items():
            _write(waiting / name, content)
        # from here on the new files are the model, wherever they are
        _put(waiting, target, MANIFEST, as_json({**final, _AT: waiting.name, _REPLACES: sorted(older)}))
        for name, content in files.items():
            _put(waiting, target, name, content)
        _put(waiting, target, MANIFEST, as_json(final))
    finally:
        _sweep(target, older)


def _ours(target: Path) -> set[str]:
    """Return the names of what is there and may be replaced: what a saved model's manifest names."""
    if not (target / MANIFEST).is_file():
        if all(_WAITING.fullmatch(one.name) for one in target.iterdir()):
            return set()
        raise _strange(target)
    try:
        said = read_manifest(target, (target / MANIFEST).read_bytes())
    except DataError:
        raise _strange(target) from None
    sums = said.get("sha256")
    if "format" not in said or not isinstance(sums, dict) or not {"model.json", "curve.json"} & set(sums):
        raise _strange(target)
    replaced = said.get(_REPLACES)
    return {name for name in (*sums, *(replaced if isinstance(replaced, list) else ()), MANIFEST) if _inside(name)}


def _sweep(target: Path, older: set[str]) -> None:
    """Remove what is ours and no longer named by the manifest: older files, and what interrupted savings left."""
    try:
        said = read_manifest(target, (target / MANIFEST).read_bytes())
    except (DataError, OSError):
        said = {}
    for name in older - set(said.get("sha256", older)) - {MANIFEST}:
        (target / name).unlink(missing_ok=True)
    for one in target.iterdir():
        if _WAITING.fullmatch(one.name) and one.name != said.get(_AT):
            shutil.rmtree(one, ignore_errors=True)


def _put(waiting: Path, target: Path, name: str, content: bytes) -> None:
    """Put a file in its place in one step; the one that waits stays until the manifest no longer points to it."""
    beside = waiting / f"{name}.new"
    _write(beside, content)
    os.replace(beside, target / name)


def _write(path: Path, content: bytes) -> None:
    with open(path, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def as_json(data: Any) -> bytes:
    """Write plain data as text that is the same for the same data."""
    text = json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return (text + "\n").encode()


def from_json(text: bytes | str) -> Any:
    """Read what `as_json` wrote: a number that is none, or beyond all numbers, is no such text."""
    return json.loads(text, parse_constant=_no_number, parse_float=_finite)


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is beyond all numbers")
    return number


def _strange(target: Path) -> UsageError:
    return UsageError(f"{target} exists and is not a saved model.", hint="choose another folder, or remove this one.")


def _unwritable(target: Path, error: OSError) -> UsageError:
    return UsageError(f"cannot write to {target}: {error.strerror}.", hint="choose a folder you may write to.")
