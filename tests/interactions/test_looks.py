from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxchurn.interactions import Schema, read_interactions
from cxchurn.interactions.rows import RowReader
from cxchurn.interactions.schema.guessing._looks import moment, number_styles, time_formats

WAYS = [
    "%m/%d/%Y",
    "%d/%m/%Y",
    "%d.%m.%Y",
    "%Y/%m/%d",
    "%Y%m%d",
    "%d-%b-%Y",
    "%b %d, %Y",
    "%m/%d/%Y %H:%M",
    "%d.%m.%Y %H:%M:%S",
]
moments = st.datetimes(datetime(1990, 1, 1), datetime(2060, 12, 31)).map(lambda at: at.replace(microsecond=0))


@settings(deadline=None)
@given(times=st.lists(moments, min_size=1, max_size=8), way=st.sampled_from(WAYS))
def test_the_way_in_which_times_were_written_is_among_those_that_fit(times, way):
    written = [time.strftime(way) for time in times]
    # where all days are also read by another way as the same ones, it stands for both
    meant = [moment(one, way) for one in written]
    assert meant in [[moment(one, other) for one in written] for other in time_formats(written)]
    # and whatever else fits reads every one of them
    assert all(moment(one, other) is not None for other in time_formats(written) for one in written)


@settings(deadline=None)
@given(times=st.lists(moments, min_size=1, max_size=8))
def test_iso_times_are_no_other(times):
    assert time_formats([time.isoformat(sep=" ") for time in times]) == ("iso",)


@settings(deadline=None)
@given(
    times=st.lists(moments, min_size=1, max_size=8),
    unit=st.sampled_from([("epoch_s", 1), ("epoch_ms", 10**3), ("epoch_ns", 10**9)]),
)
def test_moments_since_1970_are_told_apart_by_their_range(times, unit):
    name, parts = unit
    seconds = [int(time.replace(tzinfo=UTC).timestamp()) for time in times]
    assert time_formats([str(one * parts) for one in seconds]) == (name,)
    assert [moment(str(one * parts), name) for one in seconds] == seconds


@pytest.mark.parametrize(
    ("values", "ways"),
    [
        (["2/11/2013", "3/15/2015", "11/16/2011"], ("%m/%d/%Y",)),
        (["15/3/2015", "1/2/2013"], ("%d/%m/%Y",)),
        # no day above 12: both
        (["1/2/2013", "12/12/2014"], ("%m/%d/%Y", "%d/%m/%Y")),
        # a 13 in either place: neither
        (["13/1/2013", "1/13/2014"], ()),
        (["2024-01-05T10:00:00+02:00", "2024-1-5"], ("iso",)),
        (["2024-02-30"], ()),
        (["45292", "45293.5"], ("excel",)),
        (["45292", "45293,5"], ("excel",)),
        # thousands
        (["45,292", "45,293"], ()),
        (["soon", "2024-01-01"], ()),
        ([], ()),
    ],
)
def test_ways_of_writing_times(values, ways):
    assert time_formats(values) == ways


def test_numbers_are_times_only_where_the_name_says_so():
    assert time_formats(["1704067200"], named_so=False) == ()


@settings(deadline=None)
@given(
    numbers=st.lists(st.integers(0, 10**9), min_size=1, max_size=8),
    style=st.sampled_from([(",", "."), (",", " "), (".", ","), (",", ""), (".", "'")]),
)
def test_how_numbers_were_written_is_among_the_styles_that_fit(numbers, style):
    decimal, thousands = style
    # with two decimals nothing looks like thousands
    written = [f"{one / 100:,.2f}".translate({ord(","): thousands, ord("."): decimal}) for one in numbers]
    if thousands and not any(thousands in one for one in written):
        style = (decimal, "")
    found = number_styles(written)
    assert found == () if style == (".", "") else style in found


@pytest.mark.parametrize(
    ("values", "styles"),
    [
        (["1.010,50", "12,90", "1.234"], ((",", "."),)),
        (["1,234.5", "7"], ((".", ","),)),
        (["€ 12,50", "(3,10)", "4,00-"], ((",", ""),)),
        (["($1,234.50)", "$-5.00", "-$7.25"], ((".", ","),)),
        (["\u22121\u202f234,50", "12,00"], ((",", " "),)),
        (["1.699,-", "5,-"], ((",", "."),)),
        # figures that the reader takes for none
        (["\uff19\uff15,\uff10", "\u0661"], ()),
        # thousands, or three decimals
        (["1,234"], ((".", ","), (",", ""))),
        # but no yen has decimals
        (["\u00a51,234", "\u00a5980"], ((".", ","),)),
        (["1.234\uc6d0", "12.000\uc6d0"], ((",", "."),)),
        (["1.5", "1e3"], ()),
        (["12,5", "x"], ()),
        ([], ()),
    ],
)
def test_styles_of_numbers(values, styles):
    assert number_styles(values) == styles


