from __future__ import annotations

import logging
import subprocess
import sys

import pytest

from cxchurn._core import shown_progress, step


def test_silent_unless_asked(caplog, capsys):
    with caplog.at_level(logging.INFO, logger="cxchurn"), step("counting"):
        pass
    assert caplog.records == []
    with caplog.at_level(logging.DEBUG, logger="cxchurn"), step("counting"):
        pass
    assert [record.levelname for record in caplog.records] == ["DEBUG"]
    assert capsys.readouterr() == ("", "")


def test_a_log_line_where_there_is_no_terminal(caplog, capsys):
    with caplog.at_level(logging.INFO, logger="cxchurn"):
        with shown_progress(), step("counting"):
            assert caplog.records == []
        with step("counting in silence"):
            pass
    assert len(caplog.messages) == 1
    assert caplog.messages[0].startswith("counting: ")
    assert capsys.readouterr().out == ""


def test_a_step_that_fails_is_not_said_to_be_done(caplog):
    with (
        caplog.at_level(logging.DEBUG, logger="cxchurn"),
        shown_progress(),
        pytest.raises(ZeroDivisionError),
        step("dividing"),
    ):
        _ = 1 / 0
    assert caplog.records == []


def test_the_door_loads_no_library():
    heavy = (
        "numpy",
        "pandas",
        "numba",
        "duckdb",
        "pyarrow",
        "lightgbm",
        "sklearn",
        "shap",
        "matplotlib",
        "mlflow",
        "rich",
    )
    code = f"import sys, cxchurn; print([name for name in {heavy} if name in sys.modules], len(dir(cxchurn)) > 50)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[0] == "[] True"
