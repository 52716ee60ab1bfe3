"""Reference tables in a file of their own, beside the scores: plain JSON with its checksum."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cxchurn._core import CxchurnError, DataError, MismatchError, UsageError, write_whole
from cxchurn.features.shared._references import References, digest, references_from_plain, references_to_plain

# a companion file is written by one version and read beside a model by another
FORMAT = 1
NAME = "references.json"


def write_references(references: References, path: str | Path) -> Path:
    """Write reference tables to a JSON file that appears whole or not at all.

    Parameters
    ----------
    references : References
        From `refresh`.
    path : str or Path
        A file ending in ``.json``; or a folder, for ``references.json`` in it.

    Returns
    -------
    Path
        The file.
    """
    target = Path(path)
    if target.suffix != ".json":
        target = target / NAME
    data = references_to_plain(references)
    text = json.dumps({"format": FORMAT, "sha256": digest(data), **data}, sort_keys=True, ensure_ascii=False) + "\n"
    return write_whole(target, lambda file: file.write_text(text, encoding="utf-8"))


def read_references(path: str | Path) -> References:
    """Read reference tables that `write_references` wrote, after checking them against their checksum.

    Parameters
    ----------
    path : str or Path
        The file, or a folder with ``references.json`` in it.
    """
    file = Path(path)
    if file.is_dir():
        file = file / NAME
    if not file.is_file():
        raise UsageError(
            f"there is no file {file}.", hint="make it from the log of everybody: cx.refresh(model, log, to=...)."
        )
    data = _json(file)
    if data.pop("format") != FORMAT:
        raise MismatchError(
            f"{file} has another format.", allowed=f"format {FORMAT}", hint="make the tables again with this version."
        )
    if data.pop("sha256", None) != digest(data):
        raise _damaged(file, "its checksum does not match")
    try:
        return references_from_plain(data)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _damaged(file, "it holds something else") from error


def _json(file: Path) -> dict[str, Any]:
    try:
        data = json.loads(file.read_bytes())
    except ValueError as error:
        raise _damaged(file, "it is no JSON") from error
    if not isinstance(data, dict) or "format" not in data:
        raise _damaged(file, "it holds something else")
    return data


def _damaged(file: Path, what: str) -> CxchurnError:
    return DataError(
        f"{file} is damaged or holds no reference tables: {what}.", hint="copy it again, or make it with cx.refresh."
    )
