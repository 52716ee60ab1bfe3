"""What the commands do when all is well."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pandas as pd
import pytest

import cxchurn as cx
from cxchurn.cli._config import churn_of, cutoffs_of, model_of, read_config
from cxchurn.cli._log_part import read_log

from .bad_things import HEAD, SCHEMA
from .cli_runs import PLAN, SCORE, Workshop, files_below, plan_text, ran

ROWS = HEAD + "1,2024-01-05T10:00:00Z,visit\n2,2024-02-01T10:00:00Z,purchase\n"


# validate


@pytest.mark.parametrize(("more", "code"), [("", 0), ("3,soon,visit\n", 1)])
def test_validate_prints_the_report_of_validate_interactions(here: Path, more: str, code: int):
    Path("log.csv").write_text(ROWS + more)
    Path("schema.toml").write_text(SCHEMA)
    told = ran("validate", "log.csv", "--schema", "schema.toml")
    assert told.code == code
    found = cx.validate_interactions("log.csv", "schema.toml")
    assert told.out.startswith(f"{found}\n")
    assert found.description.short() in told.out
    assert json.loads(ran("validate", "log.csv", "--schema", "schema.toml", "--json").out) == found.to_dict()
    assert files_below(here) == {"log.csv", "schema.toml"}


def test_validate_writes_the_refused_rows(here: Path):
    Path("log.csv").write_text(ROWS + "3,soon,visit\n,2024-03-01,visit\n")
    told = ran("validate", "log.csv", "--quarantine", "kept/refused.parquet")
    assert told.code == 1
    assert "2 refused" in told.out
    refused = pd.read_parquet("kept/refused.parquet")
    assert refused["timestamp"].tolist() == ["soon", "2024-03-01"]
    assert files_below(here) == {"log.csv", "kept", "kept/refused.parquet"}


def test_validate_counts_the_customers_table(here: Path):
    Path("log.csv").write_text(ROWS)
    Path("customers.csv").write_text("customer_id,plan\n1,a\n1,b\n2,a\n")
    told = ran("validate", "log.csv", "--customers", "customers.csv")
    assert (told.code, "2 x customer_twice" in told.out) == (1, True)


# train


def test_train_leaves_the_model_and_report_that_the_file_names(workshop: Workshop):
    assert workshop.trained.code == 0, workshop.trained.err
    assert {path.name for path in workshop.folder.iterdir()} == {"sim", "train.toml", "out", "mlflow.db", "mlruns"}
    assert {path.name for path in (workshop.folder / "out").iterdir()} == {"model", "report.html"}
    store = sqlite3.connect(workshop.folder / "mlflow.db")
    runs = store.execute("SELECT r.status, e.name FROM runs r JOIN experiments e USING (experiment_id)").fetchall()
    store.close()
    assert runs == [("FINISHED", PLAN["output"]["experiment"])]


def test_train_keeps_the_model_of_all_cutoffs_with_the_parameters_given(workshop: Workshop):
    files = workshop.folder / "sim"
    log = cx.read_interactions(
        files / "interactions.parquet", files / "schema.toml", customers=files / "customers.parquet"
    )
    churn = cx.Inactivity("60D", active_within="90D")
    panel = cx.make_panel(log, churn, cutoffs=cx.monthly("2023-11-01", "2024-04-01"))
    same = cx.ChurnModel(churn, classifier=cx.ChurnClassifier(n_estimators=30), folds=2).fit(panel)
    assert cx.load_model(workshop.folder / "out" / "model").version_ == same.version_


@pytest.mark.parametrize(("option", "in_file", "trials"), [((), 2, 2), (("--tune", 3), 2, 3), (("--tune", 1), None, 1)])
def test_train_tunes_on_request(
    bench: Path, monkeypatch: pytest.MonkeyPatch, option: tuple, in_file: int | None, trials: int
):
    """What is asked for reaches the model; the trials themselves are tried elsewhere."""
    asked = []
    monkeypatch.setattr(
        "cxchurn.cli.commands._commands.train_on", lambda log, blank, *rest: asked.append(blank) or 1 / 0
    )
    Path("train.toml").write_text(plan_text(model={"tune": in_file}))
    with pytest.raises(ZeroDivisionError):
        ran("train", "train.toml", *option)
    assert [one.tune for one in asked] == [trials]


def test_train_looks_back_as_far_as_the_file_says(here: Path):
    for lookback in (None, "200D"):
        Path("train.toml").write_text(plan_text(model={"lookback": lookback}))
        said = read_config(Path("train.toml"))
        assert model_of(churn_of(said.churn), said.model).lookback == lookback


def test_dates_may_be_written_as_toml_writes_them(here: Path):
    Path("text.toml").write_text(plan_text(cutoffs={"at": ["2024-02-01T12:00:00", "2024-04-01"], "start": None}))
    bare = Path("text.toml").read_text()
    for date in ('"2024-02-01T12:00:00"', '"2024-04-01"'):
        bare = bare.replace(date, date.strip('"'))
    Path("bare.toml").write_text(bare)
    assert '"2024' not in bare.split("[cutoffs]")[1]
    assert read_config(Path("bare.toml")) == read_config(Path("text.toml"))
    assert cutoffs_of(read_config(Path("bare.toml")).cutoffs) == ["2024-02-01T12:00:00", "2024-04-01"]


@pytest.mark.parametrize(("every", "means"), [("month", "month"), ("week", "7D"), ("14D", "14D")])
def test_cutoffs_are_regular(here: Path, every: str, means: str):
    Path("train.toml").write_text(plan_text(cutoffs={"every": every}))
    cutoffs = cutoffs_of(read_config(Path("train.toml")).cutoffs)
    assert (cutoffs.distance, cutoffs.start, cutoffs.end) == (means, "2023-11-01", "2024-04-01")


def test_cutoffs_before_a_date_of_the_customers_own(here: Path):
    Path("train.toml").write_text(
        plan_text(cutoffs={"start": None, "end": None, "before": "due", "spans": ["60D", "30D"]})
    )
    assert cutoffs_of(read_config(Path("train.toml")).cutoffs) == cx.before("due", "60D", "30D")
    Path("train.toml").write_text(plan_text(cutoffs={"before": "due"}))
    with pytest.raises(cx.UsageError, match="both start and before"):
        read_config(Path("train.toml"))


def test_churn_may_be_said_with_conditions_and_what_ends_a_customer():
    said = {"definition": "inactivity", "horizon": "60D", "ended_by": []}
    said["kinds"] = {"kind": ["purchase", "order"], "at_least": {"value": 0.01}}
    paid = cx.where(kind=("purchase", "order"), at_least={"value": 0.01})
    assert churn_of(said) == cx.Inactivity("60D", kinds=paid, ended_by=())
    ended = {"definition": "cancellation", "horizon": "30D", "but": ["payment failed"], "returns": "any"}
    assert churn_of(ended) == cx.Cancellation(horizon="30D", but=("payment failed",), returns="any")
    with pytest.raises(cx.UsageError, match="returns is a table"):
        churn_of(ended | {"returns": {"kind": "visit"}})


def test_a_log_of_several_sources(here: Path):
    Path("visits.csv").write_text(ROWS)
    Path("orders.csv").write_text(ROWS.replace("2024", "2023"))
    Path("schema.toml").write_text(SCHEMA)
    sources = '[[log.source]]\ninteractions = "visits.csv"\nschema = "schema.toml"\n'
    sources += '[[log.source]]\ninteractions = "orders.csv"\nschema = "schema.toml"\n'
    Path("train.toml").write_text(plan_text(log=None) + sources)
    assert read_log(read_config(Path("train.toml")).log).events.num_rows == 4  # two rows each


# score


@pytest.fixture
def scores(bench: Path) -> pd.DataFrame:
    """What the library says about the same model, log and instant."""
    log = cx.read_interactions("sim/interactions.parquet", "sim/schema.toml", customers="sim/customers.parquet")
    return cx.score(cx.load_model("model"), log, at="2024-06-15", reasons=2)


@pytest.mark.parametrize(
    ("out", "file"),
    [("new/s.parquet", "new/s.parquet"), ("s.csv", "s.csv"), ("scores", "scores/scores.parquet")],
)
def test_score_writes_what_the_library_says(scores: pd.DataFrame, bench: Path, out: str, file: str):
    before = files_below(bench)
    told = ran(*SCORE, "--at", "2024-06-15", "--reasons", 2, "--out", out)
    assert told.code == 0, told.err
    assert files_below(bench) - before == {file, str(Path(file).parent)} - {"."}
    if file.endswith(".csv"):
        # a text says on whose clock it is
        zoned = scores.assign(as_of=scores["as_of"].dt.tz_localize("UTC"))
        assert Path(file).read_text() == zoned.to_csv(index=False)
    else:
        pd.testing.assert_frame_equal(pd.read_parquet(file), scores)
    assert f"  scores  {file}\n" in told.out


def test_score_is_as_of_the_end_of_the_log_unless_told_otherwise(bench: Path):
    assert ran(*SCORE, "--reasons", 0, "--out", "end.parquet").code == 0
    later = ["--observed-until", "2024-07-10", "--at", "2024-07-10"]
    assert ran(*SCORE, *later, "--reasons", 0, "--out", "later.parquet").code == 0
    at = {name: set(pd.read_parquet(f"{name}.parquet")["as_of"]) for name in ("end", "later")}
    assert at == {"end": {pd.Timestamp("2024-07-01")}, "later": {pd.Timestamp("2024-07-10")}}
    assert not [name for name in pd.read_parquet("end.parquet") if name.startswith("reason")]


def test_scoring_again_gives_the_same_bytes(bench: Path):
    for name in ("one.parquet", "two.parquet"):
        assert ran(*SCORE, "--out", name).code == 0
    assert Path("one.parquet").read_bytes() == Path("two.parquet").read_bytes()


def test_a_log_larger_than_the_memory_it_may_take_gives_the_same_scores(bench: Path):
    for name, more in (("whole.csv", ()), ("parts.csv", ("--memory-limit", "1MB"))):
        assert ran(*SCORE, "--reasons", 2, "--out", name, *more).code == 0
    assert Path("whole.csv").read_bytes() == Path("parts.csv").read_bytes()


def test_a_history_shorter_than_the_model_ever_saw_is_refused_unless_allowed(bench: Path):
    events = pd.read_parquet("sim/interactions.parquet")
    events[events["timestamp"] >= "2024-05-01"].to_parquet("recent.parquet")
    short = [{"sim/interactions.parquet": "recent.parquet"}.get(word, word) for word in SCORE]
    told = ran(*short, "--out", "s.csv")
    assert told.code == 3
    # the model's cut-offs are 2023-11-01 to 2024-04-01, its log begins on 2023-07-01: 123 to 275 days
    assert "histories reach back 61 days from 2024-07-01" in told.err
    assert "(--allow-shallow)" in told.err
    assert not Path("s.csv").exists()
    allowed = ran(*short, "--out", "s.csv", "--allow-shallow")
    assert allowed.code == 0
    assert "histories reach back 61 days" in allowed.err
    assert Path("s.csv").exists()


def test_a_memory_limit_that_is_none_is_a_wrong_call(bench: Path):
    told = ran(*SCORE, "--out", "s.csv", "--memory-limit", "plenty")
    assert told.code == 2
    assert "plenty" in told.err
    assert not Path("s.csv").exists()


# simulate


@pytest.fixture
def comparing(bench: Path) -> Path:
    """A model, in its place, that compares customers with each other, as the small set of families does not."""
    log = cx.read_interactions("sim/interactions.parquet", "sim/schema.toml", customers="sim/customers.parquet")
    churn = cx.Inactivity("60D", active_within="90D")
    panel = cx.make_panel(log, churn, cutoffs=cx.monthly("2023-11-01", "2024-04-01"))
    trees = cx.ChurnClassifier(n_estimators=20, n_jobs=1)
    model = cx.ChurnModel(churn, features=[cx.Activity(), cx.Standing()], classifier=trees, folds=2).fit(panel)
    model.save(bench / "model")
    return bench


def test_a_model_that_compares_nobody_has_nothing_to_refresh(bench: Path):
    told = ran(*SCORE, "--out", "fresh", "--refresh")
    assert told.code == 0, told.err
    assert "The model compares customers with nobody" in told.out
    assert cx.read_references(bench / "fresh") == cx.References()


def test_tables_are_made_or_named_and_not_both(bench: Path):
    told = ran(*SCORE, "--out", "s.csv", "--refresh", "--references", "references.json")
    assert told.code == 2
    assert "one of them" in told.err
    told = ran(*SCORE, "--out", "s.csv", "--references", "references.json")
    assert told.code == 2
    assert "no file references.json" in told.err
    assert not Path("s.csv").exists()


def test_score_compares_with_everybody_as_of_this_week_when_asked(comparing: Path):
    bench = comparing
    plain = ran(*SCORE, "--out", "plain", "--at", "2024-06-12")
    fresh = ran(*SCORE, "--out", "fresh", "--at", "2024-06-12", "--refresh")
    assert (plain.code, fresh.code) == (0, 0), fresh.err
    assert files_below(bench / "plain") == {"scores.parquet"}
    assert files_below(bench / "fresh") == {"scores.parquet", "references.json"}
    assert "Compared with customers in general as of 2024-06-10 (references 2024-06-10-" in fresh.out.replace("\n", " ")
    tables = cx.read_references(bench / "fresh")
    scores = pd.read_parquet(bench / "fresh" / "scores.parquet")
    assert set(scores["references_version"]) == {tables.version("2024-06-12")}
    assert set(scores["references_version"]) != set(
        pd.read_parquet(bench / "plain" / "scores.parquet")["references_version"]
    )
    # a run over some customers compares by the tables of the run over everybody
    some = pd.read_parquet(bench / "sim" / "interactions.parquet")
    some = some[some["customer_id"].isin(sorted(some["customer_id"].unique())[::10])]
    some.to_parquet(bench / "sim" / "interactions.parquet")
    again = ran(*SCORE, "--out", "again", "--at", "2024-06-12", "--references", "fresh/references.json")
    assert again.code == 0, again.err
    part = pd.read_parquet(bench / "again" / "scores.parquet")
    whole = scores[scores["customer_id"].isin(part["customer_id"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(part, whole, check_exact=True)
    refused = ran(*SCORE, "--out", "few", "--at", "2024-06-12", "--refresh")
    assert refused.code == 3
    assert "it hardly holds everybody" in refused.err
    assert not (bench / "few").exists()


def test_simulate_gives_the_same_bytes_for_the_same_seed(here: Path):
    options = ["--customers", 20, "--start", "2024-01-01", "--end", "2024-06-01", "--random-state"]
    for out, seed in (("one", 3), ("two", 3), ("other", 4)):
        assert ran("simulate", "--out", out, *options, seed).code == 0
    names = {"customers.parquet", "effects.json", "interactions.parquet", "schema.toml", "truth.parquet"}
    assert files_below(here / "one") == names
    assert [name for name in names if Path("one", name).read_bytes() != Path("two", name).read_bytes()] == []
    assert Path("one/interactions.parquet").read_bytes() != Path("other/interactions.parquet").read_bytes()
    assert pd.read_parquet("one/customers.parquet")["customer_id"].nunique() == 20
