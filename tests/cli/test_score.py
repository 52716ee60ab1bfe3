"""The nightly command: options, a TOML, a summary for machines, and ends that are no accident."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pandas as pd
import pytest

import cxchurn as cx
from cxchurn.scoring.batch import _prepared

from .cli_runs import SCORE, files_below, ran, too_wide

TOML = """
[log]
interactions = "sim/interactions.parquet"
schema = "sim/schema.toml"
customers = "sim/customers.parquet"

[score]
model = "model"
at = 2024-06-15
out = "night/s.parquet"
reasons = 1
bands = "capacity: 5, 10"
intervals = false
value = "household"
"""


class TestToml:
    def test_says_what_options_say(self, bench: Path):
        Path("score.toml").write_text(TOML)
        assert ran("score", "score.toml").code == 0
        more = ["--bands", "capacity: 5, 10", "--value", "household", "--reasons", 1]
        assert ran(*SCORE, *more, "--at", "2024-06-15", "--out", "s.parquet").code == 0
        assert Path("s.parquet").read_bytes() == Path("night/s.parquet").read_bytes()
        found = pd.read_parquet("s.parquet")
        assert found["band"].value_counts()[["high", "medium"]].tolist() == [5, 10]
        assert {"value", "expected_loss", "reason_1"} < set(found)

    def test_goes_after_options(self, bench: Path):
        Path("score.toml").write_text(TOML)
        assert ran("score", "score.toml", "--reasons", 0, "--out", "other.csv", "--top", 3).code == 0
        found = pd.read_csv("other.csv")
        assert len(found) == 3
        assert "reason_1" not in found
        assert not Path("night").exists()

    @pytest.mark.parametrize(
        ("change", "says"),
        [
            (("bands =", "band ="), "did you mean 'bands'"),
            (("intervals = false", 'intervals = "yes"'), "true or false"),
            (("intervals = false", "intervals = true"), "an interval cannot be stated from"),
            (("reasons = 1", 'reasons = "few"'), "a whole number"),
            (('model = "model"', ""), "Missing option '--model'"),
            (("[score]", "[scores]"), "did you mean 'score'"),
            (('"capacity: 5, 10"', '"capasity: 5"'), "did you mean 'capacity'"),
        ],
    )
    def test_with_a_mistake_is_wrong_usage(self, change, says, bench: Path):
        Path("score.toml").write_text(TOML.replace(*change))
        told = ran("score", "score.toml")
        assert told.code in (1, 2)
        assert says in told.err
        assert not Path("night").exists()

    def test_that_is_not_there(self, bench: Path):
        told = ran("score", "no.toml")
        assert told.code == 2
        assert "there is no file no.toml" in told.err


def test_the_summary_for_machines_is_printed_and_lies_beside(bench: Path):
    told = ran(*SCORE, "--at", "2024-06-15", "--out", "s.parquet", "--json")
    assert told.code == 0, told.err
    said = json.loads(told.out)
    assert json.loads(Path("s.summary.json").read_text()) == said
    assert set(said["seconds"]) == {"reading", "preparing", "scoring", "writing"}
    assert said["rows"] == len(pd.read_parquet("s.parquet"))
    assert said["log"]["refused"] == 0
    assert said["model_version"] == cx.load_model("model").version_


def test_how_many_will_leave_in_all_is_said_with_how_sure_that_is(bench: Path):
    told = ran(*SCORE, "--at", "2024-06-15", "--out", "s.parquet")
    summary = json.loads(ran(*SCORE, "--at", "2024-06-15", "--out", "s.parquet", "--json").out)
    low, high = summary["mean_probability_range"]
    assert low < summary["mean_probability"] < high
    said = " ".join(told.out.split())
    assert f"About {summary['mean_probability']:.0%} of those asked about are expected to leave" in said
    assert f"{low:.0%} to {high:.0%}." in said


def test_quiet_is_quiet(bench: Path):
    told = ran(*SCORE, "--at", "2024-06-15", "--out", "s.parquet", "--quiet")
    assert (told.code, told.out) == (0, "")
    assert "reading interactions" not in told.err
    assert Path("s.parquet").exists()


def test_log_lines_say_when(bench: Path):
    told = ran(*SCORE, "--at", "2024-06-15", "--out", "s.parquet")
    lines = told.err.splitlines()
    assert lines
    assert all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ ", line) for line in lines), lines


def test_who_is_not_to_be_listed_is_not_and_is_said(bench: Path):
    some = pd.read_parquet("sim/customers.parquet")["customer_id"].drop_duplicates().head(4).tolist()
    Path("opt-out.txt").write_text("\n".join([*some, "nobody"]))
    told = ran(*SCORE, "--at", "2024-06-15", "--out", "s.csv", "--exclude", "opt-out.txt", "--json")
    assert told.code == 0, told.err
    assert not set(some) & set(pd.read_csv("s.csv")["customer_id"])
    assert any("customers are not listed, as asked" in note for note in json.loads(told.out)["notes"])
    assert "1 of the 5 ids to be excluded fit nobody" in told.err


def test_nights_stand_side_by_side_and_are_compared(bench: Path):
    for at in ("2024-06-01", "2024-06-15"):
        assert ran(*SCORE, "--at", at, "--out", "scores", "--partitioned", "--reasons", 1).code == 0
    nights = [f"scores/night={at}T000000Z" for at in ("2024-06-01", "2024-06-15")]
    told = ran("compare", *nights, "--out", "changes.csv")
    assert told.code == 0, told.err
    assert too_wide(told.out) == []
    assert told.out.startswith("Scores as of 2024-06-01 and 2024-06-15")
    assert set(pd.read_csv("changes.csv")["change"]) > {"band up", "band down"}
    said = json.loads(ran("compare", *nights, "--json").out)
    assert said["summary"][0]["what"] == "customers"
    back = ran("compare", *reversed(nights))
    assert (back.code, "give them the other way round" in back.err) == (2, True)


def test_into_a_database_and_again(bench: Path):
    for _ in range(2):
        told = ran(*SCORE, "--at", "2024-06-15", "--out", "w.duckdb#nightly")
        assert told.code == 0, told.err
    assert "scores  w.duckdb#nightly" in told.out
    with duckdb.connect("w.duckdb", read_only=True) as connection:
        ((rows, customers),) = connection.execute(
            "SELECT count(*), count(DISTINCT customer_id) FROM nightly"
        ).fetchall()
    assert rows == customers > 0
    other = ran(*SCORE, "--at", "2024-06-15", "--out", "w.duckdb#nightly", "--reasons", 1)
    assert (other.code, "has other columns than the scores" in other.err) == (2, True)
    told = ran(*SCORE, "--out", "w.duckdb")
    assert (told.code, "w.duckdb#scores" in told.err) == (2, True)


def test_into_the_database_that_is_asked(bench: Path):
    with duckdb.connect("both.duckdb") as connection:
        connection.execute("CREATE TABLE log AS SELECT * FROM 'sim/interactions.parquet'")
    asked = [*SCORE[:3], "--query", "SELECT * FROM log", "--database", "both.duckdb", *SCORE[5:], "--at", "2024-06-15"]
    told = ran(*asked, "--out", "both.duckdb#scores")
    assert told.code == 0, told.err
    # the log is a table of other columns, whoever names it
    over = ran(*asked, "--out", "both.duckdb#log")
    assert (over.code, "has other columns than the scores" in over.err) == (2, True)
    with duckdb.connect("both.duckdb", read_only=True) as connection:
        counted = [connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in ("log", "scores")]
    assert counted[0] == len(pd.read_parquet("sim/interactions.parquet"))
    assert counted[1] > 0


def test_rows_that_break_a_rule_are_set_aside_when_asked(bench: Path):
    events = pd.read_parquet("sim/interactions.parquet")
    events.loc[events.index[:7], "customer_id"] = None
    events.to_parquet("broken.parquet")
    broken = [{"sim/interactions.parquet": "broken.parquet"}.get(word, word) for word in SCORE]
    refused = ran(*broken, "--at", "2024-06-15", "--out", "s.csv")
    assert refused.code == 1
    told = ran(*broken, "--at", "2024-06-15", "--out", "s.csv", "--quarantine", "refused.parquet")
    assert told.code == 0, told.err
    assert "7 of" in told.out
    assert len(pd.read_parquet("refused.parquet")) == 7
    assert (
        json.loads(ran(*broken, "--out", "t.csv", "--quarantine", "refused.parquet", "--json").out)["log"]["refused"]
        == 7
    )
    over = ran(*broken, "--out", "s.csv", "--quarantine", "broken.parquet")
    assert (over.code, "would be written over" in over.err) == (2, True)


OWN = """
import cxchurn as cx

