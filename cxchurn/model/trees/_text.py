"""Reading LightGBM's text: what is not a tree is refused before anything walks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

from cxchurn._core import DataError

# bits of decision_type: a test on labels, where missing values go, and what counts as missing
LABELS, MISSING_LEFT = 1, 2
# LightGBM's own numbers for what it takes as missing
_NOTHING, _ZERO, _NAN = 0, 1, 2
# far more than anybody grows; a forged file must not make a table of any size it likes
_MOST_LEAVES = 1 << 16
# on the ways to all leaves of a tree: each is written down
_MOST_STEPS = 4_000_000


@dataclass(frozen=True, eq=False)
class Tree:
    """One tree as arrays: ``n`` decisions, ``n + 1`` leaves.

    Attributes
    ----------
    feature : ndarray of int64, shape (n,)
        The column that each decision asks about.
    threshold : ndarray of float64, shape (n,)
        Go left where the value is at most this; unused for labels.
    missing_left : ndarray of bool, shape (n,)
        Whether a missing value goes left.
    zero_missing : ndarray of bool, shape (n,)
        Whether zero counts as missing.
    labels : tuple of ndarray or None
        For decisions on labels the codes that go left, sorted; None for numbers.
    left, right : ndarray of int64, shape (n,)
        The decision that follows (always a later one), or ``-1 - leaf``.
    value, count : ndarray, shape (n + 1,)
        What each leaf adds to the log-odds, and how many training rows were in it.
    """

    feature: np.ndarray
    threshold: np.ndarray
    missing_left: np.ndarray
    zero_missing: np.ndarray
    labels: tuple[np.ndarray | None, ...]
    left: np.ndarray
    right: np.ndarray
    value: np.ndarray
    count: np.ndarray


def read_trees(text: str, *, columns: int | None = None) -> list[Tree]:
    """Read and check the trees of a LightGBM model file.

    Parameters
    ----------
    text : str
        As `lightgbm.Booster.model_to_string` gives it.
    columns : int, optional
        How many columns there are; default: as the text says.

    Raises
    ------
    DataError
        For text that holds no trees, or trees that are none: decisions that lead in a circle or nowhere, columns that do not
        exist, numbers that are not.
    """
    head, *blocks = text.partition("\nend of trees")[0].split("\nTree=")
    about = dict(_pairs(head))
    if not head.startswith("tree") or "max_feature_idx" not in about or "end of trees" not in text:
        _damaged("it does not begin and end as a model of LightGBM")
    if "average_output" in head or about.get("num_tree_per_iteration") != "1":
        _damaged("it is no single sum of trees")
    most = _columns(about["max_feature_idx"]) if columns is None else columns
    return [_tree(dict(_pairs(block)), most, k) for k, block in enumerate(blocks)]


def _columns(text: str) -> int:
    try:
        return int(_integers(text, 1)[0]) + 1
    except (ValueError, OverflowError) as error:
        _damaged(f"the number of its columns: {error}")


def _pairs(block: str) -> Iterator[tuple[str, str]]:
    for line in block.splitlines():
        name, separator, value = line.partition("=")
        if separator:
            yield name, value


def _tree(data: dict[str, str], columns: int, number: int) -> Tree:
    try:
        return _checked(data, columns)
    except KeyError as error:
        _damaged(f"tree {number} lacks {error.args[0]}")
    except (ValueError, OverflowError) as error:
        _damaged(f"tree {number}: {error}")


def _checked(data: dict[str, str], columns: int) -> Tree:
    leaves = _integers(data["num_leaves"], 1)[0]
    if not 1 <= leaves <= _MOST_LEAVES:
        raise ValueError(f"it has {leaves} leaves")
    if data.get("is_linear", "0") != "0":
        raise ValueError("its leaves are linear models")
    value = _floats(data["leaf_value"], leaves)
    if not np.isfinite(value).all():
        raise ValueError("a leaf's value is no number")
    if leaves == 1:
        none = np.empty(0, dtype=np.int64)
        return Tree(none, np.empty(0), none > 0, none > 0, (), none, none, value, np.ones(1))
    nodes = leaves - 1
    feature, kind, left, right = (
        _integers(data[name], nodes) for name in ("split_feature", "decision_type", "left_child", "right_child")
    )
    threshold, count = _floats(data["threshold"], nodes), _floats(data["leaf_count"], leaves)
    if np.isnan(threshold).any() or not (count > 0).all() or not ((feature >= 0) & (feature < columns)).all():
        raise ValueError("a decision asks about no column, or a leaf holds nothing")
    _check_walk(left, right, leaves)
    missing = (kind >> 2) & 3
    if (missing == 3).any():
        raise ValueError("a decision's kind is unknown")
    labels = _labels(data, kind, threshold)
    return Tree(
        feature, threshold, _missing_left(kind, missing, threshold), missing == _ZERO, labels, left, right, value, count
    )


def _missing_left(kind: np.ndarray, missing: np.ndarray, threshold: np.ndarray) -> np.ndarray:
    # where nothing was missing in training a missing value counts as 0; among labels it is one that was never met
    number = np.where(missing == _NOTHING, threshold >= 0, kind & MISSING_LEFT > 0)
    return np.where(kind & LABELS > 0, False, number)


def _check_walk(left: np.ndarray, right: np.ndarray, leaves: int) -> None:
    children = np.concatenate([left, right])
    parents = np.tile(np.arange(left.size), 2)
    inner = children >= 0
    later = children[inner] > parents[inner]
    whole = np.array_equal(np.sort(children), np.concatenate([np.arange(-leaves, 0), np.arange(1, left.size)]))
    if not later.all() or not whole:
        raise ValueError("its decisions do not lead from the first one to every leaf")
    if leaves * leaves > 2 * _MOST_STEPS and _steps(left, right) > _MOST_STEPS:
        raise ValueError("the ways to its leaves are longer than those of any tree that was grown")


def _steps(left: np.ndarray, right: np.ndarray) -> int:
    """Return how many decisions lie on the ways to all leaves together."""
    depth, steps = [1] * left.size, 0
    for at, children in enumerate(zip(left.tolist(), right.tolist(), strict=True)):
        for child in children:
            if child < 0:
                steps += depth[at]
            else:
                depth[child] = depth[at] + 1
    return steps


def _labels(data: dict[str, str], kind: np.ndarray, threshold: np.ndarray) -> tuple[np.ndarray | None, ...]:
    if not (kind & LABELS).any():
        return (None,) * kind.size
    sets = _integers(data["num_cat"], 1)[0]
    bounds = _integers(data["cat_boundaries"], sets + 1)
    words = _integers(data["cat_threshold"], int(bounds[-1]))
    if bounds[0] != 0 or (np.diff(bounds) < 0).any() or (words < 0).any() or (words >= 1 << 32).any():
        raise ValueError("its sets of labels are damaged")
    found: list[np.ndarray | None] = []
    for one, at in zip(kind, threshold, strict=True):
        if not one & LABELS:
            found.append(None)
            continue
        if at != int(at) or not 0 <= at < sets:
            raise ValueError("a decision names a set of labels that is not there")
        bits = words[bounds[int(at)] : bounds[int(at) + 1]].astype("<u4").view(np.uint8)
        found.append(np.flatnonzero(np.unpackbits(bits, bitorder="little")))
    return tuple(found)


def _numbers(text: str, size: int, read: Callable[[str], Any], dtype: type) -> np.ndarray:
    values: np.ndarray = np.array([read(one) for one in text.split()], dtype=dtype)
    if values.size != size:
        raise ValueError(f"{values.size} numbers stand where {size} belong")
    return values


def _integers(text: str, size: int) -> np.ndarray:
    return _numbers(text, size, int, np.int64)


def _floats(text: str, size: int) -> np.ndarray:
    return _numbers(text, size, float, np.float64)


def _damaged(why: str) -> NoReturn:
    raise DataError(
        f"the trees of the model cannot be read: {why}.",
        allowed="the text that LightGBM writes for a binary model",
        hint="copy the folder again, or train again.",
    )
