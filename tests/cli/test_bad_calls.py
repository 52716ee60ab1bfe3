"""Bad input that meets the library without the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import cxchurn as cx

from .bad_things import a_file_in_the_way
from .cli_runs import files_below


@pytest.fixture(scope="module")
def small_log() -> cx.InteractionLog:
    times = pd.date_range("2024-01-01T12:00", periods=40, freq="D", tz="UTC")
    frame = pd.DataFrame({"customer_id": [1, 2] * 20, "timestamp": times, "kind": "visit"})
    return cx.read_interactions(frame, cx.Schema(customer_id="customer_id", timestamp="timestamp", kind="kind"))


def one_class(log: cx.InteractionLog) -> object:
    labels = pd.DataFrame({"customer_id": [1, 2], "cutoff": "2024-01-20", "churned": 0})
    return cx.ChurnModel().fit(cx.panel_from_labels(log, labels, horizon="5D"))


def refused_rows(_: cx.InteractionLog) -> object:
    frame = pd.read_csv("log.csv")
    return cx.read_interactions(frame, on_error="quarantine", quarantine="taken/bad.parquet")


def scores(_: cx.InteractionLog) -> object:
    return cx.write_scores(pd.DataFrame({"customer_id": [1]}), "taken/scores.csv")


def simulation(_: cx.InteractionLog) -> object:
    return cx.write_simulation(cx.simulate(2, "2024-01-01", "2024-04-01"), "taken/sim")


def no_such_model(_: cx.InteractionLog) -> object:
    return cx.load_model("taken/model")


def no_such_choice(_: cx.InteractionLog) -> object:
    return cx.read_interactions("log.csv", on_error="skip")


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (one_class, cx.DataError, ("there is only one class", "Allowed:", "Hint:")),
        (
            refused_rows,
            cx.UsageError,
            ("the refused rows cannot be written to taken/bad.parquet", "Hint: choose a file"),
        ),
        (scores, cx.UsageError, ("cannot write to taken/scores.csv", "Hint: choose a folder")),
        (simulation, cx.UsageError, ("cannot be written to taken/sim", "Hint: name a folder")),
        (no_such_model, cx.UsageError, ("taken/model is not a saved model", "Allowed:", "Hint:")),
        (no_such_choice, cx.UsageError, ("on_error is 'skip'", "Allowed: 'raise' or 'quarantine'")),
    ],
)
def test_bad_calls_are_answered_alike(
    call: Callable[[cx.InteractionLog], object],
    error: type[cx.CxchurnError],
    words: tuple[str, ...],
    small_log: cx.InteractionLog,
    here: Path,
):
    a_file_in_the_way()
    before = files_below(here)
    with pytest.raises(error) as caught:
        call(small_log)
    assert [word for word in words if word not in str(caught.value)] == [], str(caught.value)
    assert files_below(here) == before
