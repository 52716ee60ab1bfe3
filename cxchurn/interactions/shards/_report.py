"""What was found in a shard of sources, or in several of them together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from cxchurn.interactions.log._validation import Finding
from cxchurn.interactions.reading.casts.texts._conventions import Conventions
from cxchurn.interactions.store._arrivals import Counts
from cxchurn.interactions.store._crowd import Crowd

_EXAMPLES = 5


@dataclass(frozen=True)
class ShardSource:
    """What was found in a shard's rows of one source, or in those of several shards.

    Parameters
    ----------
    rows_read, rows_refused, rows_repeated : int
    findings : tuple of Finding
        Every rule checked.
    counts : Counter
        The events by kind and day.
    conventions : Conventions
        How its texts are meant, by these rows.
    read_by : frozenset of Conventions
        By what its texts were read.
    crowd : Crowd
        Some of its customers.
    """

    rows_read: int
    rows_refused: int
    findings: tuple[Finding, ...]
    counts: Counts
    conventions: Conventions
    read_by: frozenset[Conventions]
    crowd: Crowd
    rows_repeated: int = 0

    def __add__(self, other: ShardSource) -> ShardSource:
        return ShardSource(
            self.rows_read + other.rows_read,
            self.rows_refused + other.rows_refused,
            _added(self.findings, other.findings),
            self.counts + other.counts,
            self.conventions | other.conventions,
            self.read_by | other.read_by,
            self.crowd.joined(other.crowd),
            self.rows_repeated + other.rows_repeated,
        )

    @property
    def read_alike(self) -> bool:
        """Whether every shard read its texts by what all rows say."""
        return all(one.reads_alike(self.conventions) for one in self.read_by)


@dataclass(frozen=True)
class ShardReport:
    """What was found in a shard, or in several of them.

    Parameters
    ----------
    sources : tuple of ShardSource
    events, customers : int
        How many the log of the shard has.
    largest : int
        How many events the customer with the most has.
    start : int or None
        When the first interaction happened, in microseconds since 1970.
    labels : dict of str to Counter
        How often each label of the columns of words comes.
    currencies : Counter
        The currencies of the money.
    nobodies : Counter
        The rows of ids that may be nobody's in particular.
    """

    sources: tuple[ShardSource, ...]
    events: int
    customers: int
    largest: int
    start: int | None
    labels: dict[str, Counter[str]]
    currencies: Counter[str]
    nobodies: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: ShardReport) -> ShardReport:
        starts = [start for start in (self.start, other.start) if start is not None]
        return ShardReport(
            tuple(one + two for one, two in zip(self.sources, other.sources, strict=True)),
            self.events + other.events,
            self.customers + other.customers,
            max(self.largest, other.largest),
            min(starts, default=None),
            {name: self.labels[name] + other.labels[name] for name in self.labels},
            self.currencies + other.currencies,
            self.nobodies + other.nobodies,
        )


def _added(some: Sequence[Finding], others: Sequence[Finding]) -> tuple[Finding, ...]:
    found = {(one.rule, one.column): one for one in some}
    for one in others:
        before = found.get((one.rule, one.column))
        found[one.rule, one.column] = one if before is None else _both(before, one)
    return tuple(found.values())


def _both(one: Finding, other: Finding) -> Finding:
    examples = sorted([*one.examples, *other.examples], key=lambda example: sorted(map(str, example.items())))
    # what is said of rows may name the columns they differ in: some say it, if there are any
    says = one.says if one.rows or not other.rows else other.says
    return replace(one, says=says, rows=one.rows + other.rows, examples=tuple(examples[:_EXAMPLES]))
