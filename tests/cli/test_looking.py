"""The commands that look at a log without a model."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

import cxchurn as cx

from .cli_runs import plan_text, ran

LOG = ["sim/interactions.parquet", "--schema", "sim/schema.toml"]


@pytest.fixture(scope="module")
def company_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("company") / "sim"
    cx.write_simulation(cx.simulate(120, "2023-07-01", "2024-03-01", random_state=2), place)
    return place


@pytest.fixture
def simulated(here: Path, company_files: Path, store_at) -> Path:
    shutil.copytree(company_files, "sim")
    store_at(here / "mlflow.db")
    Path("train.toml").write_text(plan_text())
    return here


def test_pulse_prints_the_page_and_the_table(simulated: Path):
    told = ran("pulse", *LOG)
    expected = cx.pulse(cx.read_interactions("sim/interactions.parquet", "sim/schema.toml"))
    assert (told.code, told.out) == (0, f"{expected}\n")
    rows = json.loads(ran("pulse", *LOG, "--json").out)
    assert rows["notes"] == list(expected.notes)
    assert len(rows["table"]) == len(expected.table)
    assert rows["table"][0]["value"] == expected.table["value"].iloc[0]


def test_pulse_takes_groups_measures_and_spans(simulated: Path):
    more = ["--by", "kind", "--by", "touchpoint", "--measure", "items", "--every", "quarter", "--since", "2023-10-01"]
    rows = json.loads(ran("pulse", *LOG, *more, "--json").out)["table"]
    assert {row["period"] for row in rows} == {"2023-Q4", "2024-Q1"}
    assert {"kind", "touchpoint"} < set(rows[0])
    assert "items" in {row["measure"] for row in rows}
    alone = json.loads(ran("pulse", *LOG, "--by", "nothing", "--json").out)["table"]
    assert "touchpoint" not in alone[0]


def test_claims_reads_the_training_file(simulated: Path):
    told = ran("claims", "train.toml", "--win-cost", 100, "--keep-cost", 10)
    assert told.code == 0, told.err
    assert "10.0 times as much" in told.out
    assert max(map(len, told.out.splitlines())) <= 80
    rows = json.loads(ran("claims", "train.toml", "--json").out)["table"]
    assert [row["claim"] for row in rows] == [claim.name for claim in cx.standard_claims()]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("pulse", "nowhere.parquet"), 2, "nowhere.parquet"),
        (("pulse", *LOG, "--by", "chanel"), 2, "no column of labels"),
        (("pulse", *LOG, "--every", "year"), 2, "every is 'year'"),
        (("claims", "nowhere.toml"), 2, "there is no file nowhere.toml"),
        (("claims", "train.toml", "--win-cost", "5"), 2, "--keep-cost is missing"),
        (("claims", "half.toml"), 2, "half.toml lacks [churn]"),
        (("claims", "odd.toml"), 2, "has the key 'chrun'"),
    ],
)
def test_what_is_wrong_is_said_with_an_exit_code(simulated: Path, arguments: tuple[str, ...], code: int, says: str):
    Path("half.toml").write_text('[log]\ninteractions = "sim/interactions.parquet"\n')
    Path("odd.toml").write_text('[log]\ninteractions = "x"\n[chrun]\nhorizon = "30D"\n')
    told = ran(*arguments)
    assert told.code == code
    assert says in told.err
    assert told.out == ""


@pytest.mark.parametrize("command", ["pulse", "claims", "train", "score", "explain", "report", "promote"])
def test_every_command_that_reads_a_log_takes_how_it_is_read(command: str):
    told = ran(command, "--help").out
    assert [
        one for one in ("--on-error", "--quarantine", "--observed-until", "--memory-limit") if one not in told
    ] == []


@pytest.mark.parametrize("arguments", [["pulse", "bad.csv", "--schema", "sim/schema.toml"], ["train", "bad.toml"]])
@pytest.mark.sampled(2)
def test_the_way_on_that_an_error_names_is_one_of_the_command(simulated: Path, arguments: list[str]):
    events = pd.read_parquet("sim/interactions.parquet").head(1000)
    schema = cx.Schema.from_toml("sim/schema.toml")
    events[schema.timestamp] = events[schema.timestamp].astype(str)
    events.loc[[3, 5, 8], schema.timestamp] = "soon"
    events.to_csv("bad.csv", index=False)
    Path("bad.toml").write_text(plan_text().replace("sim/interactions.parquet", "bad.csv"))
    refused = ran(*arguments)
    assert refused.code == 1
    assert "--on-error quarantine" in refused.err
    # the log is read then; so short a one is not enough to train on
    further = 0 if arguments[0] == "pulse" else 2
    assert ran(*arguments, "--on-error", "quarantine").code == further
    assert ran(*arguments, "--quarantine", "refused.parquet").code == further
    assert len(pd.read_parquet("refused.parquet")) == 3
