"""Labels that stand for persons, as numbers that tell them apart and say nothing else: keyed hashes."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

from cxchurn.history.data._columns import Labels, numbered_once

if TYPE_CHECKING:
    from cxchurn.history.data._history import History

# so many of a hash's 64 bits that a float holds them to the last one
_DROPPED = 12


def hashed(history: History, name: str, key: str) -> np.ndarray:
    """Return the hash of each label of a column, by its code, and NaN for none; float64, shape ``(labels + 1,)``.

    The same for a label in every log and on every machine: whole numbers of 52 bits.

    Parameters
    ----------
    history : History
    name : str
        A column of labels.
    key : str
        What the labels are hashed with (BLAKE2b): who does not have it cannot try labels out.
    """
    column = history.columns[name]
    assert isinstance(column, Labels)
    cached = ("hashed", name, key)
    found: np.ndarray | None = history.cache.get(cached)
    if found is None:
        found = history.cache[cached] = numbered_once(_hashes, column.levels, key)
    return found


def hash_of(label: str, key: str) -> float:
    """Return the hash of one label, see `hashed`."""
    # a key of the longest that there may be, from one of any length
    secret = hashlib.blake2b(key.encode(), digest_size=64).digest()
    digest = hashlib.blake2b(label.encode(), digest_size=8, key=secret).digest()
    return float(int.from_bytes(digest, "little") >> _DROPPED)


def _hashes(levels: tuple[str, ...], key: str) -> np.ndarray:
    return np.array([*(hash_of(label, key) for label in levels), np.nan])