class Weekends(cx.Builder):
    \"\"\"How much of what they do falls on weekends.\"\"\"

    driver = "weekends"

    def columns(self, seen):
        yield cx.Column("weekends_count_all", seen.count(), says="had {value:.0f} interactions")
"""


def test_own_builders_are_those_that_the_user_names(bench: Path, monkeypatch: pytest.MonkeyPatch):
    Path("own_builders.py").write_text(OWN)
    monkeypatch.syspath_prepend(str(bench))
    import own_builders

    log = cx.read_interactions("sim/interactions.parquet", "sim/schema.toml", customers="sim/customers.parquet")
    churn = cx.Inactivity("60D", active_within="90D")
    panel = cx.make_panel(log, churn, cutoffs=cx.monthly("2023-11-01", "2024-04-01"))
    builders = [cx.Activity(), own_builders.Weekends()]
    cx.ChurnModel(churn, features=builders, classifier=cx.ChurnClassifier(n_estimators=5), folds=2).fit(panel).save(
        "own"
    )
    own = [{"model": "own"}.get(word, word) for word in SCORE]
    refused = ran(*own, "--out", "s.csv")
    assert (refused.code, "Weekends" in refused.err) == (3, True)
    told = ran(*own, "--out", "s.csv", "--trust", "own_builders:Weekends")
    assert told.code == 0, told.err
    for bad, says in (("own_builders", "a colon"), ("no_such:Thing", "cannot be imported")):
        told = ran(*own, "--out", "s.csv", "--trust", bad)
        assert (told.code, says in told.err) == (2, True)


def test_a_folder_that_one_stands_in_brings_no_code(tmp_path: Path):
    """A model may come with files that are called like libraries; nothing of the working folder is looked at unasked."""
    for library in ("duckdb", "pandas", "own_builders"):
        (tmp_path / f"{library}.py").write_text("raise SystemExit('code of the working folder ran')")
    begin = "import sys; from cxchurn.cli._own import own_classes; before = [*sys.path]"
    nothing = f"{begin}; own_classes(()); assert sys.path == before"
    named = "; own_classes(['cxchurn:Schema']); assert sys.path[:-1] == before; import duckdb, pandas"
    for text in (nothing, nothing + named):
        command = [sys.executable, "-P", "-c", text]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def _command(*more: object) -> list[str]:
    return [sys.executable, "-m", "cxchurn", *map(str, SCORE), "--at", "2024-06-15", *map(str, more)]


@pytest.mark.prove
def test_a_pipe_that_nobody_reads_is_no_accident(bench: Path):
    with subprocess.Popen(
        _command("--out", "s.parquet"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        process.stdout.close()
        said = process.stderr.read()
        code = process.wait(60)
    assert code == 141
    assert "Traceback" not in said
    assert "Exception" not in said
    assert "what was written to files is whole" in said
    assert len(pd.read_parquet("s.parquet")) > 0


SLOW = """
import sys, time
from cxchurn.cli import main
from cxchurn.scoring.batch import _prepared
from cxchurn.scoring.batch._work import Work

