"""`cxchurn report`: a page from a saved model and a log."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

import cxchurn as cx

from .cli_runs import files_below, ran

REPORT = ["report", "--model", "model", "--log", "sim/interactions.parquet", "--schema", "sim/schema.toml"]
REPORT += ["--customers", "sim/customers.parquet"]


def test_a_page_from_a_saved_model_and_a_log(bench: Path):
    before = files_below(bench)
    told = ran(*REPORT, "--at", "2024-06-01", "--not-judged")
    assert told.code == 0, told.err
    assert files_below(bench) == before | {"report.html"}
    page = Path("report.html").read_text(encoding="utf-8")
    model = cx.load_model("model")
    log = cx.read_interactions("sim/interactions.parquet", "sim/schema.toml", customers="sim/customers.parquet")
    scores = cx.score(model, log, at="2024-06-01", reasons=3)
    asked = scores.dropna(subset="churn_probability")
    here = asked[~asked["already_silent"].astype(bool)]
    first = page.split('<section id="first">')[1].split("</section>")[0]
    assert re.findall(r"<b>(.*?)</b>", first) == here["customer_id"].head(6).tolist()
    assert f"By all that was known before 1 June 2024 (UTC), by model {model.version_}" in page
    assert f"of {len(here):,} customers will leave within 60 days" in page
    assert "not tried on what came afterwards" in page
    assert "report.html" in told.out


def test_it_says_how_good_the_recipe_is_where_nothing_came_since(bench: Path):
    # trained on outcomes up to the end of June; the log ends there
    told = ran(*REPORT, "--out", "folder/of/pages/page.html")
    assert told.code == 0, told.err
    page = Path("folder/of/pages/page.html").read_text(encoding="utf-8")
    version = cx.load_model("model").version_
    assert "Judged is a model of the same recipe" in page
    assert f"The model of this report ({version}) learned from those as well" in page
    assert "A model made in the same way, which knew only the time before" in page
    assert "<h2>The data</h2>" in page


def test_a_file_says_it_all_and_options_go_before_it(bench: Path):
    Path("report.toml").write_text(
        '[log]\ninteractions = "sim/interactions.parquet"\nschema = "sim/schema.toml"\n'
        'customers = "sim/customers.parquet"\n[report]\nmodel = "model"\nat = "2024-06-01"\nout = "a.html"\n'
        'title = "Ours"\njudged = false\n'
    )
    told = ran("report", "report.toml", "--out", "b.html")
    assert told.code == 0, told.err
    assert "<title>Ours</title>" in Path("b.html").read_text(encoding="utf-8")
    assert not Path("a.html").exists()


@pytest.mark.prove
def test_values_and_bands_are_those_of_score(bench: Path):
    ids = pd.read_parquet("sim/customers.parquet")["customer_id"].unique()
    pd.DataFrame({"customer_id": ids, "value": 100.0}).to_csv("values.csv", index=False)
    told = ran(*REPORT, "--not-judged", "--value", "values.csv", "--bands", "capacity: 5, 10")
    assert told.code == 0, told.err
    page = Path("report.html").read_text(encoding="utf-8")
    assert "At high risk: 5 of them" in page
    assert "worth at risk" in page


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["report"], 2, "Missing option '--log'"),
        (["report", "--log", "sim/interactions.parquet"], 2, "Missing option '--model'"),
        ([*REPORT, "--model", "nowhere"], 2, "nowhere is not a saved model"),
        ([*REPORT, "--out", "sim/interactions.parquet"], 2, "sim/interactions.parquet"),
        ([*REPORT, "--at", "1999-01-01"], 2, "1999-01-01"),
        ([*REPORT, "--test-from", "2031-01-01"], 2, "2031-01-01"),
        (["report", "absent.toml"], 2, "there is no file absent.toml"),
    ],
)
def test_what_cannot_be_done_is_said(bench: Path, arguments: list[str], code: int, says: str):
    told = ran(*arguments)
    assert told.code == code
    assert says in told.err
    assert not Path("report.html").exists()
