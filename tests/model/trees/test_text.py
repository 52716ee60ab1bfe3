from __future__ import annotations

import re

import numpy as np
import pytest

from cxchurn import DataError
from cxchurn.model.trees import read_forest, read_trees

from .tree_models import trained

TEXT = trained(5, rounds=2).model_to_string()


def line(name: str, value: str) -> str:
    """The text with one line of its first tree changed."""
    return re.sub(rf"(?m)^{name}=.*$", f"{name}={value}", TEXT, count=1)


DAMAGED = {
    "no text": ("", "does not begin and end"),
    "another file": ("a,b\n1,2\n", "does not begin and end"),
    "cut short": (TEXT[: len(TEXT) // 3], "does not begin and end"),
    "a mean of trees": (TEXT.replace("label_index=0", "label_index=0\naverage_output"), "no single sum"),
    "several classes": (TEXT.replace("num_tree_per_iteration=1", "num_tree_per_iteration=3"), "no single sum"),
    "a circle": (line("left_child", "0 -1 -2 -3"), "do not lead"),
    "a child before its parent": (line("right_child", "1 0 -3 -5"), "do not lead"),
    "a leaf twice": (line("right_child", "-1 -1 -1 -1"), "do not lead"),
    "a leaf too far": (line("left_child", "1 2 3 -99"), "do not lead"),
    "too few children": (line("left_child", "1 2"), "2 numbers stand where 4 belong"),
    "a column that is not there": (line("split_feature", "0 1 2 999"), "asks about no column"),
    "a negative column": (line("split_feature", "0 1 2 -1"), "asks about no column"),
    "a threshold that is none": (line("threshold", "0 nan 1 2"), "asks about no column"),
    "words for numbers": (line("threshold", "a b c d"), "could not convert"),
    "a leaf without a value": (line("leaf_value", "1 2 3 nan 5"), "value is no number"),
    "an endless leaf": (line("leaf_value", "1 2 3 inf 5"), "value is no number"),
    "an empty leaf": (line("leaf_count", "1 2 3 0 5"), "holds nothing"),
    "leaves without end": (line("num_leaves", "99999999"), "99999999 leaves"),
    "no leaf": (line("num_leaves", "0"), "0 leaves"),
    "linear leaves": (line("is_linear", "1"), "linear models"),
    "an unknown kind": (line("decision_type", "12 12 12 12"), "kind is unknown"),
    "labels from nowhere": (line("decision_type", "1 1 1 1"), "lacks cat_boundaries|set of labels"),
    "no line of thresholds": (re.sub(r"(?m)^threshold=.*\n", "", TEXT), "lacks threshold"),
}


@pytest.mark.parametrize(("text", "says"), DAMAGED.values(), ids=DAMAGED)
def test_what_is_no_tree_is_refused_in_words(text, says):
    with pytest.raises(DataError, match=says) as error:
        read_trees(text)
    assert error.value.hint


def test_whatever_byte_is_changed_it_is_read_or_refused():
    draw = np.random.default_rng(0)
    X, read = np.zeros((3, 12)), 0
    for _ in range(400):
        place = draw.integers(len(TEXT))
        text = TEXT[:place] + chr(draw.integers(32, 127)) + TEXT[place + 1 :]
        try:
            raw = read_forest(text, columns=12).raw_score(X)
        except DataError:
            continue
        read += 1
        assert np.isfinite(raw).all()
    assert read


def test_a_tree_as_arrays():
    trees = read_trees(TEXT)
    assert len(trees) == 2
    assert [tree.value.size for tree in trees] == [5, 5]
    assert all(tree.count.sum() == 1500 for tree in trees)