@settings(deadline=None)
@given(
    times=st.lists(moments, min_size=20, max_size=40, unique_by=lambda at: at.date()),
    way=st.sampled_from(WAYS),
    odd=st.sampled_from(["00.13.0000 00:00", "unknown", "31.12.99999", "?"]),
)
def test_a_few_texts_that_are_no_times_hide_no_way_of_writing_the_others(times, way, odd):
    written = [time.strftime(way) for time in times]
    assert time_formats([*written, odd]) == ()
    assert time_formats([*written, odd], share=0.9) == time_formats(written)


def test_six_figures_are_a_day_where_they_are_no_month():
    assert time_formats(["930101", "930131", "981231"]) == ("%y%m%d",)
    assert time_formats(["010193", "310193"]) == ("%d%m%y",)
    # twelve months of one year, and numbers whose column is not called like a time
    assert time_formats([f"2010{month:02}" for month in range(1, 13)]) == ()
    assert time_formats(["930101", "930131"], named_so=False) == ()


def test_years_of_two_figures_stand_behind_dashes_too():
    assert time_formats(["05-09-16", "31-12-17"]) == ("%d-%m-%y",)
    assert time_formats(["05-09-16 10:30", "12-31-17 09:15"]) == ("%m-%d-%y %H:%M",)


def test_a_year_of_two_figures_may_stand_in_front():
    # a 31st would be the year 2031 the other way round
    assert time_formats(["23/01/05", "24/02/10", "23/12/31"]) == ("%y/%m/%d",)
    assert time_formats(["05/01/23", "10/02/24", "31/12/23"]) == ("%d/%m/%y",)
    assert time_formats(["05.01.23", "10.02.24"]) == ("%d.%m.%y", "%y.%m.%d")
    # contracts end in the next years
    assert "%d/%m/%y" in time_formats([f"01/0{month}/{(datetime.now(UTC).year + 1) % 100}" for month in (1, 2, 3)])


@pytest.mark.parametrize(
    ("value", "way", "meant"),
    [
        ("15/03/2024 1:05:00 p. m.", "%d/%m/%Y %I:%M:%S %p", "2024-03-15T13:05"),
        ("2024. 3. 15. \uc624\ud6c4 1:05", "%Y. %m. %d. %p %I:%M", "2024-03-15T13:05"),
        ("2024\u5e743\u670815\u65e5 13\u664205\u5206", "%Y\u5e74%m\u6708%d\u65e5 %H\u6642%M\u5206", "2024-03-15T13:05"),
        ("15.03.2024, 13:05 Uhr", "%d.%m.%Y, %H:%M Uhr", "2024-03-15T13:05"),
        ("15/03/2024 \u00e0 13h05", "%d/%m/%Y \u00e0 %Hh%M", "2024-03-15T13:05"),
        ("15-MAR-24 01.05.00.000000 PM", "%d-%b-%y %I.%M.%S.%f %p", "2024-03-15T13:05"),
        ("45366,545138889", "excel", "2024-03-15T13:05"),
        ("15 marca 2024 13:05", "%d %B %Y %H:%M", "2024-03-15T13:05"),
        ("15 \u043c\u0430\u0440\u0442\u0430 2024 \u0433. 13:05", "%d %B %Y \u0433. %H:%M", "2024-03-15T13:05"),
    ],
)
def test_times_of_one_country_are_read_as_they_are_guessed(value, way, meant):
    assert time_formats([value]) == (way,)
    frame = pd.DataFrame({"who": ["K1"], "when": [value]})
    schema = Schema(customer_id="who", timestamp="when", kind_is="call", time_format=way)
    read = read_interactions(frame, schema, now="2026-01-01").events["timestamp"].to_pylist()
    assert [one.isoformat(timespec="minutes") for one in read] == [meant]
    assert [row.refused for row in RowReader(schema).read(frame.to_dict("records"))] == [False]
