"""Every notebook runs from top to bottom, and every plot in it is a picture."""

from __future__ import annotations

import base64
import os
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
PNG = b"\x89PNG\r\n\x1a\n"


# the others train the default model on the sample, start a cluster or a store with a dozen runs: a minute each
QUICK = ("04_own_builder",)


@pytest.mark.parametrize(
    "path", [pytest.param(one, marks=() if one.stem in QUICK else pytest.mark.prove, id=one.stem) for one in NOTEBOOKS]
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_notebook_runs_and_shows_its_plots(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(one for one in sys.path if one))
    monkeypatch.delenv("MPLBACKEND", raising=False)
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(FOLDER)}}
    ).execute()
    plots = [cell for cell in notebook.cells if cell.cell_type == "code" and "cx.plot_" in cell.source]
    assert len(plots) == {"01_first_model": 3, "02_reading_reasons": 7}.get(path.stem, 0)
    for cell in plots:
        (picture,) = [out.data["image/png"] for out in cell.outputs if "image/png" in out.get("data", {})]
        assert base64.b64decode(picture).startswith(PNG)


def test_there_are_notebooks() -> None:
    assert len(NOTEBOOKS) >= 2
