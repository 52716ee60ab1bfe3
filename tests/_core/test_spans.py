from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxchurn._core import DAY, Span, UsageError, span

SECONDS = {"s": 1, "min": 60, "h": 3600, "D": 86_400, "W": 604_800}


@given(number=st.integers(1, 100_000), unit=st.sampled_from(list(SECONDS)), blank=st.sampled_from(["", " "]))
def test_a_span_is_a_number_and_a_unit(number, unit, blank):
    found = span(f"{blank}{number}{blank}{unit}")
    assert found.microseconds == number * SECONDS[unit] * 1_000_000
    assert str(found) == f"{number}{unit}"
    assert f"{found}" == f"{number}{unit}".lower()
    assert span(found) == found == span(str(found))
    assert found.days == found.microseconds / DAY


@pytest.mark.parametrize(
    ("text", "words", "stands_as"),
    [
        ("1D", "1 day", "1D"),
        ("30d", "30 days", "30D"),
        ("12H", "12 hours", "12h"),
        ("1w", "1 week", "1W"),
        ("90min", "90 minutes", "90min"),
        ("45S", "45 seconds", "45s"),
    ],
)
def test_a_span_in_words(text, words, stands_as):
    assert span(text).words == words
    assert str(span(text)) == stands_as


@pytest.mark.parametrize(
    ("text", "factor", "expected"),
    [
        ("60D", 0.25, "15D"),
        ("60D", 4, "240D"),
        ("30D", 1 / 8, "4D"),  # 3.75 days
        ("1D", 0.5, "12h"),
        ("2h", 0.1, "1h"),  # never nothing
        ("23h", 2, "2D"),  # 46 hours
    ],
)
def test_a_span_made_longer_or_shorter(text, factor, expected):
    assert span(text).scaled(factor) == span(expected)


def test_longer_spans_are_larger():
    assert sorted([span("2D"), span("1W"), span("47h")]) == [span("47h"), span("2D"), span("1W")]


def test_no_length_where_that_makes_sense():
    assert span("0D", zero=True) == Span(0, "0D")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (30, ["horizon is 30, a bare int", "horizon='30D' if you mean days"]),
        (1.5, ["horizon is 1.5.", "a whole number and a unit", "'30D'"]),
        (None, ["horizon is None.", "'30D'"]),
        (True, ["horizon is True."]),
        ("30", ["horizon is '30'", "not a span of time"]),
        ("1.5D", ["horizon is '1.5D'"]),
        ("-3D", ["horizon is '-3D'"]),
        ("", ["horizon is ''"]),
        ("1M", ["unit 'M'", "months and years differ in length"]),
        ("1y", ["unit 'y'", "months and years differ in length"]),
        ("3 fortnights", ["unit 'fortnights'", "for example '30D'"]),
        ("0D", ["horizon is '0D', a span of no length"]),
        ("36525001D", ["longer than any log", "'365D'"]),
        (Span(0, "0D"), ["horizon is '0D', a span of no length"]),
    ],
)
def test_what_is_no_span(value, words):
    with pytest.raises(UsageError) as error:
        span(value, name="horizon")
    assert all(word in str(error.value) for word in words), str(error.value)


def test_the_longest_span_is_added_to_any_time_of_a_log():
    # a hundred thousand years of 365.25 days; 9999-12-31 is some 2.5e17 microseconds after 1970, and 64 bits hold 9.2e18
    assert 253_402_300_799_999_999 + span("36525000D", name="horizon").microseconds < 2**63
