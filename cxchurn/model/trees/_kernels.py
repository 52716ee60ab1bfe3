"""The compiled loops over trees. Rows lie innermost, so that a decision is answered for many of them at once.

A row's numbers are added up tree by tree, in the order of the trees, from that row's values alone: one row gets the same bits
as a million.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cxchurn._core._compiled import compiled

# what a decision does with a missing value, and what it asks
RIGHT, LEFT, ZERO, LABELS = 0, 1, 2, 3
# how a tree's parts are found: by the pattern of all answers, or leaf by leaf
PATTERN, LEAVES = 0, 1
_NEARLY_ZERO = 1e-35


class Packed(NamedTuple):
    """The trees as flat arrays.

    Attributes
    ----------
    way, nodes, leaves, slots, table : ndarray, one a tree
        `PATTERN` or `LEAVES`; where the tree's decisions, leaves, columns (by pattern) and table begin. One more at the end
        for all but `way` and `table`.
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


@compiled
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


@compiled
def goes_left(kind, bound, missing_left, begin, stop, codes, value):
    """Whether one value goes left at a decision, 0 or 1."""
    # without a branch between the two: which one comes next cannot be foreseen, and guessing wrong costs more than both
    if kind <= LEFT:
        return np.int64(value <= bound) | (np.int64(value != value) & missing_left)
    if kind == ZERO:
        missing = not (abs(value) > _NEARLY_ZERO)
        return missing_left if missing else np.int64(value <= bound)
    return codes[begin + int(value)] if -1.0 < value < stop - begin else np.int64(0)


@compiled
def answer(kind, bound, missing_left, begin, stop, codes, values, out):
    """Whether each row goes left at a decision, 0 or 1."""
    # said twice for numbers, because a loop without branches takes many rows at a time
    if kind == RIGHT:
        for r in range(out.size):
            out[r] = values[r] <= bound
    elif kind == LEFT:
        for r in range(out.size):
            out[r] = not (values[r] > bound)
    else:
        for r in range(out.size):
            out[r] = goes_left(kind, bound, missing_left, begin, stop, codes, values[r])


@compiled
def scores(numbers, shares, begins, block, out):
    """Add every tree's value to the rows of a block. Costs the decisions, or the depth where trees are walked."""
    t = unpacked(numbers, shares, begins)
    said, pattern = np.empty(out.size, np.int64), np.empty(out.size, np.int64)
    for tree in range(t.way.size):
        first, stop = t.nodes[tree], t.nodes[tree + 1]
        if t.way[tree] == PATTERN:
            pattern[:] = 0
            for i in range(first, stop):
                about = t.kind[i], t.threshold[i], t.missing_left[i], t.labels[i], t.labels[i + 1]
                answer(*about, t.goes_left, block[t.feature[i]], said)
                for r in range(out.size):
                    pattern[r] |= said[r] << (i - first)
            values = t.table[tree] + (t.slots[tree + 1] - t.slots[tree]) * (1 << (stop - first))
            for r in range(out.size):
                out[r] += t.tables[values + pattern[r]]
        else:
            for r in range(out.size):
                at = np.int64(0) if stop > first else np.int64(-1)
                while at >= 0:
                    i = first + at
                    about = t.kind[i], t.threshold[i], t.missing_left[i], t.labels[i], t.labels[i + 1]
                    at = t.left[i] if goes_left(*about, t.goes_left, block[t.feature[i], r]) else t.right[i]
                out[r] += t.value[t.leaves[tree] - 1 - at]


