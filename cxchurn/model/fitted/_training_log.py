"""What came in the log that a model learned from: which sources, and which kinds in which shares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Self

from cxchurn.interactions import InteractionLog

# kinds that make up less may be missing by chance
_LEAST = 0.01


@dataclass(frozen=True)
class TrainingLog:
    """What made up a training log.

    Attributes
    ----------
    kinds : dict of str to float
        The kinds that made up 1 % of its events and more, with their share.
    sources : tuple of tuple of str
        Of each source those of its kinds that the model knows.
    """

    kinds: dict[str, float]
    sources: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, log: InteractionLog, known: Collection[str]) -> Self:
        """Look at a log.

        Parameters
        ----------
        log : InteractionLog
        known : collection of str
            The kinds that may be remembered: those that are no single customer's.
        """
        counts = [_by_kind(one.counts) for one in log.arrivals]
        whole = sum(counts, Counter[str]())
        events = max(whole.total(), 1)
        shares = {kind: count / events for kind, count in whole.most_common() if kind in known}
        often = {kind: share for kind, share in shares.items() if share >= _LEAST}
        return cls(often, tuple(tuple(sorted(set(one) & set(shares))) for one in counts))

    @classmethod
    def from_plain(cls, data: Any) -> Self:
        """Read what `to_plain` wrote; of a model that has none, that nothing is known."""
        said = {"kinds": {}, "sources": []} if data is None else data
        return cls(dict(said["kinds"]), tuple(tuple(one) for one in said["sources"]))

    def to_plain(self) -> dict[str, Any]:
        """Return it as what JSON can hold."""
        return {"kinds": self.kinds, "sources": [list(one) for one in self.sources]}

    def lacking(self, log: InteractionLog) -> tuple[list[int], dict[str, float]]:
        """Return the sources (their places) and the kinds, with their shares, that another log lacks."""
        there = set(sum((_by_kind(one.counts) for one in log.arrivals), Counter[str]()))
        gone = [place for place, kinds in enumerate(self.sources) if kinds and not there & set(kinds)]
        return gone, {kind: share for kind, share in self.kinds.items() if kind not in there}


def _by_kind(counts: Any) -> Counter[str]:
    found: Counter[str] = Counter()
    for (kind, _, _), rows in counts.items():
        found[kind] += rows
    return found
