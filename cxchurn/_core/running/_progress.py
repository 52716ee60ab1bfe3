"""Progress of long work: a line that moves on a terminal, plain log lines elsewhere, silence unless asked."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

logger = logging.getLogger("cxchurn")
_shown: ContextVar[bool] = ContextVar("shown", default=False)


@contextmanager
def shown_progress() -> Iterator[None]:
    """Show the progress of everything inside: the command line and scripts ask for it; a library call stays silent."""
    token = _shown.set(True)
    try:
        yield
    finally:
        _shown.reset(token)


@contextmanager
def quiet_progress() -> Iterator[None]:
    """Show no progress of anything inside, whoever asked for it."""
    token = _shown.set(False)
    try:
        yield
    finally:
        _shown.reset(token)


@contextmanager
def step(says: str) -> Iterator[None]:
    """One step of long work, named while it runs and timed when it is done; steps inside it stay silent.

    Parameters
    ----------
    says : str
        What is being done, such as ``"building features"``.
    """
    began = time.perf_counter()
    if not _shown.get():
        yield
        logger.debug("%s: %.1f s", says, time.perf_counter() - began)
        return
    inside = _shown.set(False)
    try:
        with _spinner(says):
            yield
    finally:
        _shown.reset(inside)
    _done(says, time.perf_counter() - began)


@contextmanager
def _spinner(says: str) -> Iterator[None]:
    console = _console()
    if console.is_terminal:
        with console.status(f"{says} ..."):
            yield
    else:
        yield


def _done(says: str, seconds: float) -> None:
    console = _console()
    if console.is_terminal:
        console.print(f"[green]✓[/green] {says} [dim]{seconds:.1f} s[/dim]", highlight=False)
    else:
        logger.info("%s: %.1f s", says, seconds)


def _console() -> Any:
    from rich.console import Console

    return Console(stderr=True)
