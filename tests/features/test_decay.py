from __future__ import annotations

import pytest

from cxchurn.features import Decay

EVENTS = [
    {"ago": 10, "value": 4.0, "Big Items": 1.0},
    {"ago": 20, "value": None, "Big Items": 8.0},
    {"ago": 30, "value": 16.0, "Big Items": None},
    {"ago": 0, "value": 99.0, "Big Items": 99.0},
]


def test_every_half_life_halves(made):
    builder = Decay(half_lives=("10D",), measures=("value", "Big Items"))
    assert made(builder, EVENTS, measures=("Big Items",)) == pytest.approx(
        {
            "decay_count_10d": 1 / 2 + 1 / 4 + 1 / 8,
            "decay_value_10d": 4 / 2 + 16 / 8,
            "decay_big_items_10d": 1 / 2 + 8 / 4,
        }
    )


def test_nothing_is_zero(made):
    builder = Decay(half_lives=("10D",), measures=("value",))
    assert made(builder, EVENTS, who="nobody", measures=("Big Items",)) == {
        "decay_count_10d": 0.0,
        "decay_value_10d": 0.0,
    }
