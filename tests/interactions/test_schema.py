from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxchurn._core import UsageError
from cxchurn.interactions import Later, Schema
from cxchurn.interactions.schema._contradictions import check_schema

PLAIN = {"customer_id": "cust", "timestamp": "when", "kind": "type"}
words = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=8).filter(str.strip)
lists = st.lists(words, max_size=3).map(tuple)
formats = st.sampled_from(["%d.%m.%Y", "iso", "epoch", "excel"])
several = formats | st.lists(formats, min_size=1, max_size=2).map(tuple)
pairs = st.tuples(words, words)
WHAT = (
    st.builds(dict, kind=words)
    | st.builds(dict, kind_is=words)
    | st.builds(lambda kind: {"constants": {"kind": kind}}, words)
)
others = st.dictionaries(st.sampled_from(["touchpoint", "agent_id", "reason", "currency"]), words, max_size=2)


@st.composite
def schemas(draw):
    what = draw(WHAT)
    constants = {**draw(others), **what.get("constants", {})}
    return Schema(
        customer_id=draw(words),
        timestamp=draw(words | pairs),
        **{**what, "constants": constants or None},
        known_at=draw(st.none() | words | pairs),
        value=draw(st.none() | words),
        measures=draw(lists | st.dictionaries(words, words, max_size=3)),
        categories=draw(lists),
        timezone=draw(words),
        time_format=draw(st.none() | several | st.dictionaries(words, several, min_size=1, max_size=2)),
        kinds=draw(st.none() | lists),
        columns=draw(st.none() | lists),
        delimiter=draw(st.none() | words),
        encoding=draw(st.none() | words),
        skip=draw(st.integers(0, 3)),
        decimal=draw(st.sampled_from([None, ".", ","])),
        thousands=draw(st.sampled_from([None, ".", ",", " ", "'", ""])),
        missing=draw(st.none() | lists),
        later=draw(
            st.lists(
                st.builds(
                    Later,
                    at=words | pairs,
                    columns=lists,
                    kind=st.none() | words,
                    once_per=st.sampled_from([None, "case_id"]),
                ),
                max_size=2,
            ).map(tuple)
        ),
    )


@settings(deadline=None)
@given(schema=schemas())
def test_a_schema_written_to_a_file_reads_back_equal(schema, tmp_path_factory):
    path = tmp_path_factory.mktemp("schema") / "schema.toml"
    path.write_text(schema.to_toml(), encoding="utf-8", newline="")
    assert Schema.from_toml(path) == schema


@settings(deadline=None)
@given(schema=schemas())
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


