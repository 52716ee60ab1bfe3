"""Trees as flat arrays, as the compiled loops take them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cxchurn._core.running._compiled import inner

# what a decision does with a missing value, and what it asks
RIGHT, LEFT, ZERO, LABELS = 0, 1, 2, 3
# how a tree's parts are found: by the pattern of all answers, or leaf by leaf
PATTERN, LEAVES = 0, 1


class Packed(NamedTuple):
    """The trees as flat arrays.

    Attributes
    ----------
    way, nodes, leaves, slots, table : ndarray, one a tree
        `PATTERN` or `LEAVES`; where the tree's decisions, leaves, columns (by pattern), and of its table the line of values
        begin. One more at the end for all but `way` and `table`.
    special : ndarray
        The decisions that do not ask whether a number is at most a threshold.
    feature, threshold, kind, missing_left, left, right, labels : ndarray, one a decision
        ``labels`` is where its codes begin in ``goes_left``; one more at the end.
    goes_left : ndarray of uint8
        For each code of each decision on labels whether it goes left.
    owner, bit : ndarray, one a decision
        Its tree, and its place in the tree's pattern.
    column, slot_tree, slot_table : ndarray, one a column of a tree by pattern
        The column, its tree, and where its line of the tree's table begins.
    value, steps, path, leaf_table : ndarray, one a leaf
        Its value; where its steps, its columns, and its table begin (-1: worked out row by row). One more at the end for
        ``steps`` and ``path``.
    step_node, step_left, step_slot : ndarray, one a step
        A decision on the way to the leaf, whether left leads there, and which of the leaf's columns it asks about.
    path_column, path_share : ndarray, one a column of a leaf
        The column, and the share of training rows that went the leaf's way at its decisions.
    tables : ndarray
        Tables of all trees and leaves.
    weights : ndarray, shape (longest + 1, longest + 1)
        ``weights[d, s]``: of a coalition of ``s`` among ``d`` columns.
    """

    way: np.ndarray
    owner: np.ndarray
    bit: np.ndarray
    special: np.ndarray
    slot_tree: np.ndarray
    slot_table: np.ndarray
    nodes: np.ndarray
    leaves: np.ndarray
    slots: np.ndarray
    table: np.ndarray
    feature: np.ndarray
    threshold: np.ndarray
    kind: np.ndarray
    missing_left: np.ndarray
    left: np.ndarray
    right: np.ndarray
    labels: np.ndarray
    goes_left: np.ndarray
    column: np.ndarray
    value: np.ndarray
    steps: np.ndarray
    path: np.ndarray
    leaf_table: np.ndarray
    step_node: np.ndarray
    step_left: np.ndarray
    step_slot: np.ndarray
    path_column: np.ndarray
    path_share: np.ndarray
    tables: np.ndarray
    weights: np.ndarray


class Flat(NamedTuple):
    """Packed trees in three arrays: handing over two dozen takes longer than answering one row.

    Attributes
    ----------
    numbers : ndarray of int64
        All arrays of whole numbers one after the other, in the order of `Packed`.
    shares : ndarray of float64
        All other arrays.
    begins : ndarray of int64, shape (fields + 1, 2)
        Where each field begins in the one and in the other.
    """

    numbers: np.ndarray
    shares: np.ndarray
    begins: np.ndarray


def flatten(packed: Packed) -> Flat:
    """Put the arrays of packed trees one after the other."""
    whole = [array.dtype.kind == "i" for array in packed]
    sizes = [(array.size, 0) if one else (0, array.size) for array, one in zip(packed, whole, strict=True)]
    numbers, shares = (
        np.concatenate([array.ravel() for array, one in zip(packed, whole, strict=True) if one == wanted])
        for wanted in (True, False)
    )
    return Flat(numbers, shares, np.vstack([np.zeros((1, 2), dtype=np.int64), np.cumsum(sizes, axis=0)]))


@inner
def unpacked(numbers, shares, begins):
    """The packed trees again, as views."""
    n, s, b = numbers, shares, begins
    size = int(np.sqrt(b[30, 1] - b[29, 1]))
    return Packed(
        n[b[0, 0] : b[1, 0]],
        n[b[1, 0] : b[2, 0]],
        n[b[2, 0] : b[3, 0]],
        n[b[3, 0] : b[4, 0]],
        n[b[4, 0] : b[5, 0]],
        n[b[5, 0] : b[6, 0]],
        n[b[6, 0] : b[7, 0]],
        n[b[7, 0] : b[8, 0]],
        n[b[8, 0] : b[9, 0]],
        n[b[9, 0] : b[10, 0]],
        n[b[10, 0] : b[11, 0]],
        s[b[11, 1] : b[12, 1]],
        n[b[12, 0] : b[13, 0]],
        n[b[13, 0] : b[14, 0]],
        n[b[14, 0] : b[15, 0]],
        n[b[15, 0] : b[16, 0]],
        n[b[16, 0] : b[17, 0]],
        n[b[17, 0] : b[18, 0]],
        n[b[18, 0] : b[19, 0]],
        s[b[19, 1] : b[20, 1]],
        n[b[20, 0] : b[21, 0]],
        n[b[21, 0] : b[22, 0]],
        n[b[22, 0] : b[23, 0]],
        n[b[23, 0] : b[24, 0]],
        n[b[24, 0] : b[25, 0]],
        n[b[25, 0] : b[26, 0]],
        n[b[26, 0] : b[27, 0]],
        s[b[27, 1] : b[28, 1]],
        s[b[28, 1] : b[29, 1]],
        s[b[29, 1] : b[30, 1]].reshape(size, size),
    )
