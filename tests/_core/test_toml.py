from __future__ import annotations

import tomllib
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxchurn._core import SHELL, Table, UsageError, check_toml, read_toml, said_in_files, table_of, toml_text, typed

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
plain = texts | st.integers(-(2**60), 2**60) | st.booleans() | st.lists(texts, max_size=3)
values = plain | st.dictionaries(texts.filter(bool), plain, max_size=2)


@settings(deadline=None)
@given(tables=st.dictionaries(st.sampled_from(["a", "b-c"]), st.dictionaries(texts.filter(bool), values, min_size=1)))
def test_what_is_written_reads_back(tables):
    assert tomllib.loads(toml_text((f"[{name}]", body) for name, body in tables.items())) == tables


@dataclass(frozen=True)
class Inner:
    path: str = ""
    many: list[str] = field(default_factory=list)
    yes: bool = False
    number: int | None = None


@dataclass(frozen=True)
class Outer:
    inner: Inner
    other: Inner


SHAPE = table_of(Outer, needed=("inner",), meant={"file": ("inner", "path")})


@pytest.mark.parametrize(
    ("found", "says"),
    [
        ({}, "FILE lacks [inner]."),
        ({"inner": {"pth": "x"}}, "[inner] has the key 'pth'.|did you mean 'path'?"),
        ({"inner": {"path": 5}}, "FILE: [inner] path is 5.|Allowed: text"),
        ({"inner": {"path": " "}}, "[inner] path is ' '."),
        ({"inner": {"many": "x"}}, "such as many = ["),
        ({"inner": {"number": True}}, "number is True"),
        ({"inner": {"number": 0}}, "a whole number, 1 or more"),
        ({"inner": 3}, "inner is 3.|a table [inner]"),
        ({"inner": [{}]}, "inner is [{}]."),
        # a word for a key of another name, and a key of a table at the top
        ({"inner": {"file": "x"}}, '[inner]\n  path = "x"'),
        ({"inner": {}, "yes": True}, "[inner]\n  yes = true|[other]\n  yes = true"),
        ({"inner": {"a": 1}, "other": {"b": 2}, "c": 3}, "FILE has 3 problems|'a'|'b'|'c'"),
    ],
)
def test_what_a_file_may_not_say(found, says):
    with pytest.raises(UsageError) as error:
        check_toml(found, SHAPE, what="FILE")
    assert [part for part in says.split("|") if part not in str(error.value)] == []


def test_a_file_that_fits_is_not_refused():
    check_toml({"inner": {"path": "x", "many": [], "yes": False, "number": 3}, "other": {}}, SHAPE, what=SHELL)


def test_how_keys_go_together_is_looked_at_where_each_fits():
    def never(_: object) -> list:
        raise AssertionError

    with pytest.raises(UsageError):
        check_toml({"a": {"b": 1}}, Table(tables={"a": Table()}, check=never), what="FILE")


def test_dates_are_texts(tmp_path):
    path = tmp_path / "a.toml"
    path.write_text("day = 2024-01-02\n[a]\nat = [2024-01-02T03:04:05Z]\n")
    assert read_toml(path) == {"day": "2024-01-02", "a": {"at": ["2024-01-02T03:04:05+00:00"]}}


def test_hints_are_told_as_they_are_typed():
    assert typed("a=1", "a = 1") == "a=1"
    with said_in_files():
        assert typed("a=1", "a = 1") == "a = 1"
        with said_in_files(False):
            assert typed("a=1", "a = 1") == "a = 1"
    assert typed("a=1", "a = 1") == "a=1"
