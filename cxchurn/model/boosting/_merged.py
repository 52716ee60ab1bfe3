"""Several LightGBM models as one: their weighted sum is a sum of trees again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from cxchurn.model.boosting._lightgbm import read

_VALUES = re.compile(r"^(leaf_value|internal_value)=(.*)$", re.MULTILINE)
_SIZES = re.compile(r"^tree_sizes=.*\n", re.MULTILINE)
_END = "\nend of trees"


def merged(texts: Sequence[str], weights: Sequence[float]) -> str:
    """Return the text of the model whose log-odds are the weighted sum of those of some models.

    Parameters
    ----------
    texts : sequence of str
        As LightGBM writes them, all for the same columns. What the first says of itself is kept, whatever its weight.
    weights : sequence of float
        Those with the weight 0 are left out.
    """
    parts = [(text, weight) for text, weight in zip(texts, weights, strict=True) if weight != 0.0]
    return with_trees(texts[0], (_mapped(tree, weight) for text, weight in parts for tree in trees_of(text)))


def affine_of(text: str, slope: float, shift: float) -> str:
    """Return the text of the model whose log-odds are ``slope * x + shift`` where the given one's are ``x``."""
    first, *others = trees_of(text)
    return with_trees(text, [_mapped(first, slope, shift), *(_mapped(tree, slope) for tree in others)])


def trees_of(text: str) -> list[str]:
    """Return what LightGBM's text says of each tree."""
    return [block.partition("\n")[2] for block in text.partition(_END)[0].split("\nTree=")[1:]]


def with_trees(text: str, trees: Iterable[str]) -> str:
    """Return LightGBM's text with other trees in place of its own."""
    head, end, rest = text.partition(_END)
    # how long each tree is LightGBM finds out itself, and writes it down
    first = _SIZES.sub("", head.split("\nTree=")[0] + "\n")
    return read(first + "".join(f"\nTree={k}\n{tree}" for k, tree in enumerate(trees)) + end + rest).model_to_string()


def _mapped(tree: str, slope: float, shift: float = 0.0) -> str:
    def moved(found: re.Match[str]) -> str:
        return f"{found[1]}=" + " ".join(repr(float(value) * slope + shift) for value in found[2].split())

    # counts and gains stay as they are: contributions rest on shares of rows, which a weight does not change
    return tree if (slope, shift) == (1.0, 0.0) else _VALUES.sub(moved, tree)
