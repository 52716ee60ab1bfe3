from __future__ import annotations

import tomllib

import pytest

from cxchurn.explanation import explain
from cxchurn.features import language_said
from cxchurn.model import ChurnModel, in_language, language_file, load_model
from cxchurn.panel import Panel

GERMAN = """
[spans]
ago = "vor {}"

[nouns]
day = ["Tag", "Tagen"]

[phrases]
usual = "{} (üblich: {})"

[texts]
"was last active {value:when}" = "war zuletzt {value:when} aktiv"
"""


@pytest.fixture
def german(model: ChurnModel, tmp_path) -> ChurnModel:
    file = tmp_path / "de.toml"
    file.write_text(GERMAN, encoding="utf-8")
    return in_language(model, file)


def test_a_model_speaks_another_language(model: ChurnModel, german: ChurnModel, test: Panel):
    said = {says.name: says for says in explain(german, test.frame.head(3)).says}
    assert said["activity_days_last"].sentence(45.0) == "war zuletzt vor 45 Tagen aktiv"
    assert said["activity_count"].sentence(2.0) == "was active twice in all"
    # the model it was made of still speaks English, and both say the same numbers
    english = {says.name: says for says in model.features_.says_}
    assert english["activity_days_last"].sentence(45.0) == "was last active 45 days ago"
    assert german.version_ == model.version_
    assert (german.predict_proba(test.frame.head(9)) == model.predict_proba(test.frame.head(9))).all()


def test_back_to_english(german: ChurnModel, model: ChurnModel):
    again = in_language(german, "en")
    assert [says.told(1.0) for says in again.features_.says_] == [says.told(1.0) for says in model.features_.says_]


def test_a_saved_model_has_no_language(german: ChurnModel, tmp_path):
    german.save(tmp_path / "german")
    loaded = load_model(tmp_path / "german", self_test=False)
    said = {says.name: says for says in loaded.features_.says_}
    assert said["activity_days_last"].sentence(45.0) == "was last active 45 days ago"


def test_a_file_with_all_that_a_model_says(model: ChurnModel, german: ChurnModel, tmp_path):
    begun, file = tmp_path / "de.toml", tmp_path / "whole.toml"
    file.write_text(language_file(model, begun), encoding="utf-8")
    texts = tomllib.loads(file.read_text(encoding="utf-8"))["texts"]
    assert texts["was last active {value:when}"] == "war zuletzt {value:when} aktiv"
    assert texts["was active {value:#time} in all"] == "was active {value:#time} in all"
    assert set(texts) >= {says.one for says in model.features_.says_}
    # what it was made of and the whole file say the same
    whole = in_language(model, file)
    for one, other in zip(whole.features_.says_, german.features_.says_, strict=True):
        assert [one.told(value) for value in (0.0, 1.0, 45.0)] == [other.told(value) for value in (0.0, 1.0, 45.0)]


def test_nights_in_two_languages_are_not_gone_on_with(german: ChurnModel, model: ChurnModel):
    said = [language_said(one.features_.says_) for one in (model, german, in_language(german, "en"))]
    assert said[0] == said[2] != said[1]
