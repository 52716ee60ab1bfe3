"""`cxchurn words`: a language file to be translated, and reasons said in it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pandas as pd
import pytest

import cxchurn as cx
from cxchurn.words import Language, spoken

from ..words.pseudo import bracketed, words_outside  # noqa: TID252 - one language of brackets for all
from .cli_runs import SCORE, plan_text, ran

MODEL = SCORE[SCORE.index("--model") : SCORE.index("--model") + 2]
AT = ["--at", "2024-05-15"]
NIGHT = [*SCORE, *AT, "--reasons", 1]


def test_from_the_file_to_the_reasons(bench: Path):
    found = ran("words", *MODEL)
    assert found.code == 0, found.err
    texts = tomllib.loads(found.out)["texts"]
    assert all(english == said for english, said in texts.items())
    # every sentence turned over, so that none can be missed
    turned = found.out.partition("[texts]")[0] + "[texts]\n"
    turned += "\n".join(f"'{english}' = 'ZZ {said}'" for english, said in texts.items() if "'" not in english)
    Path("zz.toml").write_text(turned, encoding="utf-8")
    assert ran(*NIGHT, "--out", "english.parquet").code == 0
    found = ran(*NIGHT, "--out", "zz.parquet", "--language", "zz.toml")
    assert found.code == 0, found.err
    english, other = (pd.read_parquet(f"{name}.parquet")["reason_1"] for name in ("english", "zz"))
    said = english != ""
    assert said.any()
    assert other[said].str.startswith("ZZ ").all()
    assert (other[~said] == "").all()


def test_a_language_that_is_not_there(bench: Path):
    found = ran(*NIGHT, "--out", "scores.parquet", "--language", "xx.toml")
    assert found.code == 2
    assert "there is no language file xx.toml" in found.err
    assert not Path("scores.parquet").exists()


@pytest.fixture
def brackets(bench: Path) -> str:
    """A language file every word of which stands in brackets."""
    sections = bracketed(tomllib.loads(ran("words", *MODEL).out))
    Path("xx.toml").write_text(Language("xx", sections).to_toml(), encoding="utf-8")
    return "xx.toml"


@pytest.mark.parametrize(
    "command",
    [
        [*SCORE, *AT, "--out", "scores.parquet"],
        ["explain", *SCORE[1:], *AT, "--account", "--customer", "C-000002"],
        ["pulse", "sim/interactions.parquet", "--schema", "sim/schema.toml"],
        ["report", *SCORE[1:], *AT, "--not-judged", "--no-touchpoints"],
        ["claims", "train.toml"],
    ],
    ids=lambda command: command[0],
)
@pytest.mark.sampled(3)
def test_a_command_prints_in_the_language_of_a_file(brackets: str, command: list[str]):
    Path("train.toml").write_text(plan_text(), encoding="utf-8")
    found = ran(*command, "--language", brackets)
    assert found.code == 0, found.err
    assert "⟦" in found.out
    log = cx.read_interactions("sim/interactions.parquet", "sim/schema.toml", customers="sim/customers.parquet")
    labels = {str(one) for name in ("kind", "touchpoint") for one in log.events[name].unique().to_pylist()}
    data = {"parquet", "scores", "html", "report", "references", "table", "moves", "plan", "region", "basic", "premium"}
    typed = re.sub(r"\b[0-9a-f]{8,12}\b", " ", found.out)
    assert words_outside(typed, {*data, *labels, *log.types.names, *log.customers.attributes}) == set()
    assert spoken().name == "en"


def test_a_report_takes_its_language_from_a_file_too(brackets: str):
    Path("report.toml").write_text(
        '[log]\ninteractions = "sim/interactions.parquet"\nschema = "sim/schema.toml"\ncustomers = "sim/customers.parquet"\n'
        f'[report]\nmodel = "model"\nat = "2024-05-15"\njudged = false\ntouchpoints = false\nlanguage = "{brackets}"\n'
    )
    found = ran("report", "report.toml")
    assert found.code == 0, found.err
    assert "<h2>⟦What lies ahead⟧</h2>" in Path("report.html").read_text(encoding="utf-8")


def test_scores_take_their_language_from_a_file_too(brackets: str):
    Path("score.toml").write_text(
        '[log]\ninteractions = "sim/interactions.parquet"\nschema = "sim/schema.toml"\ncustomers = "sim/customers.parquet"\n'
        f'[score]\nmodel = "model"\nat = "2024-05-15"\nout = "scores.csv"\nlanguage = "{brackets}"\n'
    )
    found = ran("score", "score.toml")
    assert found.code == 0, found.err
    assert "⟦ scored as of ⟧" in found.out
    scores = pd.read_csv("scores.csv", keep_default_na=False)
    said = scores["reason_1"] != ""
    assert said.any()
    assert scores.loc[said, "reason_1"].str.contains("⟦").all()
    # what programs go by is the same in every language
    assert set(scores["band"]) <= {"high", "medium", "low", "not eligible"}
    assert scores.loc[said, "subject_1"].str.fullmatch("[a-z_]+").all()
