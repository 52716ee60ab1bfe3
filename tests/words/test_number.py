from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxchurn.features import Number

SPECS = ("", "number", "count", "money", "share", "points", "portion", "days", "hours", "seconds", "when", "fold", "times",
         "factor", "degree", "shade", "mood", "extent", "#visit", "#time")  # fmt: skip


@pytest.mark.parametrize(
    ("value", "spec", "text"),
    [
        # three figures or so, and never in powers of ten
        (12_300.0, "", "12,300"),
        (1_234.5, "", "1,234"),
        (99.96, "", "100"),
        (37.44, "", "37.4"),
        (2.345, "", "2.35"),
        (9.996, "", "10"),
        (0.2121, "", "0.21"),
        (0.00123, "", "0.0012"),
        (1e-5, "", "almost nothing"),
        (-284.0, "", "-284"),
        (0.0, "", "0"),
        (5.6e9, "", "5.6 billion"),
        (1e12, "", "1 trillion"),
        (1e300, "", "more than 1,000 trillion"),
        # cents below a hundred
        (12.5, "money", "12.50"),
        (12.0, "money", "12"),
        (99.99, "money", "99.99"),
        (99.996, "money", "100"),
        (1_234.56, "money", "1,235"),
        (0.001, "money", "less than 0.01"),
        (-12.5, "money", "-12.50"),
        # what is not nothing is not 0%, and what is not all is not 100%
        (0.256, "share", "26%"),
        (0.0, "share", "0%"),
        (0.001, "share", "less than 1%"),
        (0.999, "share", "more than 99%"),
        (1.0, "share", "100%"),
        (3.0, "share", "300%"),
        (0.2, "points", "20 percentage points"),
        (-0.01, "points", "1 percentage point"),
        (0.001, "points", "less than 1 percentage point"),
        (0.85, "portion", "85% of"),
        (0.25, "portion", "only 25% of"),
        (1.0, "portion", "nearly all"),
        (0.001, "portion", "hardly any"),
        (0.3, "fold", "30%"),
        (1.0, "fold", "100%"),
        (1.44, "fold", "1.4 times"),
        (20.0, "fold", "20 times"),
        (123.4, "fold", "more than 20 times"),
        (800.0, "days", "2.2 years"),
        (4_000.0, "days", "11 years"),
        (5.0, "when", "5 days ago"),
        (-5.0, "when", "in 5 days"),
        (0.0, "when", "just now"),
        (0.1, "degree", "slightly"),
        (-0.5, "degree", "clearly"),
        (-2.0, "degree", "far"),
        (0.1, "shade", "slightly"),
        (0.3, "shade", "clearly"),
        (0.9, "shade", "far"),
        (0.3, "extent", "a little"),
        (5.0, "extent", "much"),
        (1.0, "#time", "once"),
        (2.0, "#time", "twice"),
        (3.0, "#time", "3 times"),
        (0.25, "#time", "0.25 times"),
        (2.34, "#visit", "2.3 visits"),
        (0.0625, "#time", "0.06 times"),
        # what is written as one is said as one
        (1.04, "#time", "once"),
        (0.996, "#visit", "1 visit"),
        (0.004, "#visit", "0.004 visits"),
        (1.04, "#visit", "1 visit"),
        (1e-9, "#visit", "almost no visits"),
        # Python's own formats, where nothing is no less than nothing
        (-0.0001, ".1f", "0.0"),
        (-0.001, ".0%", "0%"),
        (-1.25, "+.1f", "-1.2"),
    ],
)
def test_numbers_in_words(value, spec, text):
    assert format(Number(value), spec) == text


def test_money_has_its_currency():
    assert f"{Number(1_234.0, currency='EUR'):money}" == "1,234 EUR"
    assert f"{Number(-3.0, currency='EUR'):money more|less}" == "3 EUR less"


@given(st.floats(allow_nan=False, allow_infinity=True), st.sampled_from(SPECS))
def test_no_number_is_in_powers_of_ten_or_none(value, spec):
    text = format(Number(value), spec)
    assert not re.search(r"e[+-]\d|nan|inf|-0$|  ", text.replace("in ", "")), text
    assert text.strip() == text != ""


@given(st.floats(0, 1e6, allow_nan=False), st.floats(0, 1e6, allow_nan=False))
def test_more_is_never_written_as_less(one, other):
    low, high = sorted((one, other))
    read = [
        float(format(Number(value), "").replace(",", "").replace("almost nothing", "0.0005")) for value in (low, high)
    ]
    assert read[0] <= read[1]


@given(st.floats(-1e6, 1e6, allow_nan=False).filter(lambda value: abs(value) >= 0.001))
def test_what_is_written_is_near_the_number(value):
    read = float(format(Number(value), "").replace(",", ""))
    assert math.isclose(read, value, rel_tol=0.05)