ROLES_AND_KIND = '[roles]\ncustomer_id = "a"\ntimestamp = "b"\nkind = "c"\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[roles]\ncustomer_id = "a"\nkind = "c"\n', '[roles] names no column for timestamp.|[roles]\n  timestamp = "'),
        ('[roles]\ncustmer_id = "a"\n', "[roles] has the key 'custmer_id'.|did you mean 'customer_id'?"),
        ('[rolls]\ncustomer_id = "a"\n', "has the key 'rolls'.|did you mean 'roles'?"),
        ("[roles]\ncustomer_id = 5\n", "[roles] customer_id is 5.|Allowed: text"),
        ('[roles]\nmeasures = "a"\n', "[roles] measures is 'a'.|such as measures = ["),
        ('[later]\nat = "x"\n', "a table [[later]]"),
        ('[[later]]\ncolumns = ["x"]\n', "[[later]] lacks at.|write at = "),
        ("roles = 3\n", "roles is 3.|a table [roles]"),
        ("[roles\n", "cannot be read as TOML"),
        # a key of another table is written there, with the value it has
        (ROLES_AND_KIND + 'timezone = "Europe/Rome"\n', 'write|  [format]|  timezone = "Europe/Rome"'),
        ('[format]\ntouchpoint = "channel"\n', '  [roles]|  touchpoint = "channel"|  [constants]'),
        ('[customers]\nduplicates = "keep"\n', '  [format]|  duplicates = "keep"'),
        ('[roles]\ncustomer_id = "a"\ntimestamp = "b"\nkind_is = "order"\n', '  [constants]|  kind = "order"'),
        ('[format]\nsep = ";"\n', '  [format]|  delimiter = ";"'),
        ('[format]\ndate_format = "%d.%m.%Y"\n', '  time_format = "%d.%m.%Y"'),
        ('[constants]\nvalue = "x"\n', '  [roles]|  value = "x"'),
        ('time_format = "iso"\n' + ROLES_AND_KIND, "has the key 'time_format'.|  [format]|  time_format = \"iso\""),
        # the one kind of all rows, and its column
        (
            ROLES_AND_KIND + '[constants]\nkind = "x"\n',
            "kind is both a column ('c', under [roles]) and a constant ('x'",
        ),
        (
            '[roles]\ncustomer_id = "a"\ntimestamp = "b"\n',
            'of what kind the rows are|  [constants]|  kind = "purchase"',
        ),
        # several tables
        (f"[[source]]\n{ROLES_AND_KIND.replace('roles', 'source.roles')}", "[[source]] names neither data nor query."),
        (
            '[[source]]\ndata = "a.csv"\n[source.roles]\ncustomer_id = "a"\n',
            "[source.roles] names no column for timestamp",
        ),
        ('[[source]]\ndata = "a.csv"\nuri = "x"\n' + ROLES_AND_KIND, "names uri without query"),
        ('[[source]]\ndata = "a.csv"\ntimezone = "UTC"\n' + ROLES_AND_KIND, '  [source.format]|  timezone = "UTC"'),
        ('[[source]]\ndata = "a.csv"\n' + ROLES_AND_KIND, "is of several tables"),
    ],
)
def test_a_schema_file_that_is_wrong_shows_what_works(tmp_path, text, message):
    path = tmp_path / "schema.toml"
    path.write_text(text)
    with pytest.raises(UsageError) as error:
        Schema.from_toml(path)
    assert [part for part in message.split("|") if part not in str(error.value)] == []


def test_everything_wrong_with_a_schema_file_is_said_at_once(tmp_path):
    path = tmp_path / "schema.toml"
    path.write_text('[roles]\ncustmer_id = "a"\nmeasures = 3\n[formt]\n[[later]]\n[constants]\ntimezone = "UTC"\n')
    with pytest.raises(UsageError) as error:
        Schema.from_toml(path)
    said = str(error.value)
    assert "has 5 problems" in said
    assert all(part in said for part in ("custmer_id", "measures is 3", "formt", "[[later]] lacks at", "[format]\n"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_schema_file_is_read_as_shells_and_editors_write_it(tmp_path, encoding):
    path = tmp_path / "schema.toml"
    path.write_bytes(ROLES_AND_KIND.replace("\n", "\r\n").replace('"a"', '"ä"').encode(encoding))
    assert Schema.from_toml(path) == Schema(customer_id="ä", timestamp="b", kind="c")


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
        ({"time_format": "epoch_d"}, "'epoch_s', 'epoch_ms'"),
        ({"constants": {"touchpoint": " "}}, "a text that says something"),
        ({"constants": {"direction": "inbund"}}, "did you mean 'inbound'?"),
        ({"constants": {"value": "5"}}, "constants names 'value'"),
        ({"touchpoint": "c", "constants": {"touchpoint": "web"}}, "the column 'c' and the constant 'web'"),
        ({"constants": "kind"}, "write constants={"),
        ({"time_format": ("iso", "exel")}, "time_format is 'exel'"),
        ({"time_format": {"when": ("iso", "exel")}}, "time_format is 'exel'"),
        ({"timestamp": ("when",)}, "timestamp is ('when',): it is a column, or two"),
        ({"later": (Later(at=("a",)),)}, "the at of a later is ('a',)"),
        ({"encoding": "latin 11"}, "did you mean 'latin-1'?"),
        ({"skip": -1}, "skip is -1"),
        ({"decimal": ";"}, "decimal is ';': allowed are '.', ','"),
        ({"thousands": "_"}, "thousands is '_'"),
        ({"thousands": "."}, "thousands and decimal are both '.'"),
        ({"decimal": ",", "thousands": ","}, "thousands and decimal are both ','"),
        ({"missing": "NULL"}, "write missing=('NULL',)"),
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
