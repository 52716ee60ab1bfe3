"""A real tracking server on loopback, shared by the tests that need one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cxchurn.model import ChurnModel
from cxchurn.tracking import _pack

from .tracking_servers import tracking_server


@pytest.fixture(scope="session")
def server(tmp_path_factory) -> Iterator[str]:
    """A real tracking server on a free port."""
    folder = tmp_path_factory.mktemp("server")
    yield from tracking_server(folder, f"sqlite:///{folder}/m.db")


@pytest.fixture(scope="session")
def _packed(tmp_path_factory) -> tuple[Path, dict[tuple[str, str], Path]]:
    return tmp_path_factory.mktemp("packed"), {}


@pytest.fixture
def packed_once(_packed, monkeypatch) -> None:
    """Pack a model for MLflow when it is first logged, and copy that later: for tests of what is done with logged models."""
    folder, known = _packed
    package = _pack.package

    def copied(model: ChurnModel, to: Path, *, metadata: Any) -> None:
        # what a test changes on a model is no part of its version
        key = model.version_, repr(model.calibration_)
        if key not in known:
            known[key] = folder / str(len(known))
            package(model, known[key], metadata=metadata)
        shutil.copytree(known[key], to)

    monkeypatch.setattr(_pack, "package", copied)
    monkeypatch.setattr(_pack, "_figures", lambda *_: None)
