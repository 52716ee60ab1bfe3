"""Languages with more than two forms: the rule in the file says which goes with a number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxchurn._core import UsageError
from cxchurn.features import Column, Number, Says, language_of, said_in
from cxchurn.words import Language
from cxchurn.words._plurals import Operands, category, rule

# as CLDR writes the rules of Polish
RULES = {
    "one": "i = 1 and v = 0",
    "few": "v = 0 and i % 10 = 2..4 and i % 100 != 12..14",
    "many": "v = 0 and i != 1 and i % 10 = 0..1 or v = 0 and i % 10 = 5..9 or v = 0 and i % 100 = 12..14",
    "other": "",
}
FILE = """
[numbers]
decimal = ","
thousands = " "
[plurals]
one = "i = 1 and v = 0"
few = "v = 0 and i % 10 = 2..4 and i % 100 != 12..14"
many = "v = 0 and i != 1 and i % 10 = 0..1 or v = 0 and i % 10 = 5..9 or v = 0 and i % 100 = 12..14"
[nouns]
visit = {one = "wizyta", few = "wizyty", many = "wizyt", other = "wizyty", none = "bez wizyt"}
day = ["dzień", "dni"]
[kinds]
call = {one = "telefon", few = "telefony", many = "telefonów", other = "telefonu"}
[texts]
"had {value:#label}" = "miał {value:#label}"
"""


@pytest.fixture
def polish(tmp_path) -> Language:
    file = tmp_path / "pl.toml"
    file.write_text(FILE, encoding="utf-8")
    return language_of(file)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "bez wizyt"),
        (1, "1 wizyta"),
        (2, "2 wizyty"),
        (4, "4 wizyty"),
        (5, "5 wizyt"),
        (11, "11 wizyt"),
        (12, "12 wizyt"),
        (22, "22 wizyty"),
        (25, "25 wizyt"),
        (112, "112 wizyt"),
        (1_001, "1 001 wizyt"),
        (1_002, "1 002 wizyty"),
        (1.5, "1,5 wizyty"),
        (-2, "-2 wizyty"),
        (3e9, "3 billion wizyty"),
    ],
)
def test_a_noun(polish, value, text):
    assert f"{Number(value, polish):#visit}" == text


def test_the_last_of_fewer_forms_stands_for_the_rest(polish):
    assert [f"{Number(days, polish):days}" for days in (1, 2, 5)] == ["1 dzień", "2 dni", "5 dni"]


def test_a_label(polish):
    (says,) = said_in([Says.of(Column("a", None, "had {value:#label}", label="call", role="kind"), "a")], polish)
    # English wraps the noun: only what the file says is another language
    assert [says.sentence(value) for value in (1.0, 3.0, 5.0)] == [
        "miał 1 telefon of their own",
        "miał 3 telefony of their own",
        "miał 5 telefonów of their own",
    ]


@given(st.integers(0, 10**7))
def test_every_whole_number_has_the_form_that_polish_gives_it(number):
    ten, hundred = number % 10, number % 100
    few = 2 <= ten <= 4 and not 12 <= hundred <= 14
    assert category(RULES, f"{number:,}") == ("one" if number == 1 else "few" if few else "many")


@pytest.mark.parametrize(
    ("condition", "true", "false"),
    [
        ("n = 0", ["0", "0.0"], ["1", "0.5"]),
        ("n = 1..3", ["1", "2.0", "3"], ["1.5", "4"]),
        ("v != 0", ["1.0"], ["1"]),
        ("f = 5", ["1.5"], ["1.50", "5"]),
        ("t = 5", ["1.5", "1.50"], ["5"]),
        ("i = 0,2", ["0.4", "2"], ["1"]),
        ("n % 10 = 1 and n % 100 != 11 or n = 5", ["1", "21", "5"], ["11", "111", "6"]),
        ("", ["7"], []),
    ],
)
def test_conditions(condition, true, false):
    told = rule(condition)
    assert all(told(Operands.of(figures)) for figures in true)
    assert not any(told(Operands.of(figures)) for figures in false)


@pytest.mark.parametrize("condition", ["n is 1", "n = 1 and", "x = 1", "n = a", "n % = 1"])
def test_what_is_no_condition_is_refused(tmp_path, condition):
    file = tmp_path / "xx.toml"
    file.write_text(f'[plurals]\none = "{condition}"\n', encoding="utf-8")
    with pytest.raises(UsageError, match=r"\[plurals\] one is"):
        language_of(file)


def test_a_form_that_there_is_none_of_is_refused(tmp_path):
    file = tmp_path / "xx.toml"
    file.write_text('[plurals]\nsome = "n = 1"\n[nouns]\nday = {one = "d", lots = "ds", other = "dd"}\n')
    with pytest.raises(UsageError, match=r"'some' is no form.*\n.*day is"):
        language_of(file)
