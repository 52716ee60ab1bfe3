"""The customers of a source, few enough to be kept: whether two sources have any in common."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from cxchurn._core import listed
from cxchurn.interactions.store._hashes import text_hashes
from cxchurn.interactions.store._nobody import like_nobody

# the customers with the smallest hashes stand for all: so many of two sources that share a customer share one of these
_MOST = 1 << 17
_SHOWN = 2


@dataclass(frozen=True)
class Crowd:
    """Some of a source's customers, by the hashes of their ids as text.

    Parameters
    ----------
    hashes : ndarray of uint64
        The smallest hashes, sorted.
    examples : tuple of str
        Ids as they are shown.
    nobodies : frozenset of str
        Ids that may be nobody's in particular.
    """

    hashes: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=np.uint64))
    examples: tuple[str, ...] = ()
    nobodies: frozenset[str] = frozenset()

    @classmethod
    def of(cls, customers: Iterable[pa.Array]) -> Crowd:
        """Return the crowd of customers, given part by part."""
        found, examples, nobodies = np.empty(0, dtype=np.uint64), [], frozenset[str]()
        for some in customers:
            texts = some.cast(pa.string())
            found = np.unique(np.concatenate([found, text_hashes(texts)]))[:_MOST]
            examples += texts[:_SHOWN].to_pylist()
            nobodies |= frozenset(like_nobody(texts))
        return cls(found, tuple(sorted(examples)[:_SHOWN]), nobodies)

    def joined(self, other: Crowd) -> Crowd:
        """Return the crowd of both."""
        hashes = np.unique(np.concatenate([self.hashes, other.hashes]))[:_MOST]
        return Crowd(hashes, tuple(sorted({*self.examples, *other.examples})[:_SHOWN]), self.nobodies | other.nobodies)

    def meets(self, other: Crowd) -> bool:
        """Whether the two have a customer in common."""
        return bool(np.isin(self.hashes, other.hashes, assume_unique=True).any())


def strangers(crowds: Sequence[tuple[str, Crowd]]) -> list[str]:
    """Return a note for every source none of whose customers is one of another source's.

    Parameters
    ----------
    crowds : sequence of (str, Crowd)
        What each source is called, and its customers.
    """
    notes = []
    for place, (label, crowd) in enumerate(crowds):
        # one customer alone may well be in one source only
        others = [other for k, (_, other) in enumerate(crowds) if k != place and other.hashes.size > 1]
        if crowd.hashes.size < 2 or not others or any(crowd.meets(other) for other in others):
            continue
        own = listed(map(repr, crowd.examples))
        theirs = listed(repr(example) for other in others for example in other.examples[:1])
        notes.append(
            f"{label} shares no customer with the other sources: its ids are like {own}, theirs like {theirs}. "
            "If they are the same people, give the sources ids of one form."
        )
    return notes
