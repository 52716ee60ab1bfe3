"""Progress of long work: a line that moves on a terminal, plain log lines elsewhere, silence unless asked."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

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
def step(says: str) -> Iterator[None]:
    """One step of long work, named while it runs and timed when it is done.

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
    from rich.console import Console

    console = Console(stderr=True)
    if console.is_terminal:
        with console.status(f"{says} ..."):
            yield
        console.print(f"[green]✓[/green] {says} [dim]{time.perf_counter() - began:.1f} s[/dim]", highlight=False)
    else:
        yield
        logger.info("%s: %.1f s", says, time.perf_counter() - began)
