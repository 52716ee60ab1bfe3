"""Packing trees into flat arrays, with the tables that hold every column's part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Sized
from dataclasses import dataclass
from math import factorial
from typing import Any, NamedTuple

import numpy as np

from cxchurn.model.trees._packed import LABELS, LEAVES, LEFT, PATTERN, RIGHT, ZERO, Packed
from cxchurn.model.trees._shapley import fill_leaf, fill_tree
from cxchurn.model.trees._text import Tree

# decisions up to which one table by the pattern of all answers is smaller than it is useful: at most 64 kB a column
_FEW = 10
# bytes of a float64
_NUMBER = 8


class Leaf(NamedTuple):
    """The way to one leaf.

    Attributes
    ----------
    steps : list of (int, bool)
        Its decisions, and whether left leads to it.
    slots : list of int
        For each step which of `columns` it asks about.
    columns : list of int
    share : list of float
        For each column the share of training rows that went this way at its decisions.
    """

    steps: list[tuple[int, bool]]
    slots: list[int]
    columns: list[int]
    share: list[float]


@dataclass
class Budget:
    """The bytes that are left for tables."""

    left: int

    def takes(self, cells: int) -> bool:
        """Whether so many numbers fit; they are taken if so."""
        fits = cells * _NUMBER <= self.left
        self.left -= cells * _NUMBER if fits else 0
        return fits


def pack(trees: Sequence[Tree], *, most: int) -> Packed:
    """Pack trees, with tables of `most` bytes at the most; what has no table is worked out row by row."""
    ways = [paths(tree) for tree in trees]
    flat = [leaf for way in ways for leaf in way]
    budget = Budget(most)
    by_pattern = np.array([_has_pattern(tree, budget) for tree in trees], dtype=bool)
    owners = np.repeat(by_pattern, [len(way) for way in ways])
    sizes = [len(leaf.columns) << len(leaf.columns) for leaf in flat]
    keeps = [not owner and budget.takes(size) for owner, size in zip(owners, sizes, strict=True)]
    packed = _arrays(trees, ways, flat, by_pattern)
    return _with_tables(packed, trees, ways, np.array(keeps, dtype=bool))


def paths(tree: Tree) -> list[Leaf]:
    """Return the way to each leaf, in the order of the leaves."""
    weight = _weights(tree)
    found: list[Leaf] = [Leaf([], [], [], [])] * tree.value.size
    waiting: list[tuple[int, list[tuple[int, bool]]]] = [(0 if tree.feature.size else -1, [])]
    while waiting:
        at, steps = waiting.pop()
        if at < 0:
            found[-1 - at] = _leaf(tree, steps, weight)
            continue
        waiting += [(int(tree.left[at]), [*steps, (at, True)]), (int(tree.right[at]), [*steps, (at, False)])]
    return found


def _weights(tree: Tree) -> np.ndarray:
    """Return the training rows at each decision; children stand after their parents."""
    weight = np.zeros(tree.feature.size)
    for at in range(weight.size - 1, -1, -1):
        weight[at] = _count(tree, weight, int(tree.left[at])) + _count(tree, weight, int(tree.right[at]))
    return weight


def _count(tree: Tree, weight: np.ndarray, child: int) -> float:
    return float(weight[child] if child >= 0 else tree.count[-1 - child])


def _leaf(tree: Tree, steps: list[tuple[int, bool]], weight: np.ndarray) -> Leaf:
    columns = list(dict.fromkeys(int(tree.feature[at]) for at, _ in steps))
    slots = [columns.index(int(tree.feature[at])) for at, _ in steps]
    share = [1.0] * len(columns)
    for (at, goes_left), slot in zip(steps, slots, strict=True):
        child = int((tree.left if goes_left else tree.right)[at])
        # a column asked twice on the way counts once, with the product of its shares: that is the game in which Shapley values
        # are exact for trees (path-dependent, as shap has it)
        share[slot] *= _count(tree, weight, child) / weight[at]
    return Leaf(steps, slots, columns, share)


def _has_pattern(tree: Tree, budget: Budget) -> bool:
    nodes = tree.feature.size
    return nodes <= _FEW and budget.takes((np.unique(tree.feature).size + 1) << nodes)


def _arrays(trees: Sequence[Tree], ways: list[list[Leaf]], flat: list[Leaf], by_pattern: np.ndarray) -> Packed:
    columns: list[Any] = [np.unique(tree.feature) if one else [] for tree, one in zip(trees, by_pattern, strict=True)]
    codes = [labels for tree in trees for labels in tree.labels]
    longest = max((len(leaf.columns) for leaf in flat), default=0)
    steps = [step for leaf in flat for step in leaf.steps]
    return Packed(
        way=np.where(by_pattern, PATTERN, LEAVES),
        owner=np.repeat(np.arange(len(trees)), [tree.feature.size for tree in trees]),
        bit=_joined([np.minimum(np.arange(tree.feature.size), _FEW) for tree in trees], np.int64),
        special=np.flatnonzero(_joined([_kinds(tree) for tree in trees], np.int64) >= ZERO),
        slot_tree=np.repeat(np.arange(len(trees)), [len(one) for one in columns]),
        slot_table=np.zeros(sum(len(one) for one in columns), dtype=np.int64),
        nodes=_starts(tree.feature for tree in trees),
        leaves=_starts(ways),
        slots=_starts(columns),
        table=np.zeros(len(trees), dtype=np.int64),
        feature=_joined([tree.feature for tree in trees], np.int64),
        threshold=_joined([tree.threshold for tree in trees], np.float64),
        kind=_joined([_kinds(tree) for tree in trees], np.int64),
        missing_left=_joined([tree.missing_left for tree in trees], np.int64),
        left=_joined([tree.left for tree in trees], np.int64),
        right=_joined([tree.right for tree in trees], np.int64),
        labels=np.cumsum([0, *(0 if one is None or not one.size else int(one[-1]) + 1 for one in codes)]),
        goes_left=_joined(
            [np.isin(np.arange(one[-1] + 1), one) for one in codes if one is not None and one.size], np.int64
        ),
        column=_joined(columns, np.int64),
        value=_joined([tree.value for tree in trees], np.float64),
        steps=_starts(leaf.steps for leaf in flat),
        path=_starts(leaf.columns for leaf in flat),
        leaf_table=np.full(len(flat), -1, dtype=np.int64),
        step_node=np.array([at for at, _ in steps], dtype=np.int64),
        step_left=np.array([goes_left for _, goes_left in steps], dtype=np.int64),
        step_slot=_joined([leaf.slots for leaf in flat], np.int64),
        path_column=_joined([leaf.columns for leaf in flat], np.int64),
        path_share=_joined([leaf.share for leaf in flat], np.float64),
        tables=np.empty(0),
        weights=_coalitions(longest),
    )


def _with_tables(packed: Packed, trees: Sequence[Tree], ways: list[list[Leaf]], keeps: np.ndarray) -> Packed:
    tables: list[np.ndarray] = []
    begin, leaf = 0, 0
    for tree, way in enumerate(ways):
        if packed.way[tree] == PATTERN:
            slots, nodes = np.arange(packed.slots[tree], packed.slots[tree + 1]), trees[tree].feature.size
            packed.slot_table[slots] = begin + (np.arange(slots.size) << nodes)
            packed.table[tree] = begin + (slots.size << nodes)
            tables.append(_tree_table(packed, tree, way, trees[tree]))
            begin += tables[-1].size
        for k in np.flatnonzero(keeps[leaf : leaf + len(way)]):
            packed.leaf_table[leaf + k] = begin
            tables.append(_leaf_table(packed, way[k], packed.value[leaf + k]))
            begin += tables[-1].size
        leaf += len(way)
    return packed._replace(tables=_joined(tables, np.float64))


def _leaf_table(packed: Packed, leaf: Leaf, value: float) -> np.ndarray:
    table = np.zeros((len(leaf.columns), 1 << len(leaf.columns)))
    fill_leaf(np.array(leaf.share, dtype=np.float64), value, packed.weights, table)
    return table.ravel()


def _tree_table(packed: Packed, tree: int, way: list[Leaf], about: Tree) -> np.ndarray:
    columns = packed.column[packed.slots[tree] : packed.slots[tree + 1]]
    first = packed.leaves[tree]
    shared = _joined([_leaf_table(packed, leaf, packed.value[first + k]) for k, leaf in enumerate(way)], np.float64)
    slots = np.searchsorted(columns, _joined([leaf.columns for leaf in way], np.int64))
    table = np.zeros((columns.size + 1, 1 << about.feature.size))
    fill_tree(packed, tree, shared, slots, table)
    return table.ravel()


def _kinds(tree: Tree) -> np.ndarray:
    kinds = np.where(tree.zero_missing, ZERO, np.where(tree.missing_left, LEFT, RIGHT))
    kinds[[labels is not None for labels in tree.labels]] = LABELS
    return kinds


def _coalitions(longest: int) -> np.ndarray:
    """Return the Shapley weight of a coalition of ``s`` among ``d`` columns: ``s! (d - 1 - s)! / d!``."""
    weights = np.zeros((longest + 1, longest + 1))
    for d in range(1, longest + 1):
        weights[d, :d] = [factorial(s) * factorial(d - 1 - s) / factorial(d) for s in range(d)]
    return weights


def _starts(groups: Iterable[Sized]) -> np.ndarray:
    return np.cumsum([0, *(len(group) for group in groups)])


def _joined(arrays: Sequence, dtype: type) -> np.ndarray:
    return np.concatenate([np.empty(0, dtype), *(np.asarray(one, dtype) for one in arrays)]).astype(dtype, copy=False)
