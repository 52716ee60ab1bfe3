"""What is to be typed: Python for whoever calls it, TOML and options for whoever sits at a shell or keeps a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_IN_FILES: ContextVar[bool] = ContextVar("in_files", default=False)


@contextmanager
def said_in_files(yes: bool = True) -> Iterator[None]:
    """Let hints show what a file or a command line says, and not Python, for as long as the block lasts."""
    before = _IN_FILES.set(yes or _IN_FILES.get())
    try:
        yield
    finally:
        _IN_FILES.reset(before)


def typed(python: str, in_files: str) -> str:
    """Return what is to be typed: `python`, or where a file or a command line says it `in_files`."""
    return in_files if _IN_FILES.get() else python
