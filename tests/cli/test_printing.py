"""What is printed, and where."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest

import cxchurn as cx

from .cli_runs import SCORE, Ran, Workshop, files_below, ran, too_wide

COMMANDS = (
    "demo", "validate", "schema", "train", "score", "compare", "explain", "words", "promote", "report", "simulate", "pulse",
    "claims", "serve", "compile",
)  # fmt: skip


@pytest.fixture
def printed(workshop: Workshop, bench: Path) -> dict[str, Ran]:
    """What each command that works for a while printed."""
    return {
        "train": workshop.trained,
        "score": ran(*SCORE, "--out", "scores"),
        "simulate": ran("simulate", "--out", "new", "--customers", 20, "--end", "2024-01-01"),
        "validate": ran("validate", "sim/interactions.parquet", "--schema", "sim/schema.toml"),
    }


def test_results_go_to_stdout_within_80_columns_and_progress_to_stderr(printed: dict[str, Ran]):
    for command, told in printed.items():
        assert told.code == 0, command
        assert told.out.strip(), command
        assert too_wide(told.out) == [], command
        assert re.search(r"^[^\n]+: \d+\.\d s$", told.err, re.MULTILINE), command
        assert not re.search(r": \d+\.\d s$", told.out, re.MULTILINE), command


def test_each_step_is_told_once(printed: dict[str, Ran]):
    # features and training come twice: for the model that is judged, and for the one that is kept
    for command, told in printed.items():
        steps = re.findall(r"^\S+ (.+): \d+\.\d s$", told.err, re.MULTILINE)
        assert steps, command
        twice = {step for step in steps if steps.count(step) > 1}
        assert twice <= {"building features", "training"}, command


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_the_help_fits_and_keeps_its_brackets(command: str):
    told = ran(*command.split(), "--help")
    assert (told.code, told.err) == (0, "")
    assert too_wide(told.out) == []
    assert told.out.startswith(f"Usage: cxchurn {command}".rstrip())
    if command == "score":
        assert "[default: the end of the log]" in told.out


def test_the_help_lists_every_command_with_its_whole_first_sentence():
    commands = ran("--help").out.partition("Commands:")[2].partition("Exit codes")[0]
    assert re.findall(r"^  (\w+) .*\.$", commands, re.MULTILINE) == list(COMMANDS)
    assert "..." not in commands


def test_the_version():
    assert ran("--version") == Ran(0, f"cxchurn {cx.__version__}\n", "")


def test_without_arguments_the_help_comes_as_a_complaint():
    told = ran()
    assert (told.code, told.out) == (2, "")
    assert told.err.rstrip() == ran("--help").out.rstrip()


def test_stopping_is_no_accident(here: Path, monkeypatch: pytest.MonkeyPatch):
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cx, "simulate", stopped)
    told = ran("simulate", "--out", "sim")
    assert told.code == 130
    assert told.err.endswith("Stopped. Nothing is half-written.\n")
    assert files_below(here) == set()


def test_a_command_leaves_the_logging_of_the_process_as_it_was(here: Path):
    def logging_now() -> tuple[int, list[logging.Handler], list[logging.Handler]]:
        package = logging.getLogger("cxchurn")
        return package.level, list(package.handlers), list(logging.getLogger().handlers)

    before = logging_now()
    assert ran("simulate", "--out", "sim", "--customers", 5, "--end", "2024-01-01").code == 0
    assert logging_now() == before


def test_the_library_prints_nothing(bench: Path, capfd: pytest.CaptureFixture[str]):
    simulation = cx.simulate(60, "2023-07-01", "2024-07-01", random_state=2)
    files = cx.write_simulation(simulation, "new")
    log = cx.read_interactions(files.interactions, files.schema, customers=files.customers)
    cx.validate_interactions(files.interactions, files.schema)
    churn = cx.Inactivity("60D", active_within="90D")
    panel = cx.make_panel(log, churn, cutoffs=cx.monthly("2023-11-01", "2024-04-01"))
    past, test = panel.split("2024-04-01")
    model = cx.ChurnModel(churn, classifier=cx.ChurnClassifier(n_estimators=10), folds=2).fit(past)
    evaluation = cx.evaluate(model, test, replicates=20)
    explanation = cx.explain(model, test)
    cx.write_scores(cx.score(model, log, reasons=3), "scores.csv")
    cx.write_report("report.html", model=model, evaluation=evaluation, explanation=explanation)
    model.save("new/model")
    cx.load_model("new/model")
    assert capfd.readouterr() == ("", "")
