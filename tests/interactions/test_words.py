"""What labels are called in sentences, and which measures do not add up: said by a schema, in Python and in a file."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cxchurn._core import UsageError, from_plain, proven_plain
from cxchurn.interactions import Later, Schema, narrowed, read_interactions

SCHEMA = Schema(
    customer_id="who",
    timestamp="at",
    kind="what",
    measures=("items", "temperature"),
    categories={"shop": "Laden"},
    levels=("temperature",),
    words={
        "kind": {"cb": ("call-back", "call-backs"), "über uns": "visit of the page"},
        "shop": {"A 1": "main shop"},
        "measures": {"items": ("item", "items")},
    },
)


def test_it_comes_back_from_a_file(tmp_path: Path):
    file = tmp_path / "schema.toml"
    file.write_text(SCHEMA.to_toml(), encoding="utf-8")
    assert 'levels = ["temperature"]' in file.read_text(encoding="utf-8")
    assert Schema.from_toml(file) == SCHEMA
    assert hash(Schema.from_toml(file)) == hash(SCHEMA)


def test_it_prints_as_one_would_type_it():
    typed = eval(repr(SCHEMA), {"Schema": Schema, "Later": Later})
    assert typed == SCHEMA


def test_it_comes_back_from_a_saved_model():
    classes = {"Schema": Schema}
    assert from_plain(proven_plain((SCHEMA,), name="schemas", classes=classes), classes) == (SCHEMA,)


def test_it_is_read():
    frame = pd.DataFrame(
        {
            "who": ["a"],
            "at": [pd.Timestamp("2024-01-01")],
            "what": ["cb"],
            "items": [1],
            "temperature": [-3.5],
            "Laden": ["A 1"],
        }
    )
    assert read_interactions(frame, SCHEMA).schemas == (SCHEMA,)


def test_what_is_not_read_is_not_worded():
    few = narrowed(SCHEMA, frozenset(("customer_id", "timestamp", "kind", "items")))
    assert few.levels == ()
    assert set(few.words) == {"kind", "measures"}


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        ({"levels": "temperature"}, "levels is the text 'temperature': write levels=('temperature',)."),
        ({"levels": ("temperatur",)}, "levels names 'temperatur', which is no measure: did you mean 'temperature'?"),
        ({"words": {"kinds": {"cb": "call"}}}, "words are said of 'kinds': did you mean 'kind'?"),
        ({"words": ("kind",)}, "words is ('kind',): write {'kind': {'cb': ('call-back', 'call-backs')}}."),
        ({"words": {"kind": "call"}}, "[words] kind is 'call', not labels with their words"),
        ({"words": {"kind": {"cb": ("a", "b", "c")}}}, "[words] kind, 'cb' is ('a', 'b', 'c'), not a text, or two"),
        ({"words": {"kind": {"cb": ("call",)}}}, "[words] kind, 'cb' is ('call',), not a text, or two"),
        ({"words": {"kind": {"cb": " "}}}, "[words] kind, 'cb' is ' ', not a text, or two"),
        ({"words": {"kind": {"cb": 3}}}, "[words] kind, 'cb' is 3, not a text, or two"),
    ],
)
def test_what_cannot_be_is_refused(parts, problem):
    given = {"customer_id": "who", "timestamp": "at", "kind": "what", "measures": ("items", "temperature"), **parts}
    frame = pd.DataFrame({"who": ["a"], "at": ["2024-01-01"], "what": ["cb"], "items": [1], "temperature": [-3.5]})
    with pytest.raises(UsageError) as raised:
        read_interactions(frame, Schema(**given))
    assert problem in str(raised.value)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[words]\nkind = "call"', "[words] kind is 'call', not labels with their words"),
        ("[words]\nkind = {cb = 3}", "[words] kind, 'cb' is 3, not a text, or two"),
        ("[word]\nkind = {cb = 'x'}", "has the key 'word'"),
        ("[[words]]\nkind = {cb = 'x'}", "words is ["),
    ],
)
def test_a_file_that_words_them_wrongly_is_refused(tmp_path, text, problem):
    file = tmp_path / "schema.toml"
    file.write_text(f"[roles]\ncustomer_id = 'who'\ntimestamp = 'at'\nkind = 'what'\n\n{text}\n", encoding="utf-8")
    with pytest.raises(UsageError) as raised:
        Schema.from_toml(file)
    assert problem in str(raised.value)
