"""Databases and stores for the tests that need one."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ._postgres import postgres, why_no_postgres


@pytest.fixture(scope="session")
def postgres_address() -> Iterator[str]:
    """The address of an empty PostgreSQL on loopback, whose user may do everything; skipped where none can be started."""
    if (why := why_no_postgres()) is not None:
        pytest.skip(why)
    with postgres() as address:
        yield address


@pytest.fixture(scope="session")
def blank_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An MLflow store in which nothing was written yet: to make one takes seconds, a copy none."""
    from cxchurn.tracking import check_store

    file = tmp_path_factory.mktemp("blank") / "blank.db"
    check_store(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def store_at(blank_store: Path) -> Callable[[Path], str]:
    """Put a new MLflow store at a place, and return its address."""

    def made(file: Path) -> str:
        shutil.copy(blank_store, file)
        return f"sqlite:///{file}"

    return made
