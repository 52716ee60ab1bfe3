"""Classes that whoever loads a model names: themselves, or by where they are found; never by what a file says."""

from __future__ import annotations

from collections import OrderedDict
from decimal import Decimal

import pytest

from cxchurn._core import UsageError, trusted


def test_classes_and_where_they_are_found():
    assert trusted([OrderedDict, "decimal:Decimal"]) == (OrderedDict, Decimal)
    assert trusted(()) == ()


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ("decimal:Decimal", r"trust is 'decimal:Decimal'(.|\n)*trust=\['decimal:Decimal'\]"),
        (Decimal, r"trust is Decimal(.|\n)*trust=\[Decimal\]"),
        (["decimal"], r"trust names 'decimal'(.|\n)*a colon"),
        ([":Decimal"], "a colon"),
        ([".x:Y"], "a colon"),
        (None, "trust is None"),
        (5, "trust is 5"),
        (["decimal:"], "a colon"),
        (["no_such_module:Thing"], "cannot be imported: No module"),
        (["decimal:Thing"], "cannot be imported: module 'decimal' has no"),
        (["decimal:getcontext"], "which is a "),
        ([Decimal(1)], r"trust names Decimal\('1'\)(.|\n)*without \(\)"),
    ],
)
def test_what_is_no_class(named, words):
    with pytest.raises(UsageError, match=words):
        trusted(named)


def test_a_module_that_fails_while_it_is_imported(tmp_path, monkeypatch):
    (tmp_path / "fails_on_import.py").write_text("1 / 0\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(UsageError, match="cannot be imported: ZeroDivisionError"):
        trusted(["fails_on_import:Thing"])
