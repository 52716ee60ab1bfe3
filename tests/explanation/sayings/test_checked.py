"""Claims that cannot be tested are refused before anything is."""

from __future__ import annotations

import numpy as np
import pytest

import cxchurn as cx
from cxchurn._core import UsageError
from cxchurn.explanation.sayings import standard_claims
from cxchurn.explanation.sayings._checked import checked_claims
from cxchurn.explanation.sayings._claim import _answer

CALL = cx.where(kind="call")


def claim(**about: object) -> cx.Claim:
    return cx.Claim(**{"name": "a", "saying": "A.", "exposed": CALL, **about})


def test_those_that_come_with_it_pass():
    assert checked_claims(standard_claims()) == tuple(standard_claims())
    assert len(checked_claims([claim(expects=-1, exposed=lambda window: window.count() > 0, said=0.4)])) == 1


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ([], r"claims is empty"),
        (claim(), r"claims is a Claim(.|\n)*claims=\[claim\]"),
        ("a", "claims is a str"),
        (5, "claims is a int"),
        ([3], "claims holds a int"),
        ([claim(), claim()], "several claims are called a"),
        ([claim(expects=0)], r"expects of the claim 'a' is 0(.|\n)*or -1"),
        ([claim(expects=2)], "expects of the claim 'a' is 2"),
        ([claim(needs="value")], r"needs of the claim 'a' is 'value'(.|\n)*\('value',\)"),
        ([claim(said=40)], "said of the claim 'a' is 40"),
        ([claim(exposed="call")], "exposed of the claim 'a' holds 'call'"),
        ([claim(exposed=None)], "exposed of the claim 'a'"),
        ([claim(among=(CALL, 3))], "among of the claim 'a' holds 3"),
        ([claim(name=None)], "name of a claim is None"),
        ([cx.YearlyClaim(name="y", saying="Y.", said=(0.3, 0.1))], "the smaller one first"),
    ],
)
def test_what_cannot_be_tested(claims, words):
    with pytest.raises(UsageError, match=words):
        checked_claims(claims)


def test_what_a_condition_may_answer():
    np.testing.assert_array_equal(_answer(np.array([0.0, 1.0]), 2), [False, True])
    np.testing.assert_array_equal(_answer([True, False], 2), [True, False])
    for odd in (np.array([True]), np.array([0.0, np.nan]), True, np.array([0, 2])):
        with pytest.raises(UsageError, match="for 2 customers"):
            _answer(odd, 2)
