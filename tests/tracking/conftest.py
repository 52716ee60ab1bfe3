"""A real tracking server on loopback, shared by the tests that need one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .tracking_servers import tracking_server


@pytest.fixture(scope="session")
def server(tmp_path_factory) -> Iterator[str]:
    """A real tracking server on a free port."""
    folder = tmp_path_factory.mktemp("server")
    yield from tracking_server(folder, f"sqlite:///{folder}/m.db")
