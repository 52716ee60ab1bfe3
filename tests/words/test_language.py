from __future__ import annotations

import pickle
import tomllib
from pathlib import Path

import pytest

from cxchurn._core import UsageError, span
from cxchurn.features import Column, Language, Number, Says, language_of, said_in, texts_of
from cxchurn.words import english

GERMAN = """
[numbers]
decimal = ","
thousands = "."
percent = "{} %"
none = "kein {}"
times = ["einmal", "zweimal"]
nothing = "nichts"

[spans]
ago = "vor {}"

[nouns]
day = ["Tag", "Tagen"]
interaction = ["Vorgang", "Vorgänge", "keinen Vorgang"]

[kinds]
visit = ["Besuch", "Besuche"]

[interactions]
named = "{}"

[degrees]
great = "weit"

[phrases]
usual = "{} (üblich: {})"

[texts]
"had {value:#interaction} of their own in the last {window}" = "hatte in den letzten {window} {value:#interaction}"
"had {value:#label} in the last {window}" = "hatte in den letzten {window} {value:#label}"
"was here {value:degree} more often" = "war {value:degree} öfter hier"
"was last active {value:when}" = "war zuletzt {value:when} aktiv"
"has spent {value:money} in all" = "hat insgesamt {value:money} ausgegeben"
"has spent {value:money} in the last {lookback}" = "hat in den letzten {lookback} {value:money} ausgegeben"
"""


@pytest.fixture
def german(tmp_path: Path) -> Language:
    file = tmp_path / "de.toml"
    file.write_text(GERMAN, encoding="utf-8")
    return language_of(file)


@pytest.mark.parametrize(
    ("value", "spec", "text"),
    [
        (1234.5, "", "1.234"),
        (12.5, "money", "12,50"),
        (0.25, "share", "25 %"),
        (0.001, "share", "less than 1 %"),
        (0, "#interaction", "keinen Vorgang"),
        (2, "#interaction", "2 Vorgänge"),
        (1, "#time", "einmal"),
        (2, "days", "2 Tagen"),
        (3, "when", "vor 3 Tagen"),
        (2.0, "degree", "weit"),
        # what the file leaves out is said in English
        (0.5, "days", "12 hours"),
        (-1.0, "mood", "very bad"),
        (2, "#contact", "2 contacts"),
    ],
)
def test_numbers(german, value, spec, text):
    assert format(Number(value, german), spec) == text


def test_sentences(german):
    window = span("30D")
    columns = [
        Column("a", None, "had {value:#interaction} of their own in the last {window}", window=window),
        Column("b", None, "had {value:#label} in the last {window}", window=window, label="visit", role="kind"),
        Column("c", None, "was last active {value:when}"),
        Column("d", None, "has never been said"),
    ]
    one, label, when, other = said_in([Says.of(column, "x") for column in columns], german)
    assert one.sentence(3.0) == "hatte in den letzten 30 Tagen 3 Vorgänge"
    assert one.told(0.0, usual=one.amount(2.0)) == "Hatte in den letzten 30 Tagen keinen Vorgang (üblich: 2 Vorgänge)"
    assert one.amount(0.0) == "nichts"
    assert label.sentence(2.0) == "hatte in den letzten 30 Tagen 2 Besuche"
    assert when.sentence(1.0) == "war zuletzt vor 1 Tag aktiv"
    assert other.sentence(1.0) == "has never been said"


def test_what_a_lookback_bounds_is_translated_too(german):
    column = Column("a_sum_life", None, "has spent {value:money} in all")
    (said,) = said_in([Says.of(column, "a", lookback="365 days")], german)
    assert said.sentence(12.5) == "hat in den letzten 365 Tagen 12,50 ausgegeben"
    (unbounded,) = said_in([Says.of(column, "a")], german)
    assert unbounded.sentence(12.5) == "hat insgesamt 12,50 ausgegeben"


def test_the_language_is_in_no_plain_data(german):
    says = Says.of(Column("a", None, "was last active {value:when}"), "a")
    (other,) = said_in([says], german)
    assert other == says
    assert other.to_dict() == says.to_dict()
    assert Says.from_dict(other.to_dict()).language == english()
    assert pickle.loads(pickle.dumps(other)).sentence(1.0) == other.sentence(1.0)


def test_english_is_english():
    assert language_of() is language_of("en") is english()
    assert language_of(Path(english.__wrapped__.__code__.co_filename).with_name("en.toml")) == english()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[number]\ndecimal = ','", "'number' is no section: did you mean 'numbers'?"),
        ("[numbers]\ndecimals = ','", "'decimals' is no key of [numbers]: did you mean 'decimal'?"),
        ("[numbers]\ndecimal = 1", "[numbers] decimal is 1, not a text."),
        ("[numbers]\ntimes = 'once'", "[numbers] times is 'once', not a list of texts"),
        ("[nouns]\nday = ['Tag']", "[nouns] day is ['Tag'], not a list of texts: what one and several are called."),
        ("numbers = 3", "numbers is written [numbers], with keys below it."),
        ("[texts]\n'had {value}' = 'hatte {wert}'", "'hatte {wert}' has the places wert, which 'had {value}' has not."),
        ("[texts]\n'had {value}' = 'hatte {value'", "'hatte {value' cannot be read"),
        ("[numbers\n", "cannot be read"),
    ],
)
def test_files_of_another_shape_are_refused(tmp_path, text, problem):
    file = tmp_path / "xx.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as raised:
        language_of(file)
    assert problem in str(raised.value)


def test_no_file():
    with pytest.raises(UsageError, match="there is no language file de"):
        language_of("de")


def test_the_example_in_the_docs_is_a_language(tmp_path):
    page = (Path(__file__).parents[2] / "docs" / "sentences.md").read_text(encoding="utf-8")
    (example,) = [part for part in page.split("```toml\n")[1:] if "[numbers]" in part]
    file = tmp_path / "de.toml"
    file.write_text(example.partition("```")[0], encoding="utf-8")
    says = Says.of(
        Column("a", None, "had {value:#interaction} of their own in the last {window}", window=span("30D")), "a"
    )
    (german,) = said_in([says], file)
    assert german.sentence(0.0) == "hatte in den letzten 30 Tagen keinen Vorgang"
    assert tomllib.loads(file.read_text(encoding="utf-8"))["numbers"]["decimal"] == ","


def test_a_language_comes_back_from_its_text(german, tmp_path):
    file = tmp_path / "again.toml"
    for language in (german, english()):
        file.write_text(language.to_toml(), encoding="utf-8")
        again = language_of(file)
        assert again == language
        assert again.version == language.version
    assert german.version != english().version


def test_the_texts_of_columns_are_what_is_translated():
    column = Column("a", None, "has had {value:#call} in all", zero="has never had a call", missing="has never called")
    says = [Says.of(column, "a"), Says.of(column, "a"), Says.of(column, "a", lookback="365 days")]
    assert texts_of(says) == [
        "has had {value:#call} in all",
        "has never had a call",
        "has never called",
        "has had {value:#call} in the last {lookback}",
        "has not had a call in the last {lookback}",
        "has not called in the last {lookback}",
    ]
