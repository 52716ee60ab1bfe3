"""The way a source is read, and what was read of it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from cxchurn._core import span
from cxchurn.interactions.log._validation import Finding
from cxchurn.interactions.reading.casts.texts._conventions import Conventions
from cxchurn.interactions.schema._schema import Schema
from cxchurn.interactions.store._arrivals import Arrivals
from cxchurn.interactions.store._counts import Handed
from cxchurn.interactions.store._crowd import Crowd
from cxchurn.interactions.store._dividing import Divided, Folder
from cxchurn.interactions.store._gathered import Gathered


@dataclass(frozen=True)
class Way:
    """How sources are read.

    Parameters
    ----------
    now : datetime64
        Times after this one are in the future.
    keep_refused : bool
        Whether the refused rows are returned with all their columns.
    folder : Folder, optional
        Where the events go in parts, for a log larger than memory.
    memory : int, optional
        How many bytes reading may take.
    only : frozenset of str, optional
        The columns to read, where the rows are plainly clean.
    as_text : bool
        Whether all customers' ids are read as text.
    conventions : Conventions, optional
        How texts are meant, where that was found out over more rows than are read. Default: by the rows that are read.
    """

    now: np.datetime64
    keep_refused: bool
    folder: Folder | None = None
    memory: int | None = None
    only: frozenset[str] | None = None
    as_text: bool = False
    conventions: Conventions | None = None

    @property
    def engine_memory(self) -> int | None:
        """How many bytes the engine may take: what it hands over takes as much again."""
        return None if self.memory is None else self.memory // 2


@dataclass
class Reading:
    """What was read from one source.

    Parameters
    ----------
    label : str
        What the source is called in reports.
    schema : Schema
        As given, or as guessed.
    guess : str
        What was guessed, in words; "" where nothing was.
    ids : {"text", "integer"}
        The type of the customers' ids.
    store : Gathered or Divided
        Where the events of the rows kept are.
    rows_read, rows_refused, rows_repeated : int
        Rows of the source: all, those refused, and those that repeat another by its ``event_id``.
    findings : list of Finding
        Every rule checked.
    refused : pyarrow.Table or None
        The rows refused, as read, with the rules they broke; None unless asked for.
    handed : Handed
        How many events its rows became.
    notes : list of str
        What is worth a second look, though no rule is broken.
    crowd : Crowd
        Its customers, to be compared with those of other sources.
    until : datetime64[us], optional
        The instant before which the source is complete, where that was said.
    conventions : Conventions
        How its texts are meant, by its rows.
    """

    label: str
    schema: Schema
    guess: str
    ids: str
    store: Gathered | Divided
    rows_read: int = 0
    rows_refused: int = 0
    rows_repeated: int = 0
    findings: list[Finding] = field(default_factory=list)
    refused: pa.Table | None = None
    handed: Handed = field(default_factory=Handed)
    notes: list[str] = field(default_factory=list)
    crowd: Crowd = field(default_factory=Crowd)
    until: np.datetime64 | None = None
    conventions: Conventions = field(default_factory=Conventions)

    @property
    def arrivals(self) -> Arrivals:
        """The events by day, once all of them are read."""
        return Arrivals(self.label, self.store.arrivals, self.until, late_by(self.schema))


def late_by(schema: Schema) -> int:
    """Return by how many microseconds a source comes late."""
    return 0 if schema.arrives is None else span(schema.arrives, name="arrives").microseconds
