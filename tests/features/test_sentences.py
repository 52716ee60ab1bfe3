"""Reads every sentence of every column of every family, over values of all kinds."""

from __future__ import annotations

import importlib.util
import math
import re
from pathlib import Path

import pytest

from cxchurn.features import Says

SCRIPT = Path(__file__).parents[2] / "docs" / "sentences.py"
NAN = math.nan
# nothing, one, a few, many, fractions, tiny, huge, missing
VALUES = (
    0.0,
    -0.0,
    1.0,
    2.0,
    3.0,
    0.004,
    0.25,
    0.5,
    0.996,
    1.001,
    1.5,
    2.34,
    37.4,
    1_234.0,
    12_300.0,
    1e-9,
    1e9,
    1e15,
    1e300,
    NAN,
)
SIGNED = (*VALUES, -1.0, -2.0, -0.25, -0.004, -1e-9, -37.4, -284.0, -1_234.0, -1e9, -1e300)
# what no sentence may hold, outside of quotes
WRONG = (
    (r"\d[eE][+-]?\d", "powers of ten"),
    (r"\bnan\b|\binf\b|\bNone\b", "no number"),
    (r"-0\b(?![.,]?[1-9])|[+]\d", "a sign that says nothing"),
    (r"  |^\s|\s$", "blanks"),
    (r"[{}]", "places that nothing was put into"),
    (r"^[^A-Za-z]|[^A-Za-z0-9%)\"]$", "punctuation at an end"),
    (r"\d %|\d percent\b", "another style of percent"),
    (r"\ba [aeiou]|\ban [^aeiouAEIOU]", "the wrong article"),
    (r"\b(\w+) \1\b", "a word twice"),
)
# what is counted, perhaps with a word before it: "3 bad moments"
NOUNS = (
    "visit|day|week|time|contact|matter|interaction|purchase|minute|hour|second|year|point|touchpoint|kind|question|invitation"
    "|complaint|call|moment|end|score|customer|point|group"
)
COUNTED = re.compile(
    rf"(?<![\d.,-])(\d[\d,.]*) (?:(?:good|bad|low|dead|new|percentage|product) )?({NOUNS})(s?)(?![\w-])"
)


@pytest.fixture(scope="module")
def script():
    """The script that writes the page of sentences."""
    found = importlib.util.spec_from_file_location("sentences", SCRIPT)
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def columns(script) -> list[Says]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("cxchurn.features.profile._hindsight.logger.warning", lambda *_: None, raising=False)
        return script.every_column()


def values_of(says: Says) -> tuple[float, ...]:
    if says.levels is not None:
        return (*map(float, range(len(says.levels) + 1)), NAN)
    return SIGNED if says.below is not None or says.unit == "valence" else VALUES


def wrongs(sentence: str) -> list[str]:
    """Say what is wrong with a sentence."""
    bare = re.sub(r'"[^"]*"', '"x"', sentence)
    found = [f"{what}: {m[0]!r}" for pattern, what in WRONG if (m := re.search(pattern, bare))]
    counted = COUNTED.finditer(bare)
    return found + [f"number and noun: {m[0]!r}" for m in counted if m[1] == "0" or (m[1] == "1") == (m[3] == "s")]


def test_the_reader_notices():
    for bad in (
        "had 1.23e+04 visits",
        "had nan visits",
        "felt +0.0",
        "felt -0.0 better",
        "had  visits",
        "had 1 visits",
        "had 3 visit in all",
        "had 0 visits",
        "came back 25 % of the time",
        "had a interaction",
        "has {value}",
        "waited,",
        "had the the last",
    ):
        assert wrongs(bad), bad
    assert not wrongs("Had 2 visits of their own in the last 60 days")


def test_every_sentence_reads_well(columns):
    assert len(columns) > 400
    found = [
        f"{says.name} of {value}: {sentence!r}: {problem}"
        for says in columns
        for value in values_of(says)
        for sentence in (says.sentence(value), says.told(value), says.meaning)
        for problem in wrongs(sentence)
    ]
    assert not found, "\n".join(found[:40]) + f"\n... {len(found)} in all"


def test_no_sentence_names_its_column(columns):
    for says in columns:
        raw = says.name.removeprefix(f"{says.driver}_")
        for value in values_of(says):
            said = says.sentence(value)
            assert says.name not in said
            assert not ("_" in raw and raw in said), said
            assert "_" not in said, said


def test_amounts_read_well_and_in_the_words_of_the_sentence(columns):
    for says in columns:
        for value in VALUES:
            amount = says.amount(value)
            if amount is not None:
                assert not [w for w in wrongs(amount) if "punctuation" not in w and "powers" in w], amount
                words = says._filled(says.one, value).replace("hardly any", "0%").replace("nearly all", "100%")
                # what is said with a share in words, or of a long time in times, has a number of its own beside it
                beside = "{value:portion}" in says.one or ("{value:fold}" in says.one and value < 1.05)
                # a count is almost none of its noun, and almost 0 alone
                beside |= "{value:#label}" in says.one and 0 < value < 0.001
                none = value == 0 and amount in ("none", "never", "0 days", "0 hours", "0 seconds")
                assert amount in words or none or beside, (says.name, value, amount)


def test_below_nothing_the_other_side_is_said_without_a_minus(columns):
    others = [says for says in columns if says.below is not None]
    assert len(others) > 50
    for says in others:
        assert not re.search(r"-\d", says.sentence(-3.0)), says.sentence(-3.0)


def test_more_and_less_are_told_apart(columns):
    for says in columns:
        # the lowest balance is never above nothing
        if says.below is not None and "_lowest_" not in says.name:
            said = {says.sentence(2.0), says.sentence(-2.0), says.sentence(0.0)}
            assert len(said) == 3, said


def test_one_style_of_percent(columns):
    shares = [says for says in columns if says.unit in ("share", "probability") and "{value:" in says.one]
    assert len(shares) > 50
    for says in shares:
        spec = re.search(r"\{value:([^}]*)\}", says.one)[1]
        assert spec in ("share", "portion", "points"), says.one


def test_the_page_is_up_to_date(script, columns):
    assert script.PAGE.read_text(encoding="utf-8") == script.page(columns), "run: python docs/sentences.py"


def test_no_sentence_says_that_customers_felt_something(columns):
    # a moment is good or bad by its tone or score, or by its end alone: where there is no tone nobody knows how it felt
    assert not [says.name for says in columns if re.search(r"\bfe(el|lt)", says.sentence(-0.5) + says.sentence(NAN))]
