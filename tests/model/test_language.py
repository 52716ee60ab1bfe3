from __future__ import annotations

import pytest

from cxchurn.explain import explain
from cxchurn.model import ChurnModel, in_language, load_model
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
