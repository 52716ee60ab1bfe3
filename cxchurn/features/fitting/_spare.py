"""Columns that tell nothing of their own: the same for everybody, or the same to the bit as one before them."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cxchurn._core import listed

if TYPE_CHECKING:
    import pandas as pd

    from cxchurn.features._feature_set import FeatureSet

_MISSING = np.array(np.nan).view(np.int64)


@dataclass(frozen=True)
class Spare:
    """The columns of a feature frame that tell nothing of their own.

    Attributes
    ----------
    constant : tuple of str
        Those that are the same in every row.
    copies : dict of str to str
        Those that are the same to the bit as one before them, and which that is; missing values are alike.
    """

    constant: tuple[str, ...]
    copies: dict[str, str]

    @classmethod
    def of(cls, features: pd.DataFrame) -> Spare:
        """Look at all rows of a feature frame; where no column would be left, none is spare."""
        constant: list[str] = []
        copies: dict[str, str] = {}
        met: dict[bytes, str] = {}
        for name in features:
            bits = _bits(features[name].to_numpy())
            # of a column's bits a digest is kept: the bits of all would be the frame a second time
            first = met.setdefault(hashlib.blake2b(bits.data).digest(), str(name))
            if (bits == bits[0]).all():
                constant.append(str(name))
            elif first != name:
                copies[str(name)] = first
        spare = cls(tuple(constant), copies)
        # a model of nothing but constants is of no use, and says so itself
        return spare if len(spare.names) < features.shape[1] else cls((), {})

    @property
    def names(self) -> frozenset[str]:
        """All of them."""
        return frozenset((*self.constant, *self.copies))

    @property
    def notes(self) -> tuple[str, ...]:
        """Which columns are left out and why, in words; nothing where none is."""
        said = [f"{one} (of {other})" for one, other in self.copies.items()]
        several = "columns left out that are copies of others", "columns left out that are the same for everybody"
        one = "column left out that is a copy of another", "column left out that is the same for everybody"
        found = zip((said, list(self.constant)), one, several, strict=True)
        return tuple(
            f"{len(names)} {alone if len(names) == 1 else many}: {listed(names, most=5)}"
            for names, alone, many in found
            if names
        )


def features_of_use(features: FeatureSet, X: pd.DataFrame) -> tuple[FeatureSet, pd.DataFrame, Spare]:
    """Make the features of some rows, and leave out the columns that tell nothing of their own.

    Parameters
    ----------
    features : FeatureSet
        Fitted.
    X : DataFrame
        Columns ``customer_id`` and ``cutoff``.

    Returns
    -------
    FeatureSet
        The same without these columns.
    DataFrame
        Of the others.
    Spare
        What is left out.
    """
    lines = features._lines(X)
    spare = Spare.of(features._framed(lines, X.index))
    kept = [k for k, says in enumerate(features.says_) if says.name not in spare.names]
    other = without_spare(features, spare.names)
    return other, other._framed(_only(lines, kept), X.index), spare


def _only(lines: np.ndarray, kept: Sequence[int]) -> np.ndarray:
    """Return some of the lines in the memory of all, what is left of it given back; `kept` is in order."""
    # a second array would be as large as all that a model learns from
    for place, line in enumerate(kept):
        lines[place] = lines[line]
    lines.resize((len(kept), lines.shape[1]), refcheck=False)
    return lines


def without_spare(features: FeatureSet, names: Collection[str]) -> FeatureSet:
    """Return the same fitted feature set without some of its columns: it makes them no more, its catalogue has them still."""
    other = copy.copy(features)
    other.says_ = [says for says in features.says_ if says.name not in names]
    other.spare_ = [*features.spare_, *(says for says in features.says_ if says.name in names)]
    other._plan = None
    return other


def only_columns(features: FeatureSet, names: Collection[str]) -> FeatureSet:
    """Return the same fitted feature set that makes some of its columns alone, by the builders that make them."""
    other = without_spare(features, {says.name for says in features.says_} - set(names))
    drivers = {says.driver for says in other.says_}
    other.builders_ = [builder for builder in features.builders_ if builder.driver in drivers]
    return other


def _bits(values: np.ndarray) -> np.ndarray:
    """Return numbers as their bits, all missing ones alike."""
    numbers = np.ascontiguousarray(values, dtype=np.float64)
    return np.where(np.isnan(numbers), _MISSING, numbers.view(np.int64))
