"""`cxchurn words`: a language file to be translated, and reasons said in it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pandas as pd

from .cli_runs import SCORE, ran

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