@compiled
def parts(numbers, shares, begins, block, out):
    """Add every column's part in every tree to the rows of a block; `out` has a line a column."""
    t = unpacked(numbers, shares, begins)
    said, pattern = np.empty(out.shape[1], np.int64), np.empty(out.shape[1], np.int64)
    answers = np.empty((_most(t.way, t.nodes), out.shape[1]), np.int64)
    for tree in range(t.way.size):
        first, stop = t.nodes[tree], t.nodes[tree + 1]
        by_pattern = t.way[tree] == PATTERN
        pattern[:] = 0
        for i in range(first, stop):
            about = t.kind[i], t.threshold[i], t.missing_left[i], t.labels[i], t.labels[i + 1]
            if by_pattern:
                answer(*about, t.goes_left, block[t.feature[i]], said)
                for r in range(said.size):
                    pattern[r] |= said[r] << (i - first)
            else:
                answer(*about, t.goes_left, block[t.feature[i]], answers[i - first])
        if by_pattern:
            begin, size = t.table[tree], 1 << (stop - first)
            for slot in range(t.slots[tree], t.slots[tree + 1]):
                look_up(t.tables[begin : begin + size], pattern, out[t.column[slot]])
                begin += size
            continue
        for leaf in range(t.leaves[tree], t.leaves[tree + 1]):
            here, size = t.path[leaf], t.path[leaf + 1] - t.path[leaf]
            steps = slice(t.steps[leaf], t.steps[leaf + 1])
            satisfied(t.step_node[steps], t.step_left[steps], t.step_slot[steps], size, answers, pattern)
            columns, begin = t.path_column[here : here + size], t.leaf_table[leaf]
            if begin < 0:
                recur(t.path_share[here : here + size], t.value[leaf], t.weights, columns, pattern, out)
                continue
            for slot in range(size):
                table = t.tables[begin + slot * (1 << size) : begin + (slot + 1) * (1 << size)]
                look_up(table, pattern, out[columns[slot]])


@compiled
def look_up(table, pattern, out):
    """Add what a table says for each row's pattern."""
    for r in range(pattern.size):
        out[r] += table[pattern[r]]


@compiled
def satisfied(nodes, wanted, slots, size, answers, out):
    """Which of a leaf's columns lead there, for each row, as one number."""
    out[:] = (1 << size) - 1
    for k in range(nodes.size):
        given, bit = answers[nodes[k]], 1 << slots[k]
        for r in range(out.size):
            out[r] &= ~(bit * (given[r] != wanted[k]))


@compiled
def recur(share, value, weights, columns, pattern, out):
    """Add the parts in one leaf row by row, where it has no table."""
    found = np.empty(share.size)
    for r in range(pattern.size):
        shapley(pattern[r], share, value, weights, found)
        for slot in range(share.size):
            out[columns[slot], r] += found[slot]


@compiled
def _most(way, nodes):
    """The most decisions that a tree without a pattern has."""
    most = 0
    for tree in range(way.size):
        if way[tree] == LEAVES:
            most = max(most, nodes[tree + 1] - nodes[tree])
    return most


@compiled
def score_one(numbers, shares, begins, row):
    """The sum of the trees for one row: the same as `scores`, without what pays off for many."""
    t = unpacked(numbers, shares, begins)
    said, total = _said(t, row), 0.0
    patterns = _patterns(t, said)
    for tree in range(t.way.size):
        first, stop = t.nodes[tree], t.nodes[tree + 1]
        if t.way[tree] == PATTERN:
            lines = t.slots[tree + 1] - t.slots[tree]
            total += t.tables[t.table[tree] + lines * (1 << (stop - first)) + patterns[tree]]
            continue
        at = np.int64(0) if stop > first else np.int64(-1)
        while at >= 0:
            at = t.left[first + at] if said[first + at, 0] else t.right[first + at]
        total += t.value[t.leaves[tree] - 1 - at]
    return total


@compiled
def parts_one(numbers, shares, begins, row, out):
    """Add every column's part in every tree for one row: the same as `parts`, without what pays off for many."""
    t = unpacked(numbers, shares, begins)
    said = _said(t, row)
    patterns, leads, line = _patterns(t, said), np.empty(1, np.int64), out.reshape(out.size, 1)
    if not t.steps[-1] or not (t.way == LEAVES).any():
        # flat, because the ends of many short loops are what takes the time
        for slot in range(t.column.size):
            out[t.column[slot]] += t.tables[t.slot_table[slot] + patterns[t.slot_tree[slot]]]
        return
    for tree in range(t.way.size):
        if t.way[tree] == PATTERN:
            for slot in range(t.slots[tree], t.slots[tree + 1]):
                out[t.column[slot]] += t.tables[t.slot_table[slot] + patterns[tree]]
            continue
        answers = said[t.nodes[tree] : t.nodes[tree + 1]]
        for leaf in range(t.leaves[tree], t.leaves[tree + 1]):
            here, size = t.path[leaf], t.path[leaf + 1] - t.path[leaf]
            steps = slice(t.steps[leaf], t.steps[leaf + 1])
            satisfied(t.step_node[steps], t.step_left[steps], t.step_slot[steps], size, answers, leads)
            columns, begin = t.path_column[here : here + size], t.leaf_table[leaf]
            if begin < 0:
                recur(t.path_share[here : here + size], t.value[leaf], t.weights, columns, leads, line)
                continue
            for slot in range(size):
                out[columns[slot]] += t.tables[begin + slot * (1 << size) + leads[0]]


