from __future__ import annotations

import sys

import pytest

from cxchurn._core import (
    CxchurnError,
    DataError,
    MismatchError,
    MissingExtraError,
    UsageError,
    did_you_mean,
    listed,
    require,
)


@pytest.mark.parametrize(
    ("error", "builtin", "code"),
    [
        (DataError, ValueError, 1),
        (UsageError, ValueError, 2),
        (MismatchError, ValueError, 3),
        (MissingExtraError, ImportError, 2),
    ],
)
def test_one_family_of_errors(error, builtin, code):
    found = error("no row is left.", allowed="one or more", hint="read more.")
    assert isinstance(found, CxchurnError)
    assert isinstance(found, builtin)
    assert found.exit_code == code
    assert str(found) == "no row is left.\nAllowed: one or more\nHint: read more."
    assert (found.found, found.allowed, found.hint) == ("no row is left.", "one or more", "read more.")


def test_only_what_is_known_is_said():
    assert str(UsageError("no.")) == "no."
    assert str(UsageError("no.", hint="yes.")) == "no.\nHint: yes."


@pytest.mark.parametrize(
    ("word", "known", "expected"),
    [
        ("custmer_id", ["customer_id", "kind"], "did you mean 'customer_id'?"),
        ("KIND", ["customer_id", "kind"], "did you mean 'kind'?"),
        ("kind", ["Kind"], "did you mean 'Kind'?"),
        ("zzz", ["customer_id", "kind"], None),
        ("kind", [], None),
    ],
)
def test_the_nearest_known_word(word, known, expected):
    assert did_you_mean(word, known) == expected


def test_lists_of_words():
    assert listed([]) == ""
    assert listed(["a", 1, None]) == "a, 1, None"
    assert listed("abcd", most=4) == "a, b, c, d"
    assert listed("abcde", most=4) == "a, b, c, d and 1 more"


def test_optional_libraries(monkeypatch):
    assert require("json", extra="polars", purpose="reading").loads("1") == 1
    monkeypatch.setitem(sys.modules, "polars", None)
    monkeypatch.setitem(sys.modules, "polars.selectors", None)
    with pytest.raises(MissingExtraError, match="reading needs the library polars") as error:
        require("polars.selectors", extra="polars", purpose="reading")
    assert "pip install 'cxchurn[polars]'" in str(error.value)
