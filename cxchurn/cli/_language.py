"""What `--language` asks for: everything that a command prints, in the words of a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import cxchurn as cx
from cxchurn.words import language_of, speaking


@contextmanager
def spoken_by(file: str | None) -> Iterator[None]:
    """Print everything inside in the language of a file, which is looked at first; English without one."""
    with speaking(None if file is None else language_of(file)):
        yield


def in_language(model: cx.ChurnModel, file: str | None) -> cx.ChurnModel:
    """Return a model that speaks the language of a file; without one it is the same."""
    return model if file is None else cx.in_language(model, file)
