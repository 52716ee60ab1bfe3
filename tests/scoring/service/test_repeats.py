"""A batch over a log whose rows came again gives the scores of the log, and says so."""

from __future__ import annotations

import json

import pandas as pd

from cxchurn.cli._app import run
from cxchurn.interactions import read_interactions
from cxchurn.scoring import score


def test_rows_that_came_again_change_no_score_and_are_told(rows, named, named_model, folder, tmp_path, capsys):
    twice = pd.concat([rows, rows.sample(500, random_state=3)])
    twice.to_parquet(tmp_path / "log.parquet")
    (tmp_path / "schema.toml").write_text(named.to_toml())
    out = tmp_path / "scores.parquet"
    about = ["--log", str(tmp_path / "log.parquet"), "--schema", str(tmp_path / "schema.toml"), "--at", "2024-09-01"]
    assert run(["score", "--model", str(folder), *about, "--out", str(out)]) == 0
    assert "500 rows of the log repeat others" in " ".join(capsys.readouterr().out.split())
    expected = score(named_model, read_interactions(rows, named), at="2024-09-01")
    found = pd.read_parquet(out)
    assert found["customer_id"].tolist() == expected["customer_id"].tolist()
    assert found["churn_probability"].equals(expected["churn_probability"])
    assert run(["score", "--model", str(folder), *about, "--out", str(tmp_path / "again.parquet"), "--json"]) == 0
    log = json.loads(capsys.readouterr().out)["log"]
    assert (log["rows_read"], log["rows"], log["repeated"], log["refused"]) == (len(rows) + 500, len(rows), 500, 0)