@compiled
def _said(t, row):
    """One row's answers at all decisions; ``(decisions, 1)``."""
    said = np.empty((t.feature.size, 1), np.int64)
    flat, feature, bound, missing_left = said.ravel(), t.feature, t.threshold, t.missing_left
    for i in range(flat.size):
        value = row[feature[i]]
        flat[i] = np.int64(value <= bound[i]) | (np.int64(value != value) & missing_left[i])
    # the few that ask about labels, or take zero for missing, are answered once more
    for i in t.special:
        about = t.kind[i], t.threshold[i], t.missing_left[i], t.labels[i], t.labels[i + 1]
        flat[i] = goes_left(*about, t.goes_left, row[t.feature[i]])
    return said


@compiled
def _patterns(t, said):
    """The answers at each tree's decisions as one number; of no use for large trees."""
    patterns, flat, owner, bit = np.zeros(t.way.size, np.int64), said.ravel(), t.owner, t.bit
    for i in range(flat.size):
        patterns[owner[i]] |= flat[i] << bit[i]
    return patterns


@compiled
def shapley(leads, share, value, weights, out):
    """Each column's Shapley value in one leaf, by which of its columns lead there.

    The leaf's game gives ``value`` times 1 for a column in the coalition that leads there, 0 for one that does not, and the
    column's share of training rows for one outside it. `polynomial` holds the sums over coalitions by their size; a column is
    divided out of it for its own value. Costs the square of the columns.
    """
    size = out.size
    polynomial, rest = np.zeros(size + 1), np.empty(size)
    polynomial[0] = 1.0
    for j in range(size):
        here = (leads >> j) & 1
        for s in range(j + 1, 0, -1):
            polynomial[s] = share[j] * polynomial[s] + here * polynomial[s - 1]
        polynomial[0] *= share[j]
    for j in range(size):
        here = (leads >> j) & 1
        if here:
            rest[size - 1] = polynomial[size]
            for s in range(size - 1, 0, -1):
                rest[s - 1] = polynomial[s] - share[j] * rest[s]
        else:
            for s in range(size):
                rest[s] = polynomial[s] / share[j]
        total = 0.0
        for s in range(size):
            total += weights[size, s] * rest[s]
        out[j] = value * (here - share[j]) * total


@compiled
def fill_leaf(share, value, weights, table):
    """The table of one leaf: each column's part, by which of its columns lead there; ``(columns, patterns)``."""
    row = np.empty(share.size)
    for leads in range(table.shape[1]):
        shapley(leads, share, value, weights, row)
        table[:, leads] = row


@compiled
def fill_tree(t, tree, shared, leaf_slots, table):
    """The table of one tree by the pattern of its answers: each column's part, and in the last line the value.

    `shared` holds its leaves' tables one after the other, `leaf_slots` the tree's own number of each leaf's columns.
    """
    first = t.leaves[tree]
    for pattern in range(table.shape[1]):
        begin = 0
        for leaf in range(first, t.leaves[tree + 1]):
            size = t.path[leaf + 1] - t.path[leaf]
            leads = (1 << size) - 1
            for step in range(t.steps[leaf], t.steps[leaf + 1]):
                if ((pattern >> t.step_node[step]) & 1) != t.step_left[step]:
                    leads &= ~(1 << t.step_slot[step])
            for slot in range(size):
                line = leaf_slots[t.path[leaf] - t.path[first] + slot]
                table[line, pattern] += shared[begin + slot * (1 << size) + leads]
            if leads == (1 << size) - 1:
                table[table.shape[0] - 1, pattern] = t.value[leaf]
            begin += size * (1 << size)
