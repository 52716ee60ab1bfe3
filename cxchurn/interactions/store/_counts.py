"""The law that no row is lost: each row read is kept, refused or a repeat, and each event is a row kept or was made of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cxchurn._core import InternalError
from cxchurn.interactions.store._batch import Batch


@dataclass(frozen=True)
class Handed:
    """How many events were handed to a store: those of rows kept, and those made of later-known columns."""

    kept: int = 0
    made: int = 0

    def __add__(self, other: Handed) -> Handed:
        return Handed(self.kept + other.kept, self.made + other.made)

    @classmethod
    def of(cls, batches: Sequence[Batch], *, table: int = 0) -> Handed:
        """Count batches: the first is of a table of events (0: the rows kept), the others of those that follow it."""
        counts = [len(batch["timestamp"]) for batch in batches]
        kept = counts[0] if table == 0 else 0
        return cls(kept, sum(counts) - kept)


def demand_all_rows(label: str, *, read: int, refused: int, handed: Handed, repeated: int = 0) -> None:
    """Raise an error unless every row of a source was kept, refused, or a repeat of another."""
    if handed.kept + refused + repeated != read:
        also = f", {repeated:,} repeated others" if repeated else ""
        _raise(f"of {label} {read:,} rows were read, {handed.kept:,} kept and {refused:,} refused{also}")


def demand_all_events(events: int, handed: Sequence[Handed]) -> None:
    """Raise an error unless a log has an event for every row kept, and every one made."""
    total = sum(handed, Handed())
    if total.kept + total.made != events:
        _raise(f"{total.kept:,} rows were kept and {total.made:,} events made of them, but the log has {events:,}")


def _raise(says: str) -> None:
    raise InternalError(
        f"rows were lost or doubled while reading: {says}.",
        hint="this is a fault of cxchurn, nothing is wrong with the data; please report it with the columns' types.",
    )
