from __future__ import annotations

import math

import pytest

from cxchurn.explanation.ledger import part_said, points


@pytest.mark.parametrize(
    ("moved", "in_a_table", "in_a_sentence"),
    [
        (1.44, "+1.4", "other +1.4"),
        (-12.0, "-12.0", "other -12.0"),
        # a dot would read like the end of the sentence, and nothing has no sign
        (0.04, ".", "other 0.0"),
        (-0.04, ".", "other 0.0"),
        (math.nan, "-", "other -"),
    ],
)
def test_points_in_tables_and_in_sentences(moved, in_a_table, in_a_sentence):
    assert points(moved) == in_a_table
    assert part_said("other", moved) == in_a_sentence
