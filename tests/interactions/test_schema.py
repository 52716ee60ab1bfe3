from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxchurn._core import UsageError
from cxchurn.interactions import Later, Schema
from cxchurn.interactions.schema._contradictions import check_schema

PLAIN = {"customer_id": "cust", "timestamp": "when", "kind": "type"}
words = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
lists = st.lists(words, max_size=3).map(tuple)
schemas = st.builds(
    Schema,
    customer_id=words,
    timestamp=words,
    kind=st.none() | words,
    kind_is=st.none() | words,
    value=st.none() | words,
    measures=lists | st.dictionaries(words, words, max_size=3),
    categories=lists,
    timezone=words,
    time_format=st.none() | words,
    kinds=st.none() | lists,
    columns=st.none() | lists,
    delimiter=st.none() | words,
    later=st.lists(
        st.builds(Later, at=words, columns=lists, kind=st.none() | words, once_per=st.sampled_from([None, "case_id"])),
        max_size=2,
    ).map(tuple),
)


@settings(deadline=None)
@given(schema=schemas)
def test_a_schema_written_to_a_file_reads_back_equal(schema, tmp_path_factory):
    path = tmp_path_factory.mktemp("schema") / "schema.toml"
    path.write_text(schema.to_toml(), encoding="utf-8", newline="")
    assert Schema.from_toml(path) == schema


@settings(deadline=None)
@given(schema=schemas)
def test_a_schema_prints_as_one_would_type_it(schema):
    assert eval(repr(schema), {"Schema": Schema, "Later": Later}) == schema
    assert hash(schema) == hash(eval(repr(schema), {"Schema": Schema, "Later": Later}))


def test_a_schema_file_looks_as_one_would_write_it():
    schema = Schema(
        customer_id="cust",
        timestamp="when",
        kind_is="opened",
        measures={"items": "n items"},
        time_format="%Y%m%d",
        later=(Later(at="resolved_at", columns=("items",)),),
    )
    assert schema.to_toml() == (
        '[roles]\ncustomer_id = "cust"\ntimestamp = "when"\nmeasures = {items = "n items"}\n\n'
        '[constants]\nkind = "opened"\n\n[format]\ntime_format = "%Y%m%d"\n\n'
        '[[later]]\nat = "resolved_at"\ncolumns = ["items"]\n'
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[roles]\ncustomer_id = "a"\n', "names no column for timestamp"),
        ('[roles]\ncustmer_id = "a"\n', "did you mean 'customer_id'?"),
        ('[rolls]\ncustomer_id = "a"\n', "'rolls' is no section: did you mean 'roles'?"),
        ("[roles]\ncustomer_id = 5\n", "[roles] customer_id is 5, not text"),
        ('[roles]\nmeasures = "a"\n', "[roles] measures is 'a', not text"),
        ('[later]\nat = "x"\n', "later is written [[later]]"),
        ('[[later]]\ncolumns = ["x"]\n', "does not say at which column"),
        ("roles = 3\n", "roles is written [roles]"),
        ("[roles\n", "cannot be read"),
    ],
)
def test_a_schema_file_that_is_wrong_says_how(tmp_path, text, message):
    path = tmp_path / "schema.toml"
    path.write_text(text)
    with pytest.raises(UsageError) as error:
        Schema.from_toml(path)
    assert message in str(error.value)


def test_a_missing_schema_file_is_named(tmp_path):
    with pytest.raises(UsageError, match="there is no schema file"):
        Schema.from_toml(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"kind": None}, "one of kind (a column) and kind_is"),
        ({"kind_is": "visit"}, "one of kind (a column) and kind_is"),
        ({"measures": "quantity"}, "write measures=('quantity',)"),
        ({"measures": ("score",)}, "'score' is the name of a role"),
        ({"measures": ("x",), "categories": ("X",)}, "'x' is there more than once"),
        ({"categories": {"later": "x"}}, "'later' is the name of a role"),
        ({"duplicates": "drop"}, "allowed are 'refuse' and 'keep'"),
        ({"timezone": "Europe/Berlim"}, "did you mean 'Europe/Berlin'?"),
        ({"time_format": "epoch"}, "'epoch_s', 'epoch_ms'"),
        ({"delimiter": ", "}, "one character or 'whitespace'"),
        ({"columns": ("a", "A", "a")}, "columns names a more than once"),
        ({"kinds": ()}, "kinds is empty"),
        ({"later": Later(at="x")}, "write later=(Later("),
        ({"later": (Later(at="x", columns=("score",)),)}, "'score', which the schema does not map"),
        ({"later": (Later(at="x", columns=("kind",)),)}, "which is known from the start"),
        ({"later": (Later(at="x", once_per="case"),)}, "allowed are None and 'case_id'"),
        ({"later": (Later(at="x", once_per="case_id"),)}, "once per case_id, which the schema does not map"),
        (
            {"score": "s", "later": (Later(at="x", columns=("score",)), Later(at="y", columns=("score",)))},
            "'score' is named by more than one later",
        ),
    ],
)
def test_a_schema_that_contradicts_itself_says_how(wrong, message):
    with pytest.raises(UsageError) as error:
        check_schema(Schema(**{**PLAIN, **wrong}))
    assert message in str(error.value)


def test_everything_wrong_with_a_schema_is_said_at_once():
    with pytest.raises(UsageError) as error:
        check_schema(Schema(**PLAIN, duplicates="drop", timezone="Mars", measures=("score",)))
    assert all(word in str(error.value) for word in ("drop", "Mars", "score"))
