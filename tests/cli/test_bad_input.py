"""Whatever is wrong with what a command is given: an exit code, a message that helps, and nothing left behind."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from .bad_things import (
    HEAD,
    ROWS,
    SCHEMA,
    Bad,
    a_file_in_the_way,
    customers_twice,
    file,
    log,
    manifest,
    nothing,
    plan,
    store,
)
from .cli_runs import Workshop, files_below, plan_text, ran

DATA, USAGE, MISMATCH = 1, 2, 3
COMPANY = "--log sim/interactions.parquet --schema sim/schema.toml --customers sim/customers.parquet"
SCORE = f"score --model model {COMPANY} --out out"
SMALL = "score --model model --log log.csv --schema schema.toml --out out"
SIM = "validate sim/interactions.parquet"
TRAIN = "train train.toml"
SOURCES = '[[source]]\ndata = "log.csv"\nroles = {customer_id = "customer_id", timestamp = "timestamp", kind = "kind"}'

READ = [
    Bad("missing file", nothing, "validate nope.parquet", USAGE,
        "there is no file nope.parquet | Allowed: Parquet | Hint: check the path"),
    Bad("missing file, to be scored", nothing, "score --model model --log nope.csv --out out", USAGE,
        "there is no file nope.csv | Hint: check the path"),
    Bad("glob without matches", nothing, "validate no/*.parquet", USAGE,
        "no file matches no/*.parquet | Allowed: Parquet | Hint: check the path"),
    Bad("folder without data", Path("none").mkdir, "validate none", USAGE,
        "the folder none holds no data files | Hint:"),
    Bad("empty file", file("log.parquet", ""), "validate log.parquet", DATA,
        "this file is empty (0 bytes): log.parquet | Hint: copy or write it again"),
    Bad("not a Parquet file", file("log.parquet", HEAD + ROWS), "validate log.parquet", DATA,
        "log.parquet cannot be read | Hint: check that the file is whole"),
    Bad("truncated Parquet file", file("log.parquet", b"PAR1" + bytes(2000)), "validate log.parquet", DATA,
        "log.parquet cannot be read | Hint: check that the file is whole"),
    Bad("type that cannot be read", file("log.xlsx", "x"), "validate log.xlsx", DATA,
        "log.xlsx is of a type that cannot be read: .xlsx | Allowed: Parquet | Hint:"),
    Bad("zero rows", log(HEAD), "validate log.csv --schema schema.toml", DATA,
        "log.csv has no rows | Hint: check that it is the right file"),
    Bad("zero rows, guessed schema", log(HEAD), "validate log.csv", DATA, "log.csv has no rows | Hint:"),
    Bad("wrong columns", log("custmer_id,timestamp,kind\n" + ROWS), "validate log.csv --schema schema.toml", DATA,
        "log.csv has no column 'customer_id' | Allowed: custmer_id, timestamp, kind | did you mean 'custmer_id'?"),
    Bad("wrong columns, guessed schema", log("custmer_id,timestamp,kind\n" + ROWS), "validate log.csv", DATA,
        "no column was recognised as customer_id | Found: custmer_id, timestamp, kind | Hint: for customer_id: did you mean"),
    Bad("ids missing", log(HEAD + ROWS + ",2024-03-01T00:00:00Z,visit\n"), SMALL, DATA,
        '1 x customer_id_missing | row 3 | Hint: If these rows are wrong | on_error = "quarantine" under [log]'),
    Bad("times unparseable", log(HEAD + ROWS + "3,soon,visit\n4,2024-13-01,visit\n"), SMALL, DATA,
        "2 x time_unreadable (timestamp) | timestamp=soon | timestamp=2024-13-01 | Hint:"),
    Bad("mixed zones", log(HEAD + ROWS + "3,2024-03-01T00:00:00,visit\n"), SMALL, DATA,
        "1 x time_without_zone (timestamp) | others in the column have one | Hint:"),
    Bad("future times", log(HEAD + ROWS + "3,2924-03-01T00:00:00Z,visit\n"), SMALL, DATA,
        "1 x time_in_future (timestamp) | 2924-03-01 | Hint:"),
    Bad("several things at once", log(HEAD + ROWS + ",soon,\n"), SMALL, DATA,
        "customer_id_missing | time_unreadable | kind_missing | 3 rows read, 2 kept, 1 refused"),
    Bad("no row that keeps the rules", log(HEAD + "1,soon,visit\n"), "validate log.csv --quarantine out/bad.parquet", DATA,
        "no row is left | time_unreadable | Hint:", leaves=frozenset({"out", "out/bad.parquet"})),
    Bad("customers with duplicate ids", customers_twice, f"{SMALL} --customers customers.csv", DATA,
        "customers.csv | 2 x customer_twice | Hint:"),
    Bad("missing schema", nothing, f"{SIM} --schema nope.toml", USAGE,
        "there is no schema file nope.toml | Hint:"),
    Bad("schema with broken syntax", file("s.toml", "[roles"), f"{SIM} --schema s.toml", USAGE,
        "the schema file s.toml cannot be read"),
    Bad("schema with an unknown role", file("s.toml", SCHEMA + 'chanel = "x"\n'), f"{SIM} --schema s.toml", USAGE,
        "[roles] has the key 'chanel' | Allowed: customer_id"),
]  # fmt: skip

TRAINING = [
    Bad("missing TOML", nothing, TRAIN, USAGE,
        "there is no file train.toml | Hint: pipelines/train.toml is an example"),
    Bad("broken TOML", file("train.toml", "[log\n"), TRAIN, USAGE,
        "train.toml cannot be read as TOML | line 1 | Hint: pipelines/train.toml"),
    Bad("TOML that is no text", file("train.toml", b"\xff\xfe\x00"), TRAIN, USAGE,
        "train.toml cannot be read as TOML | Hint:"),
    Bad("folder for a TOML", nothing, "train sim", USAGE, "sim cannot be read as TOML | Hint:"),
    Bad("missing section", plan(cutoffs=None), TRAIN, USAGE,
        "train.toml lacks [cutoffs] | Allowed: all of log, churn, cutoffs | Hint:"),
    Bad("unknown section", file("train.toml", plan_text() + "[outputs]\n"), TRAIN, USAGE,
        "train.toml has the key 'outputs' | Allowed: | Hint: did you mean 'output'?"),
    Bad("unknown key", plan(cutoffs={"begin": "2024-01-01"}), TRAIN, USAGE,
        "[cutoffs] has the key 'begin' | Allowed: test_from, every, start, end, at | Hint:"),
    Bad("unknown key of the definition", plan(churn={"horizn": "60D"}), TRAIN, USAGE,
        "[churn] has the key 'horizn' | Hint: did you mean 'horizon'?"),
    Bad("unknown parameter of the classifier", plan(model={"classifier": {"n_estimator": 9}}), TRAIN, USAGE,
        "[model] classifier has the key 'n_estimator' | Hint: did you mean 'n_estimators'?"),
    Bad("unknown key of a source", file("train.toml", plan_text(log=None) + "[[log.source]]\npath = 'x'\n"), TRAIN, USAGE,
        "[[log.source]] has the key 'path' | Allowed: interactions, query | Hint:"),
    Bad("section that is no table", file("train.toml", 'model = "best"\n' + plan_text(model=None)), TRAIN, USAGE,
        "model is 'best' | Allowed: a table [model] | Hint:"),
    Bad("definition that is no table", file("train.toml", 'churn = "silent"\n' + plan_text(churn=None)), TRAIN, USAGE,
        "churn is 'silent' | Allowed: a table [churn] | Hint:"),
    Bad("number for text", plan(log={"schema": 5}), TRAIN, USAGE, "[log] schema is 5 | Allowed: text | Hint:"),
    Bad("text for a number", plan(model={"folds": "four"}), TRAIN, USAGE,
        "[model] folds is 'four' | Allowed: a whole number | Hint:"),
    Bad("empty name", plan(output={"experiment": ""}), TRAIN, USAGE,
        "[output] experiment is '' | Allowed: text | Hint:"),
    Bad("no interactions", plan(log={"interactions": None}), TRAIN, USAGE,
        "[log] names no interactions | Allowed: interactions, or query, or several [[log.source]] | Hint:"),
    Bad("neither start nor list", plan(cutoffs={"start": None}), TRAIN, USAGE,
        "[cutoffs] says neither start nor at, nor before | Hint:"),
    Bad("both start and list", plan(cutoffs={"at": ["2024-01-01"]}), TRAIN, USAGE,
        "[cutoffs] says both start and at | Hint:"),
    Bad("no test cut-off", plan(cutoffs={"test_from": None}), TRAIN, USAGE,
        "[cutoffs] does not say test_from | Hint: test_from ="),
    Bad("test cut-off that is no time", plan(cutoffs={"test_from": "soon"}), TRAIN, USAGE,
        "test_from is 'soon', which is not a time | Allowed: ISO 8601"),
    Bad("unknown definition", plan(churn={"definition": "inactive"}), TRAIN, USAGE,
        "[churn] has the definition 'inactive' | Allowed: inactivity, cancellation | Hint: did you mean 'inactivity'?"),
    Bad("no horizon", plan(churn={"horizon": None}), TRAIN, USAGE, "[churn] lacks horizon | Hint:"),
    Bad("bare-number horizon", plan(churn={"horizon": 60}), TRAIN, USAGE,
        "horizon is 60, a bare int | Allowed: a whole number and a unit | Hint: write horizon='60D'"),
    Bad("bare-number horizon, said before the log is looked for",
        plan(churn={"horizon": 60}, log={"interactions": "nope.parquet"}), TRAIN, USAGE, "horizon is 60"),
    Bad("horizon of months", plan(churn={"horizon": "2M"}), TRAIN, USAGE,
        "'2M' has the unit 'M' | Hint: months and years differ in length"),
    Bad("unknown kinds", plan(churn={"kinds": ["visit", "purchse"]}), TRAIN, USAGE,
        "kinds names the kind 'purchse', which never occurs | Allowed: purchase | Hint: did you mean 'purchase'?"),
    Bad("kinds that are text", plan(churn={"kinds": "visit"}), TRAIN, USAGE,
        "kinds is the text 'visit' | Allowed: | Hint:"),
    Bad("kinds that are a number", plan(churn={"kinds": 7}), TRAIN, USAGE, "kinds is 7 | Allowed: | Hint:"),
    Bad("horizon longer than the log", plan(churn={"horizon": "700D"}), TRAIN, USAGE,
        "no label window is finished | Allowed: a cut-off, a gap (0D) and a horizon (700D) | Hint: choose earlier cut-offs"),
    Bad("cut-off before the log", plan(cutoffs={"start": "2023-05-01"}), TRAIN, USAGE,
        "3 of 12 cut-offs lie outside the log: 2023-05-01 | Allowed: after 2023-07-01 | Hint:"),
    Bad("cut-off after the log", plan(cutoffs={"end": "2024-09-01"}), TRAIN, USAGE,
        "2 of 11 cut-offs lie outside the log: 2024-08-01, 2024-09-01 | Allowed: after 2023-07-01 | Hint:"),
    Bad("test_from after the last cut-off", plan(cutoffs={"test_from": "2024-04-02"}), TRAIN, USAGE,
        "no cut-off is at or after 2024-04-02 | Allowed: up to 2024-04-01 | Hint: split earlier"),
    Bad("test_from too early to train", plan(cutoffs={"test_from": "2023-12-01"}), TRAIN, USAGE,
        "no row is finished by 2023-12-01 | Allowed: | Hint: split later"),
    Bad("no eligible customers", plan(churn={"active_within": "1s"}), TRAIN, DATA,
        "nobody is eligible at any cut-off | Allowed: at least one customer | Hint: choose later cut-offs"),
    # the store is opened before the training, so that a long training does not end in vain
    Bad("one class only", plan(churn={"definition": "cancellation", "horizon": "1s", "active_within": None}), TRAIN, DATA,
        "0 churners; at least 10 are needed to train at all. | Allowed: 10 or more | Hint: add cut-offs", store=True),
    Bad("parameters out of range", plan(model={"classifier": {"n_estimators": 0, "learning_rate": "fast"}}), TRAIN, USAGE,
        "n_estimators=0, learning_rate='fast' | Allowed: n_estimators: a whole number, 1 or more | Hint:", store=True),
    Bad("bare-number look-back", plan(model={"lookback": 365}), TRAIN, USAGE,
        "[model] lookback is 365 | Allowed: text | Hint:"),
    Bad("look-back of months", plan(model={"lookback": "12M"}), TRAIN, USAGE,
        "'12M' has the unit 'M' | Hint: months and years differ in length"),
    Bad("no trial to tune with", plan(model={"tune": 0}), TRAIN, USAGE,
        "[model] tune is 0 | Allowed: a whole number, 1 or more | Hint:"),
    Bad("missing log", plan(log={"interactions": "nope.parquet"}), TRAIN, USAGE,
        "there is no file nope.parquet | Hint:"),
    Bad("store of an unknown kind", plan(output={"tracking_uri": "nosuch://store"}), TRAIN, USAGE,
        "the MLflow store nosuch://store cannot be used | Allowed: a local store such as | Hint: check the address"),
    Bad("store that is no database", store("sqlite:///text.db", "text.db", "text " * 1000), TRAIN, USAGE,
        "the MLflow store sqlite:///text.db cannot be used | Hint:"),
    Bad("store below a file", store("sqlite:///taken/m.db", "taken", ""), TRAIN, USAGE,
        "the MLflow store sqlite:///taken/m.db cannot be used | Hint:"),
]  # fmt: skip

SCORING = [
    Bad("model that is none", nothing, SCORE.replace("--model model", "--model sim"), USAGE,
        "sim is not a saved model | Allowed: a folder written by model.save | Hint: check the path"),
    Bad("model that is missing", nothing, SCORE.replace("--model model", "--model nope"), USAGE,
        "nope is not a saved model | Hint: check the path"),
    Bad("damaged model", file("model/lightgbm.txt", "tree"), SCORE, DATA,
        "model/lightgbm.txt was changed | Hint: copy the folder again, or retrain"),
    Bad("incomplete model", lambda: Path("model/features.json").unlink(), SCORE, DATA,
        "model is incomplete: features.json is missing | Hint: copy the whole folder again"),
    Bad("damaged manifest", file("model/manifest.json", '{"format"'), SCORE, DATA,
        "model/manifest.json is damaged | Hint: copy the whole folder again"),
    Bad("manifest without checksums", manifest(sha256=[]), SCORE, DATA, "model/manifest.json is damaged | Hint:"),
    Bad("model of a future format", manifest(format=99), SCORE, MISMATCH,
        "model has the format 99 | Hint: use the version of cxchurn that saved it, or train it again"),
    Bad("model of version 0.1", manifest(format=2), SCORE, MISMATCH,
        "model was saved by version 0.1 | Allowed: a model of the format 5 | Hint: train it again"),
    Bad("log that lacks the model's roles", log(HEAD + ROWS), SMALL, MISMATCH,
        "the log lacks case_id | Allowed: a log with the roles | Hint:"),
    Bad("cut-off beyond the log", nothing, f"{SCORE} --at 2024-07-02", USAGE,
        "the cut-off 2024-07-02 lies outside the log | up to 2024-07-01 | Hint: say observed_until under [log]"),
    Bad("cut-off before the log", nothing, f"{SCORE} --at 2023-07-01", USAGE,
        "the cut-off 2023-07-01 lies outside the log | Allowed: after 2023-07-01 | Hint: score later"),
    Bad("cut-off that is no time", nothing, f"{SCORE} --at soon", USAGE,
        "at is 'soon', which is not a time | Allowed: ISO 8601"),
]  # fmt: skip

UNWRITABLE = [
    Bad("scores below a file", a_file_in_the_way, SCORE.replace("--out out", "--out taken/scores.csv"), USAGE,
        "cannot write to taken: taken is a file | Hint: choose a folder you may write to"),
    Bad("folder of scores below a file", a_file_in_the_way, SCORE.replace("--out out", "--out taken/scores"), USAGE,
        "cannot write to taken/scores: taken is a file | Hint:"),
    Bad("folder where the scores should be", Path("out.csv").mkdir, SCORE.replace("--out out", "--out out.csv"), USAGE,
        "cannot write to out.csv: Is a directory | Hint:"),
    Bad("training below a file", a_file_in_the_way, TRAIN, USAGE, "cannot write to taken/out: taken is a file | Hint:"),
    Bad("simulation below a file", a_file_in_the_way, "simulate --out taken/sim", USAGE,
        "cannot write to taken/sim: taken is a file | Hint:"),
    Bad("demonstration below a file", a_file_in_the_way, "demo --out taken", USAGE,
        "cannot write to taken: taken is a file | Hint:"),
    Bad("refused rows below a file", a_file_in_the_way, "validate log.csv --quarantine taken/refused.parquet", USAGE,
        "cannot write to taken: taken is a file | Hint:"),
    Bad("scores over the log", nothing, SCORE.replace("--out out", "--out sim/interactions.parquet"), USAGE,
        "sim/interactions.parquet would be written over, or into, what is read | Hint: write to another file"),
    Bad("scores into the model", nothing, SCORE.replace("--out out", "--out model"), USAGE,
        "model/scores.parquet would be written over, or into, what is read: model"),
    Bad("scores over a file that is asked", nothing,
        SCORE.replace("--out out", "--out sim/interactions.parquet").replace(
            "--log sim/interactions.parquet", "--query SELECT*FROM'sim/*.parquet'"), USAGE,
        "sim/interactions.parquet would be written over, or into, what is read: sim/*.parquet"),
    Bad("scores and refused rows in one file", nothing,
        SCORE.replace("--out out", "--out new.parquet --quarantine new.parquet"), USAGE,
        "new.parquet would be written twice. | Hint: name a file for each output."),
    Bad("simulation over a log", file("interactions.parquet", HEAD), "simulate --out .", USAGE,
        ". holds interactions.parquet, and no earlier simulation | Allowed: a new folder"),
    Bad("refused rows over a source", file("sources.toml", SOURCES),
        "validate sources.toml --quarantine log.csv", USAGE, "log.csv would be written over, or into, what is read"),
    Bad("scores of a type that is not written", nothing, SCORE.replace("--out out", "--out out.duckdb"), USAGE,
        "scores cannot be written to out.duckdb | Allowed: a file ending in .parquet or .csv, or a folder"),
    Bad("refused rows over the log", log(HEAD + ROWS), "validate log.csv --quarantine log.csv", USAGE,
        "log.csv would be written over, or into, what is read"),
    Bad("refused rows of a type that is not written", log(HEAD + ROWS), "validate log.csv --quarantine q.xlsx", USAGE,
        "cannot be written to q.xlsx | Allowed: a file ending in .parquet or .csv"),
    Bad("model over the log", plan(output={"folder": "."}, log={"interactions": "model/manifest.json"}), TRAIN, USAGE,
        "model would be replaced, and holds what is read: model/manifest.json"),
]  # fmt: skip

COMMAND_LINE = [
    Bad("unknown command", nothing, "scor", USAGE, "Error: No such command 'scor' | Try 'cxchurn -h' for help"),
    Bad("unknown option", nothing, f"{SCORE} --reason 3", USAGE,
        "Error: No such option: --reason | Try 'cxchurn score -h' for help"),
    Bad("missing option", nothing, "score --model model --out out", USAGE,
        "Error: Missing option '--log' | Try 'cxchurn score -h'"),
    Bad("missing argument", nothing, "validate", USAGE, "Error: Missing argument 'LOG' | Try 'cxchurn validate -h'"),
    Bad("argument too many", nothing, f"{TRAIN} more.toml", USAGE, "Error: Got unexpected extra argument | more.toml"),
    Bad("option without its value", nothing, "simulate --out", USAGE, "Error: Option '--out' requires an argument"),
    Bad("text for a number", nothing, f"{SCORE} --reasons many", USAGE,
        "Error: Invalid value for '--reasons' | integer"),
    Bad("number out of range", nothing, f"{SCORE} --reasons 21", USAGE, "Error: Invalid value for '--reasons' | 20"),
    Bad("nobody to simulate", nothing, "simulate --out out --customers 0", USAGE,
        "Error: Invalid value for '--customers' | 1"),
    Bad("simulation that is too short", nothing, "simulate --out out --end 2023-08-01", USAGE,
        "from 2023-07-01 to 2023-08-01 | Allowed: two dates at least 90 days apart"),
    Bad("simulation from no time", nothing, "simulate --out out --start soon", USAGE,
        "start is 'soon', which is not a time | Allowed: ISO 8601"),
]  # fmt: skip


@pytest.mark.parametrize("bad", [*READ, *TRAINING, *SCORING, *UNWRITABLE, *COMMAND_LINE], ids=lambda bad: bad.name)
def test_bad_input_is_answered_with_a_message_and_leaves_nothing(bad: Bad, bench: Path, workshop: Workshop):
    bad.prepare()
    if bad.store:
        shutil.copy(workshop.folder / "mlflow.db", bench)
    before = files_below(bench)
    told = ran(*bad.command.split())
    assert told.code == bad.code, told.err
    assert "Error: " in told.err
    assert "Traceback" not in told.err
    assert bad.unsaid(told.err) == [], told.err
    assert files_below(bench) - before == bad.leaves


def test_what_was_there_before_a_failure_stays_as_it_was(bench: Path):
    Path("out").mkdir()
    Path("out/scores.parquet").write_bytes(b"of yesterday")
    assert ran(*f"{SCORE} --at 2030-01-01".split()).code == USAGE
    assert Path("out/scores.parquet").read_bytes() == b"of yesterday"


def test_a_model_is_not_written_over_something_else(bench: Path, workshop: Workshop):
    plan()()
    shutil.copy(workshop.folder / "mlflow.db", bench)
    file("out/model", "a file of the user's")()
    told = ran(*TRAIN.split())
    assert told.code == USAGE
    assert "out/model exists and is not a saved model" in told.err
    assert Path("out/model").read_text() == "a file of the user's"
    assert files_below(bench / "out") == {"model"}
