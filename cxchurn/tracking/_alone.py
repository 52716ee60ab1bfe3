"""One at a time, among whoever opens a database of MLflow's: two first openings at once ruin it, or one of them fails."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from cxchurn._core import locked

# making MLflow's tables takes seconds, half a minute on a busy machine; whoever waits longer waits for nobody
_SECONDS = 120
# a number of our own, for all databases of a server
_NUMBER = 3_148_220_815
# what keeps others waiting until the connection ends, by what a store's address begins with
_LOCKS = {
    "postgresql": (f"SET lock_timeout = '{_SECONDS}s'", f"SELECT pg_advisory_lock({_NUMBER})"),
    "mysql": (f"SELECT GET_LOCK('cxchurn-{_NUMBER}', {_SECONDS})",),
}


def alone(tracking_uri: str) -> contextlib.AbstractContextManager[None]:
    """Keep other processes waiting that open the same database; a server does so itself.

    Parameters
    ----------
    tracking_uri : str
        The MLflow store.
    """
    file = database_file(tracking_uri)
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        # the folder and not the file: a file that is not there yet cannot be locked, and making it is what must be done alone
        return locked(file.parent)
    statements = _LOCKS.get(tracking_uri.partition(":")[0].partition("+")[0])
    return contextlib.nullcontext() if statements is None else _asked(tracking_uri, statements)


def database_file(tracking_uri: str) -> Path | None:
    """Return the file of a local SQLite store, None for other stores."""
    path = tracking_uri.removeprefix("sqlite:///").partition("?")[0]
    return Path(path).resolve() if tracking_uri.startswith("sqlite:///") and path not in ("", ":memory:") else None


@contextlib.contextmanager
def _asked(tracking_uri: str, statements: tuple[str, ...]) -> Iterator[None]:
    """Hold a lock of the database's own, which goes with the connection."""
    from sqlalchemy import create_engine, text
    from sqlalchemy.pool import NullPool

    with create_engine(tracking_uri, poolclass=NullPool).connect() as connection:
        for statement in statements:
            connection.execute(text(statement)).close()
        yield
