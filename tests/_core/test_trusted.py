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
