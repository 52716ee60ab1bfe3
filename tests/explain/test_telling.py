"""Which column tells each reason: side by side for all rows what a plain loop finds row by row."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cxchurn.explain import sentences, telling_columns
from cxchurn.explain._reasons import reason
from cxchurn.features import Says


def row_by_row(parts: np.ndarray, drivers: list[str], top: int) -> list[int]:
    """The drivers that raise the risk most, the first of equal ones first; each told by its own largest column."""
    names = list(dict.fromkeys(drivers))
    columns = {name: [k for k, one in enumerate(drivers) if one == name] for name in names}
    sums = {name: sum(parts[k] for k in columns[name]) for name in names}
    ranked = sorted((name for name in names if sums[name] > 0), key=lambda name: -sums[name])[:top]
    found = [max(columns[name], key=lambda k: parts[k]) for name in ranked]
    return found + [-1] * (top - len(found))


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_many_rows_are_one_row_each(data):
    drivers = data.draw(st.lists(st.sampled_from("abcd"), min_size=1, max_size=9))
    # quarters add up exactly, in whatever order, so that ties are ties
    quarters = st.integers(-8, 8).map(lambda k: k / 4)
    rows = data.draw(st.lists(st.lists(quarters, min_size=len(drivers), max_size=len(drivers)), max_size=6))
    top = data.draw(st.integers(0, 5))
    says = [Says(f"c{k}", driver, "is {value}") for k, driver in enumerate(drivers)]
    parts = np.array(rows, dtype=np.float64).reshape(-1, len(drivers))
    wanted = [row_by_row(row, drivers, top) for row in parts]
    for given_as in (parts, np.asfortranarray(parts)):
        assert telling_columns(given_as, says, top).T.tolist() == wanted
    alone = [telling_columns(parts[[k]], says, top)[:, 0].tolist() for k in range(len(parts))]
    assert alone == wanted


def test_the_same_number_is_said_the_same_and_a_missing_one_too():
    says = [
        Says("n", "effort", "had {value:#contact}", zero="had none", missing="has no record"),
        Says("m", "x", "is {value}"),
    ]
    features = np.array([[0.0, 1], [2, 1], [np.nan, 1], [2, 1], [1, 1], [-0.0, 1], [np.nan, 2]])
    columns = np.array([0, 0, 0, 0, 0, 0, 1])
    typical = {"n": 1.0}
    found = sentences(columns, features, says, typical).tolist()
    assert found == [reason(says[c], row[c], typical) for c, row in zip(columns, features, strict=True)]
    assert found[:3] == ["Had none (usual: 1 contact)", "Had 2 contacts (usual: 1 contact)", "Has no record"]
    assert sentences(np.array([-1, 0]), features[:2], says, typical).tolist() == ["", found[1]]


def test_nobody_and_nothing():
    assert telling_columns(np.empty((0, 3)), [Says(n, "d", "is {value}") for n in "abc"], 2).shape == (2, 0)
    assert telling_columns(np.empty((4, 0)), [], 2).tolist() == [[-1] * 4] * 2
