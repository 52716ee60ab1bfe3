"""What `import cxchurn` brings, and what it leaves alone until it is asked for."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import cxchurn as cx
from cxchurn.datasets import Simulation, write_simulation
from cxchurn.model import ChurnModel

from .door import STUB, stub

HEAVY = {
    "duckdb", "lightgbm", "matplotlib", "mlflow", "numba", "pandas", "pyspark", "rich", "shap", "sklearn", "typer",
}  # fmt: skip
LOADED = "import json, sys; print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
REPOSITORY = Path(__file__).parents[1]


def python(*arguments: str) -> str:
    """Run Python on the repository's package, warnings being errors, and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-W", "error::ImportWarning", *arguments],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def loaded(code: str) -> set[str]:
    """Return the libraries that a fresh process has loaded after some code."""
    return set(json.loads(python("-c", f"{code}\n{LOADED}").splitlines()[-1]))


def test_importing_loads_no_heavy_library():
    assert "cxchurn" in loaded("import cxchurn")
    assert loaded("import cxchurn; dir(cxchurn)") & HEAVY == set()


def test_the_help_loads_nothing_that_models_or_reads():
    # numpy and pandas come with the instants of _core; typer is the command line itself
    assert loaded("from cxchurn.cli import run; run(['--help'])") & (HEAVY - {"pandas", "typer", "rich"}) == set()


@pytest.mark.prove
def test_scoring_with_a_saved_model_loads_no_tracking_plotting_spark_or_command_line(
    model: ChurnModel, company: Simulation, tmp_path: Path
):
    files = write_simulation(company, tmp_path)
    model.save(tmp_path / "model")
    code = f"""
import cxchurn as cx
log = cx.read_interactions({str(files.interactions)!r}, {str(files.schema)!r}, customers={str(files.customers)!r})
scores = cx.score(cx.load_model({str(tmp_path / "model")!r}), log, reasons=3)
assert len(scores) == 300 and scores["reason_3"].ne("").any()
"""
    found = loaded(code)
    assert "lightgbm" in found
    assert found & {"mlflow", "matplotlib", "pyspark", "shap", "typer"} == set()


@pytest.mark.parametrize("name", [name for name in cx.__all__ if name != "__version__"])
def test_every_public_name_is_there_and_says_what_it_is(name: str):
    thing = getattr(cx, name)
    assert callable(thing)
    assert (thing.__doc__ or "").strip()
    assert thing.__module__.partition(".")[0] == "cxchurn"


@pytest.mark.prove
def test_a_function_named_like_its_folder_stays_the_function():
    # log_run imports both folders, which would otherwise leave themselves under these names
    code = "import cxchurn as cx\ncx.log_run\nprint(type(cx.evaluate).__name__, type(cx.explain).__name__)"
    assert python("-c", code) == "function function\n"


def test_dir_lists_the_public_names_and_nothing_else():
    assert dir(cx) == sorted(cx.__all__)
    assert len(set(cx.__all__)) == len(cx.__all__)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'cxchurn' has no attribute 'read_interaction'"):
        _ = cx.read_interaction


def test_the_package_runs_as_a_module():
    assert python("-m", "cxchurn", "--version") == f"cxchurn {cx.__version__}\n"


def test_type_checkers_and_editors_know_the_names_at_the_door_and_no_others():
    assert STUB.read_text() == stub(), "write it again: python tests/door.py"
