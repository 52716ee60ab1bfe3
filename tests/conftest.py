"""A database of its own for the tests that need one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ._postgres import postgres, why_no_postgres


@pytest.fixture(scope="session")
def postgres_address() -> Iterator[str]:
    """The address of an empty PostgreSQL on loopback, whose user may do everything; skipped where none can be started."""
    if (why := why_no_postgres()) is not None:
        pytest.skip(why)
    with postgres() as address:
        yield address
