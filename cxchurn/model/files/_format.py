"""What a saved model's files are called, and whether this version can read them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cxchurn._core import CxchurnError, DataError, MismatchError
from cxchurn.features import KNOWN, MEANING
from cxchurn.interactions import CustomerSchema, Later, Schema
from cxchurn.model.files._folder import from_json

# raised by whatever a saved model holds otherwise; see CONTRIBUTING, Adding something
FORMAT = 5
COPY = "copy the whole folder again."
_FIRST = 2  # the last format of version 0.1
# what fails where a file holds something else than it ought to
_DAMAGED = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError, MemoryError)
# what the learned part of a saved model may hold without being brought
CLASSES: dict[str, type] = {**KNOWN, **{cls.__name__: cls for cls in (Schema, Later, CustomerSchema)}}


def tree_files(seeds: int) -> list[str]:
    """Return the names of the files that hold the trees of each seed."""
    return ["lightgbm.txt", *(f"lightgbm_{k}.txt" for k in range(2, seeds + 1))]


def read_json(files: Mapping[str, bytes], name: str, folder: Path) -> dict[str, Any]:
    """Return what one of a saved model's files says."""
    if name not in files:
        raise DataError(f"{folder} is incomplete: {name} is missing.", hint=COPY)
    said = from_json(files[name])
    if not isinstance(said, dict):
        raise DataError(f"{folder} is damaged: {name} is no JSON object.", hint=COPY)
    return said


@contextmanager
def made_of(folder: Path) -> Iterator[None]:
    """Say in words that a folder is damaged, whatever it is in its files that no model can be made of."""
    try:
        yield
    except CxchurnError:
        raise
    except _DAMAGED as error:
        why = (str(error).splitlines() or ["no more is known"])[0][:200]
        raise DataError(
            f"{folder} is damaged: no model can be made of its files ({type(error).__name__}: {why}).", hint=COPY
        ) from error


def check_format(path: str | Path, kind: str, said: Mapping[str, Any]) -> None:
    """Raise where a manifest is of another format, another meaning of the features, or another kind of model."""
    form, meaning = said.get("format"), said.get("features")
    if form in range(_FIRST + 1):
        raise MismatchError(
            f"{path} was saved by version 0.1 of cxchurn, whose features mean something else than today's.",
            allowed=f"a model of the format {FORMAT}",
            hint="train it again: its numbers cannot be carried over.",
        )
    if form != FORMAT or meaning != MEANING:
        raise MismatchError(
            f"{path} has the format {form!r}, and features of the meaning {meaning!r}.",
            allowed=f"format {FORMAT}, meaning {MEANING}",
            hint="use the version of cxchurn that saved it, or train it again.",
        )
    if said.get("kind") != kind:
        raise MismatchError(
            f"{path} holds a {said.get('kind')}, not a {kind}.",
            hint="cx.load_curve(...)" if said.get("kind") == "curve" else "cx.load_model(...)",
        )
