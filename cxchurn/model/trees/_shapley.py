"""The compiled loops that fill tables: every column's Shapley value in a leaf, and in a tree of few decisions."""

from __future__ import annotations

import numpy as np

from cxchurn._core.running._compiled import compiled, inner


@inner
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
            # divided out from above where the column leads here, from below where it does not: the other way would divide by
            # nothing
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
        # one by one: for a whole column numba compiles the message of an error that cannot come
        for j in range(row.size):
            table[j, leads] = row[j]


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
