"""What is trained on several tables is scored on several tables, however they are named."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cxchurn.interactions import Schema

from .cli_runs import plan_text, ran

PARTS = ("purchase", "rest")


@pytest.fixture
def two(bench: Path) -> Path:
    """The company's log in two files with a schema each; as sources of a TOML file, too."""
    whole = pd.read_parquet("sim/interactions.parquet")
    bought = whole["kind"] == "purchase"
    for name, rows in zip(PARTS, (whole[bought], whole[~bought]), strict=True):
        rows.to_parquet(f"{name}.parquet")
    text = Schema.from_toml("sim/schema.toml").to_toml()
    sources = "".join(f'[[source]]\ndata = "{name}.parquet"\n\n' for name in PARTS)
    Path("log.toml").write_text(text + "\n" + sources)
    said = "".join(f'[[log.source]]\ninteractions = "{name}.parquet"\nschema = "sim/schema.toml"\n' for name in PARTS)
    Path("train.toml").write_text(said + '[log]\ncustomers = "sim/customers.parquet"\n' + plan_text(log=None))
    return bench


def scored(*log: str) -> str:
    found = ran("score", "--model", "model", "--customers", "sim/customers.parquet", "--out", "s.csv", "--quiet", *log)
    assert found.code == 0, found.err
    return Path("s.csv").read_text()


def test_one_log_is_one_however_it_is_named(two: Path):
    schema = "sim/schema.toml"
    whole = scored("--log", "sim/interactions.parquet", "--schema", schema)
    pairs = [part for name in PARTS for part in ("--log", f"{name}.parquet", "--schema", schema)]
    assert scored(*pairs) == whole
    # without schemas they are read by the one that the model has kept
    assert scored("--log", "purchase.parquet", "--log", "rest.parquet") == whole
    assert scored("--log", "log.toml") == whole
    assert scored("--log", "train.toml") == whole
    question = "SELECT * FROM 'purchase.parquet' UNION ALL BY NAME SELECT * FROM 'rest.parquet'"
    assert scored("--query", question, "--schema", schema) == whole


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--log", "nope.csv"), "there is no file nope.csv, which is named by [log] interactions, or --log."),
        (("--log", "rest.parquet", "--customers", "nope.csv"), "named by [log] customers, or --customers."),
        (("--log", "rest.parquet", "--schema", "nope.toml"), "named by [log] schema, or --schema."),
        (("--log", "rest.parquet", "--query", "SELECT 1"), "both --log and --query say what to read."),
        (("--log", "rest.parquet", "--uri", "x"), "--uri and --database go with --query."),
        (("--log", "a", "--log", "b", "--schema", "c"), "which is whose cannot be told."),
    ],
)
def test_what_names_no_log_is_said(two: Path, arguments: tuple[str, ...], says: str):
    found = ran("score", "--model", "model", "--out", "s.csv", *arguments)
    assert (found.code, says in found.err) == (2, True), found.err


def test_a_schema_is_written_and_read(two: Path):
    found = ran("schema", *(f"{name}.parquet" for name in PARTS))
    assert found.code == 0
    Path("own.toml").write_text(found.out)
    assert ran("validate", "own.toml").code == 0
