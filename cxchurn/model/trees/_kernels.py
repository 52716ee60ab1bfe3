"""The compiled loops over trees. Rows lie innermost, so that a decision is answered for many of them at once.

A row's numbers are added up tree by tree, in the order of the trees, from that row's values alone: one row gets the same bits
as a million.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from cxchurn._core.running._compiled import compiled, inner
from cxchurn.model.trees import _packed, _shapley
from cxchurn.model.trees._packed import LEAVES, LEFT, PATTERN, RIGHT, ZERO, unpacked
from cxchurn.model.trees._shapley import shapley

_CALLS = (_packed, _shapley)
_made, _called = partial(compiled, calls=_CALLS), partial(inner, calls=_CALLS)
# LightGBM's own: numbers nearer to 0 are missing where zeros are
_NEARLY_ZERO = 1e-35


@_called
def goes_left(kind, bound, missing_left, begin, stop, codes, value):
    """Whether one value goes left at a decision, 0 or 1."""
    # without a branch between the two: which one comes next cannot be foreseen, and guessing wrong costs more than both
    if kind <= LEFT:
        return np.int64(value <= bound) | (np.int64(value != value) & missing_left)
    if kind == ZERO:
        missing = not (abs(value) > _NEARLY_ZERO)
        return missing_left if missing else np.int64(value <= bound)
    return codes[begin + int(value)] if -1.0 < value < stop - begin else np.int64(0)


@_called
def answer(kind, bound, missing_left, begin, stop, codes, values, out):
    """Whether each row goes left at a decision, 0 or 1."""
    # said twice for numbers, because a loop without branches takes many rows at a time
    if kind == RIGHT:
        for r in range(out.size):
            out[r] = values[r] <= bound
    elif kind == LEFT:
        for r in range(out.size):
            # a missing value is not greater than anything: it goes left, without being asked for
            out[r] = not (values[r] > bound)
    else:
        for r in range(out.size):
            out[r] = goes_left(kind, bound, missing_left, begin, stop, codes, values[r])


@_made
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
            for r in range(out.size):
                out[r] += t.tables[t.table[tree] + pattern[r]]
        else:
            for r in range(out.size):
                at = np.int64(0) if stop > first else np.int64(-1)
                while at >= 0:
                    i = first + at
                    about = t.kind[i], t.threshold[i], t.missing_left[i], t.labels[i], t.labels[i + 1]
                    at = t.left[i] if goes_left(*about, t.goes_left, block[t.feature[i], r]) else t.right[i]
                out[r] += t.value[t.leaves[tree] - 1 - at]


@_made
def parts(numbers, shares, begins, block, out, total):
    """Add every column's part in every tree to the rows of a block, and what `scores` adds; `out` has a line a column."""
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
            values, size = t.table[tree], 1 << (stop - first)
            for slot in range(t.slots[tree], t.slots[tree + 1]):
                line = t.slot_table[slot]
                look_up(t.tables[line : line + size], pattern, out[t.column[slot]])
            look_up(t.tables[values : values + size], pattern, total)
            continue
        for r in range(total.size):
            at = np.int64(0) if stop > first else np.int64(-1)
            while at >= 0:
                at = t.left[first + at] if answers[at, r] else t.right[first + at]
            total[r] += t.value[t.leaves[tree] - 1 - at]
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


@_called
def look_up(table, pattern, out):
    """Add what a table says for each row's pattern."""
    for r in range(pattern.size):
        out[r] += table[pattern[r]]


@_called
def satisfied(nodes, wanted, slots, size, answers, out):
    """Which of a leaf's columns lead there, for each row, as one number."""
    out[:] = (1 << size) - 1
    for k in range(nodes.size):
        given, bit = answers[nodes[k]], 1 << slots[k]
        for r in range(out.size):
            out[r] &= ~(bit * (given[r] != wanted[k]))


@_called
def recur(share, value, weights, columns, pattern, out):
    """Add the parts in one leaf row by row, where it has no table."""
    found = np.empty(share.size)
    for r in range(pattern.size):
        shapley(pattern[r], share, value, weights, found)
        for slot in range(share.size):
            out[columns[slot], r] += found[slot]


@_called
def _most(way, nodes):
    """The most decisions that a tree without a pattern has."""
    most = 0
    for tree in range(way.size):
        if way[tree] == LEAVES:
            most = max(most, nodes[tree + 1] - nodes[tree])
    return most


@_made
def score_one(numbers, shares, begins, row):
    """The sum of the trees for one row: the same as `scores`, without what pays off for many."""
    t = unpacked(numbers, shares, begins)
    said = _said(t, row)
    return _sum(t, said, _patterns(t, said))


@_called
def _sum(t, said, patterns):
    """The sum of the trees, by one row's answers."""
    total = 0.0
    for tree in range(t.way.size):
        if t.way[tree] == PATTERN:
            total += t.tables[t.table[tree] + patterns[tree]]
            continue
        first, stop = t.nodes[tree], t.nodes[tree + 1]
        at = np.int64(0) if stop > first else np.int64(-1)
        while at >= 0:
            at = t.left[first + at] if said[first + at, 0] else t.right[first + at]
        total += t.value[t.leaves[tree] - 1 - at]
    return total


@_made
def parts_one(numbers, shares, begins, row, out):
    """Add every column's part in every tree for one row, and return the sum: as `parts`, but for what pays off for many."""
    t = unpacked(numbers, shares, begins)
    said = _said(t, row)
    patterns = _patterns(t, said)
    if not t.steps[-1] or not (t.way == LEAVES).any():
        # flat, because the ends of many short loops are what takes the time
        for slot in range(t.column.size):
            out[t.column[slot]] += t.tables[t.slot_table[slot] + patterns[t.slot_tree[slot]]]
    else:
        _parts_of(t, said, patterns, out)
    return _sum(t, said, patterns)


@_called
def _parts_of(t, said, patterns, out):
    """Add every column's part in every tree, some of which have a table for each leaf or none, by one row's answers."""
    leads, line = np.empty(1, np.int64), out.reshape(out.size, 1)
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


@_called
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


@_called
def _patterns(t, said):
    """The answers at each tree's decisions as one number; of no use for large trees."""
    patterns, flat, owner, bit = np.zeros(t.way.size, np.int64), said.ravel(), t.owner, t.bit
    for i in range(flat.size):
        patterns[owner[i]] |= flat[i] << bit[i]
    return patterns
