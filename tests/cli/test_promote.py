"""`cxchurn promote`: by a file and by options, in words and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import cxchurn as cx
from cxchurn.cli.commands._promoting import promote_config
from cxchurn.features import Recency
from cxchurn.model import ChurnClassifier, ChurnModel

from .cli_runs import ran


@pytest.fixture
def registry(churn, train, company, tmp_path, monkeypatch, store_at) -> Path:
    """A store with a challenger and no champion, and the files of a log."""
    monkeypatch.chdir(tmp_path)
    store_at(tmp_path / "m.db")
    company.interactions.to_parquet("log.parquet")
    model = ChurnModel(churn, features=[Recency(by=())], classifier=ChurnClassifier(n_estimators=5)).fit(train)
    cx.log_run(model, register_as="churn", alias="challenger", tracking_uri="sqlite:///m.db")
    return tmp_path


def test_by_a_file_then_by_options(registry):
    Path("promote.toml").write_text(
        '[log]\ninteractions = "log.parquet"\n\n[promote]\nname = "churn"\ntracking_uri = "sqlite:///m.db"\n'
    )
    first = ran("promote", "promote.toml", "--json")
    assert first.code == 0, first.err
    said = json.loads(first.out)
    assert (said["promoted"], said["challenger"], said["champion"]) == (True, "1", None)
    options = ("--name", "churn", "--log", "log.parquet", "--tracking-uri", "sqlite:///m.db")
    again = ran("promote", *options)
    assert again.code == 2
    assert "is 'champion' already" in again.err


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("", {}, "Missing option '--log'"),
        ('[log]\ninteractions = "log.parquet"\n', {}, "Missing option '--name'"),
        ('[log]\ninteractions = "log.parquet"\n[promote]\nnam = "x"\n', {}, "did you mean 'name'"),
        ('[log]\ninteractions = "log.parquet"\n[promote]\nname = "x"\nmargin = "much"\n', {}, "a number"),
        ("[promoted]\n", {}, "did you mean 'promote'"),
    ],
)
def test_what_a_file_says_is_checked(tmp_path, text, options, said):
    (tmp_path / "promote.toml").write_text(text)
    with pytest.raises(cx.UsageError, match=said):
        promote_config(tmp_path / "promote.toml", options, {})


def test_options_go_before_the_file(tmp_path):
    (tmp_path / "p.toml").write_text('[log]\ninteractions = "a"\n[promote]\nname = "x"\nrule = "better"\nmargin = 1\n')
    found = promote_config(tmp_path / "p.toml", {"interactions": "b"}, {"name": "y", "rule": None, "margin": 0.01})
    assert (found.log.interactions, found.promote.name, found.promote.rule, found.promote.margin) == (
        "b",
        "y",
        "better",
        0.01,
    )
