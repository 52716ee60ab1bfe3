from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import cxchurn as cx

from .cli_runs import Workshop, plan_text, ran


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory, store_at: Callable[[Path], str]) -> Workshop:
    folder = tmp_path_factory.mktemp("workshop")
    store_at(folder / "mlflow.db")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        cx.write_simulation(cx.simulate(150, "2023-07-01", "2024-07-01", random_state=1), "sim")
        Path("train.toml").write_text(plan_text())
        return Workshop(folder, ran("train", "train.toml"))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def bench(workshop: Workshop, here: Path) -> Path:
    """A folder to work in, with the company's files in ``sim`` and its model in ``model``."""
    shutil.copytree(workshop.folder / "sim", here / "sim")
    shutil.copytree(workshop.folder / "out" / "model", here / "model")
    return here
