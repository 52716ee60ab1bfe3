"""Measures that only say yes or no: which ones these are, and what is said of them."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxchurn.features import FeatureSet, Volume, standard
from cxchurn.features.shared._measures import flags_of
from cxchurn.interactions import Schema, read_interactions

NONE = None


def log_of(numbers: dict[str, list], **options):
    rows = len(next(iter(numbers.values())))
    frame = pd.DataFrame(numbers).assign(
        customer_id=[f"c{n % 3}" for n in range(rows)],
        timestamp=pd.date_range("2024-01-01", periods=rows, freq="D"),
        kind="visit",
    )
    schema = Schema(customer_id="customer_id", timestamp="timestamp", kind="kind", measures=tuple(numbers))
    return read_interactions(frame, schema, **options)


@pytest.mark.parametrize(
    ("name", "numbers", "expected"),
    [
        ("made_sla", [True, False, True], True),
        ("made_sla", [1, 0, NONE], True),
        ("made_sla", [0.0, 1.0, 1.0], True),
        ("made_sla", ["1", "0", ""], True),
        # never anything but one of them: what the other would be, nobody knows
        ("made_sla", [1, 1, NONE], False),
        ("made_sla", [NONE, NONE, NONE], False),
        ("made_sla", [0, 1, 2], False),
        ("made_sla", [0, 1, 0.5], False),
        ("made_sla", [0, 1, -1], False),
        # counted, however seldom it came to two; and money is an amount
        ("reopen_count", [0, 1, 0], False),
        ("items", [0, 1, 0], False),
        ("number of lines", [0, 1, 0], False),
        ("fee", [0, 1, 0], False),
        ("discounted", [0, 1, 0], True),
    ],
)
def test_are_those_of_ones_and_noughts(name: str, numbers: list, expected: bool):
    log = log_of({name: numbers})
    assert flags_of(log, log.measures) == ((name,) if expected else ())


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from([0.0, 1.0, None, 2.0]), min_size=1, max_size=6))
def test_are_what_a_set_of_all_numbers_says(numbers):
    log = log_of({"won": numbers, "other": [0.5] * len(numbers)})
    assert flags_of(log, log.measures) == (("won",) if {*numbers} - {None} == {0.0, 1.0} else ())


def test_are_found_in_parts_on_disk(tmp_path):
    # the only number that is neither stands in the last row
    numbers = {"won": [0.0, 1.0] * 400, "spoilt": [0.0, 1.0] * 399 + [0.0, 3.0]}
    whole = log_of(numbers)
    parts = log_of(numbers, memory_limit="1MB")
    assert parts.parts is not None
    assert flags_of(whole, whole.measures) == flags_of(parts, parts.measures) == ("won",)


def test_are_said_as_marks():
    log = log_of({"made_sla": [1, 0, 1, 0, 1, 1], "price": [3.0] * 6})
    volume = next(one for one in standard(log, "30D") if isinstance(one, Volume))
    assert volume.flags == ("made_sla",)
    rows = pd.DataFrame({"customer_id": ["c0", "c1", "c2"], "cutoff": pd.Timestamp("2024-01-08")})
    features = FeatureSet([volume], log=log, min_customers=1)
    values = features.fit_transform(rows)
    says = {one.name: one for one in features.says_}
    # of the days 1 to 6 c0 has 1 and 4, c1 has 2 and 5, c2 has 3 and 6
    told = {
        "volume_made_sla_sum_30d": (
            'Had 1 interaction of their own marked "made sla" in the last 30 days',
            'Had 1 interaction of their own marked "made sla" in the last 30 days',
            'Had 2 interactions of their own marked "made sla" in the last 30 days',
        ),
        "volume_made_sla_mean_30d": (
            'Had 50% of their own interactions of the last 30 days marked "made sla"',
            'Had 50% of their own interactions of the last 30 days marked "made sla"',
            'Had 100% of their own interactions of the last 30 days marked "made sla"',
        ),
        "volume_made_sla_min_30d": (
            'Had an interaction of their own not marked "made sla" in the last 30 days',
            'Had an interaction of their own not marked "made sla" in the last 30 days',
            'Had every interaction of their own in the last 30 days marked "made sla"',
        ),
    }
    for name, sentences in told.items():
        assert tuple(says[name].told(value) for value in values[name]) == sentences
    assert says["volume_made_sla_mean_30d"].told(0.0, usual=says["volume_made_sla_mean_30d"].amount(0.9)) == (
        'Had none of their own interactions of the last 30 days marked "made sla" (usual: 90%)'
    )


def test_change_no_number():
    log = log_of({"made_sla": [1, 0, 1, 0, 1, 1]})
    rows = pd.DataFrame({"customer_id": ["c0", "c1", "c2"], "cutoff": pd.Timestamp("2024-01-08")})
    told, plain = (
        FeatureSet([Volume(measures=("made_sla",), flags=flags)], log=log, min_customers=1).fit_transform(rows)
        for flags in (("made_sla",), ())
    )
    pd.testing.assert_frame_equal(told, plain)


@pytest.mark.parametrize(
    ("measure", "of_sums", "of_means"),
    [
        ("made_sla", "rhythm", "experience"),  # good: few in all are few contacts
        ("rating", "rhythm", "experience"),
        ("reassigned", "experience", "experience"),  # bad: many in all are a bad time
        ("won", "rhythm", "rhythm"),
        ("price", "money", "money"),
    ],
)
def test_what_is_good_and_adds_up_is_how_much_they_did(measure: str, of_sums: str, of_means: str):
    log = log_of({measure: [1, 0, 1, 0, 1, 1]})
    rows = pd.DataFrame({"customer_id": ["c0", "c1", "c2"], "cutoff": pd.Timestamp("2024-01-08")})
    features = FeatureSet([Volume(measures=(measure,), flags=(measure,))], log=log, min_customers=1).fit(rows)
    themes = {one.name: one.theme for one in features.says_}
    assert {themes[f"volume_{measure}_{of}"] for of in ("sum_90d", "sum_365d", "rate_365d")} == {of_sums}
    assert {themes[f"volume_{measure}_{of}"] for of in ("mean_90d", "min_90d", "max_90d")} == {of_means}