_prepared.BATCH = 1
keep = Work.keep

def slowly(self, number, table):
    keep(self, number, table)
    if number == 1:
        print("two parts are done", flush=True)
        time.sleep(30)

Work.keep = slowly
main()
"""


@pytest.mark.prove
@pytest.mark.parametrize(
    ("told", "code"),
    [
        (signal.SIGTERM, 143),
        (signal.SIGINT, 130),
        (signal.SIGKILL, -9),
    ],
)
def test_a_run_that_is_stopped_can_be_gone_on_with(told, code, bench: Path, monkeypatch: pytest.MonkeyPatch):
    (bench / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(bench / "tmp"))
    monkeypatch.setattr(_prepared, "BATCH", 1)
    more = ["--out", "out/s.parquet", "--memory-limit", "5MB"]
    command = [sys.executable, "-c", SLOW, *_command(*more)[3:]]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "two parts are done\n"
        process.send_signal(told)
        said = process.stderr.read()
        assert process.wait(60) == code
    assert "Traceback" not in said
    assert files_below(bench / "out") == {
        ".s.parquet.work",
        *(f".s.parquet.work/{name}" for name in ("run.json", "part-00000.arrow", "part-00001.arrow")),
    }
    if told != signal.SIGKILL:
        assert "2 finished parts are kept in out/.s.parquet.work: --resume goes on with them" in said
        assert "Stopped. Nothing is half-written." in said
        assert files_below(bench / "tmp") == set()
    wrong = ran(*SCORE, *more, "--at", "2024-06-14", "--resume")
    assert (wrong.code, "are of another run: as_of" in wrong.err) == (2, True)
    assert ran(*SCORE, *more, "--at", "2024-06-15", "--resume").code == 0
    assert ran(*SCORE, "--at", "2024-06-15", "--out", "whole.parquet").code == 0
    assert Path("out/s.parquet").read_bytes() == Path("whole.parquet").read_bytes()
    assert files_below(bench / "out") == {"s.parquet"}


@pytest.mark.prove
def test_two_at_once_are_one_and_a_refusal(bench: Path):
    command = [sys.executable, "-c", SLOW, *_command("--out", "s.parquet", "--memory-limit", "5MB")[3:]]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "two parts are done\n"
        began = time.monotonic()
        second = ran(*SCORE, "--at", "2024-06-15", "--out", "s.parquet")
        assert (second.code, "another run is scoring into s.parquet" in second.err) == (2, True)
        assert time.monotonic() - began < 25
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


@pytest.mark.prove
def test_a_full_disk_is_said_while_the_log_is_divided(bench: Path, monkeypatch: pytest.MonkeyPatch):
    disk = bench / "disk"
    disk.mkdir()
    if os.system(f"mount -t tmpfs -o size=256k tmpfs '{disk}' 2>/dev/null"):
        pytest.skip("no disk may be made here")
    try:
        done = subprocess.run(
            _command("--out", "s.parquet", "--memory-limit", "5MB"),
            env={**os.environ, "TMPDIR": str(disk)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 2, done.stderr
        assert "Traceback" not in done.stderr
        assert "No space left on device" in done.stderr
        assert not Path("s.parquet").exists()
        assert files_below(disk) == set()
    finally:
        os.system(f"umount '{disk}'")
