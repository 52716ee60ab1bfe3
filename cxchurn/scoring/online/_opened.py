"""Opening what a scorer keeps its events in."""

from __future__ import annotations

from cxchurn._core import UsageError
from cxchurn.interactions import memory_of
from cxchurn.scoring.online._served import Served
from cxchurn.scoring.online.store._book import Memory
from cxchurn.scoring.online.store._sqlite import Durable

_SCHEME = "sqlite:///"


def opened(serving: Served, *, store: str | None, max_events: int | None, memory_limit: str | None) -> Memory:
    """Return what a scorer keeps its events in: memory, or the file of a store."""
    if max_events is not None and (isinstance(max_events, bool) or not isinstance(max_events, int) or max_events < 1):
        raise UsageError(f"max_events is {max_events!r}.", allowed="a whole number, 1 or more")
    bound = {"max_events": max_events, "memory": None if memory_limit is None else memory_of(memory_limit)}
    if store is None:
        return Memory(serving.shape, **bound)
    if not isinstance(store, str) or not store.startswith(_SCHEME) or len(store) == len(_SCHEME):
        raise UsageError(
            f"store is {store!r}.",
            allowed="the address of a file of SQLite",
            hint='store="sqlite:///state.db"; an absolute path has four slashes: "sqlite:////data/state.db".',
        )
    return Durable(serving.shape, store.removeprefix(_SCHEME), **bound)
