"""A switch of the whole process that several may want at once."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager


class Together:
    """Switches something on with the first who wants it, and off with the last: what it was before comes back once.

    Each for themselves would take what another has set for what was there before.

    Parameters
    ----------
    switch : callable
        Returns a context manager: entered with the first, left with the last.
    """

    def __init__(self, switch: Callable[[], AbstractContextManager[None]]) -> None:
        self._switch = switch
        self._unheld()
        self._inside = 0
        self._held: AbstractContextManager[None] | None = None
        if hasattr(os, "register_at_fork"):
            # a thread that switches at this moment does not go on in the child
            os.register_at_fork(after_in_child=self._unheld)

    def _unheld(self) -> None:
        self._guard = threading.Lock()

    @contextmanager
    def on(self) -> Iterator[None]:
        """Keep it switched on for as long as the block lasts."""
        with self._guard:
            if self._inside == 0:
                held = self._switch()
                held.__enter__()
                self._held = held
            self._inside += 1
        try:
            yield
        finally:
            with self._guard:
                self._inside -= 1
                if self._inside == 0 and self._held is not None:
                    held, self._held = self._held, None
                    held.__exit__(None, None, None)
