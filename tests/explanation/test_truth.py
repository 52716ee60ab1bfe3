"""What judges the reasons: measures counted by hand, and minds in which a cause that never happened makes no difference."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))
from truth.measures import Judged, by_customer, measured, share_of  # noqa: E402
from truth.minds import CAUSES, LIVES, MINDS  # noqa: E402
from truth.said import MEASURES, measured_first  # noqa: E402

_ONE = np.ones((1, 4))


def _judged(a: list, b: list, c: list, profile: list) -> Judged:
    truth = pd.DataFrame({"a": a, "b": b, "c": c, "profile": profile})
    return Judged(np.arange(4), truth.assign(experience=truth[["a", "b", "c"]].sum(axis=1)), ["a", "b", "c"])


def test_measures_are_counted_by_hand() -> None:
    # each cause's mean is 0: parts are as they stand
    judged = _judged([3, -1, -1, -1], [2, -2, 0, 0], [1, 1, -1, -1], [0, 0, 0, 0])
    found = pd.DataFrame(
        {"a": [5, -5, -1, 1], "b": [4, -4, 0, 0], "c": [-9, 9, -1, 1], "rhythm": [6, -1, -1, -1], "money": [0.0] * 4}
    )
    values = {name: value[0] for name, value in measured(judged, found, _ONE).items()}
    # sizes a 6/4, b 4/4, c 4/4 against 12/4, 8/4, 20/4: ranks 3, 1.5, 1.5 against 2, 1, 3 correlate 0
    assert values["over drivers"] == pytest.approx(0.0)
    # rows: (3,2,1) with (5,4,-9): 1; (-1,-2,1) with (-5,-4,9): 0.5; (-1,0,-1) with (-1,0,-1): 1; with (1,0,1): -1
    assert values["per customer"] == pytest.approx((1 + 0.5 + 1 - 1) / 4)
    # somebody's risk is truly raised in the first two rows alone: a is first of two, c is first
    assert values["top in true two"] == 1.0
    # experience drives the first away (6 above nothing else); there rhythm is said first
    assert judged.driven.tolist() == [True, False, False, False]
    assert values["experience first"] == 0.0


def test_what_is_said_first_is_counted_by_hand() -> None:
    judged = _judged([3, -1, -1, -1], [2, -2, 0, 0], [1, 1, -1, -1], [0, 0, 0, 0])
    # b to the first, a to the second, nothing to the third, c to the last
    values = [value[0] for value in measured_first(judged, np.array([1, 0, -1, 2]), _ONE).values()]
    # the first alone is driven away, and told of an experience
    assert values[0] == 1.0
    # experiences come to 6, -2, -2, -2: of the last three, whom it keeps, two are told of one
    assert values[1] == pytest.approx(2 / 3)
    # b is 2 of the first; a is -1 of the second, and c -1 of the last
    assert values[2] == pytest.approx(1 / 3)
    # somebody's risk is truly raised in the first two rows: b is second of three, a (-1) is second of -1, -2, 1 too
    assert values[3] == 1.0
    assert len(MEASURES) == len(values)
    # the second not at all, the last three times: one of four
    values = measured_first(judged, np.array([1, 0, -1, 2]), np.array([[1.0, 0, 0, 3]]))
    assert values["truly raises"].tolist() == [0.25]


def test_what_is_given_to_a_cause_is_a_share_of_all_sizes() -> None:
    found = pd.DataFrame({"a": [1, -1, 1, -1], "b": [3, -3, 3, -3], "rhythm": [4, 4, 4, 4]})
    # a theme that is the same for everybody tells nobody apart: 1 of 1 + 3
    assert share_of(found, "a", _ONE).tolist() == [0.25]
    # the first customer twice, the last not at all: a's mean is 0 still, sizes are the same
    assert share_of(found, "b", np.array([[2.0, 1, 1, 0]])).tolist() == [0.75]


def test_draws_take_whole_customers_and_begin_with_all_as_they_are() -> None:
    draws = by_customer(np.array(["x", "y", "x", "z"]), 50, 0)
    assert draws[0].tolist() == [1, 1, 1, 1]
    assert (draws[:, 0] == draws[:, 2]).all()
    assert (draws[:, [0, 1, 3]].sum(axis=1) == 3).all()
    assert np.array_equal(draws, by_customer(np.array(["x", "y", "x", "z"]), 50, 0))


@pytest.mark.parametrize("mind", MINDS)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_life_without_a_cause_that_never_came_up_is_the_real_one(mind: str, data: st.DataObject) -> None:
    happened = data.draw(st.sets(st.sampled_from(CAUSES)))
    lived = MINDS[mind](3, frozenset(), np.random.default_rng(0))
    off = MINDS[mind](3, frozenset(happened), np.random.default_rng(0))
    draw = np.random.default_rng(data.draw(st.integers(0, 99)))
    who = np.arange(3)
    for _ in range(data.draw(st.integers(1, 6))):
        slow = draw.normal(size=3) if "wait" in happened else np.zeros(3)
        tone = draw.normal(size=3) if "tone" in happened else np.full(3, 0.25)
        transfers = draw.integers(0, 3, 3).astype(float) if "transfers" in happened else np.zeros(3)
        solved = draw.random(3) < 0.5 if "unresolved" in happened else np.ones(3, bool)
        for one in (lived, off):
            one.pass_day()
            one.contact(who, slow, transfers, np.clip(tone, -1, 1), solved)
            one.delivery(who, np.full(3, 2.0) if "promise" in happened else np.zeros(3))
            if "unresolved" in happened:
                one.neglect(who[:1])
            if "care" in happened:
                one.care(who[1:])
    lives = lived.log_hazard()
    assert lives.shape == (LIVES, 3)
    for number, cause in enumerate(CAUSES):
        if cause not in happened:
            np.testing.assert_array_equal(lives[1 + number], lives[0])
    # without any cause all lives are the one in which nothing that happened makes a difference
    np.testing.assert_allclose(off.log_hazard(), np.broadcast_to(lives[-1], (LIVES, 3)), rtol=0, atol=1e-12)


@pytest.mark.prove
def test_the_table_is_made_twice_the_same() -> None:
    said = [
        subprocess.run(
            [sys.executable, str(BENCHMARKS / "truth.py"), "--quick"], check=True, capture_output=True, text=True
        ).stdout
        for _ in range(2)
    ]
    tables = [[line for line in one.splitlines() if line.startswith("|")] for one in said]
    assert len(tables[0]) > 10
    assert tables[0] == tables[1]
