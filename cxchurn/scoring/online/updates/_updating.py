"""Events on their way into a scorer: read, sorted by whether they are new, and taken in as a whole or not at all."""

from __future__ import annotations

from typing import Any, NamedTuple

from cxchurn._core import UsageError, listed
from cxchurn.interactions import Validation
from cxchurn.interactions.rows import Row, RowReader, rows_given
from cxchurn.scoring.online._result import Updated
from cxchurn.scoring.online._served import Served
from cxchurn.scoring.online.store._book import Memory
from cxchurn.scoring.online.updates._noticed import Noticed, meant_by
from cxchurn.scoring.online.updates._taking_in import REPEATED, found_in, take_in

_ON_ERROR = ("raise", "quarantine")
# what whoever asks in Python may do
KEEP_OTHERS = 'on_error="quarantine" leaves these events out and takes in the others.'
_LEAVE_OUT = "ask again without these events: nothing is kept of them."


class Given(NamedTuple):
    """Events as they were given, and read.

    Attributes
    ----------
    rows : list of Row
    reader : RowReader
    source : int
        By its place among those of the model.
    unread : tuple of str
        Columns that nothing reads.
    meant : str or None
        Which columns these may be meant to be, in words.
    """

    rows: list[Row]
    reader: RowReader
    source: int
    unread: tuple[str, ...]
    meant: str | None

    @property
    def good(self) -> list[Row]:
        """The rows that break no rule by themselves."""
        return [row for row in self.rows if not row.refused]

    def found(self, label: str) -> Validation:
        """Return what reading found, the rows being called by a label."""
        return found_in(self.rows, self.reader, label)

    def refuse(self, found: Validation, hint: str) -> None:
        """Raise the error for rows that broke a rule; the hint says how to go on without them."""
        found.raise_if_broken(hint=hint if self.meant is None else f"nothing reads {self.meant} {hint}")


def keeps_others(on_error: str) -> bool:
    """Return whether the others are kept where some events break a rule."""
    if on_error not in _ON_ERROR:
        raise UsageError(f"on_error is {on_error!r}.", allowed=listed(map(repr, _ON_ERROR)))
    return on_error == "quarantine"


def given(serving: Served, noticed: Noticed, events: Any, source: int | None) -> Given:
    """Read events, whoever gave them in whatever form."""
    reader = serving.reader(source)
    cells = rows_given(events, reader.paths)
    unread = noticed.columns(cells, reader)
    meant = meant_by(cells, reader) if unread else None
    return Given(reader.read(cells), reader, source or 0, unread, meant)


def take(serving: Served, book: Memory, noticed: Noticed, events: Given, *, keep: bool) -> Updated:
    """Take events in.

    Parameters
    ----------
    serving : Served
    book : Memory
    noticed : Noticed
    events : Given
    keep : bool
        Whether the others are kept where some break a rule; else nothing is taken in.
    """
    count = len(events.rows)
    with book.writing():
        changes, repeats = take_in(events.good, events.reader, events.source, book)
        found = events.found(f"the update of {count:,} event{'' if count == 1 else 's'}")
        if not keep:
            events.refuse(found, KEEP_OTHERS)
        if changes.customers:
            book.put(changes)
    new = [row for row in events.rows if not row.refused and REPEATED not in row.broken]
    unseen, odd = noticed.labels(new, serving.known), noticed.ids(events.rows, serving.model.ids_, events.reader)
    told = (*(one for one in found.findings if one.rows), *odd)
    return Updated(count - repeats - found.rows_refused, repeats, found.rows_refused, told, events.unread, unseen)


def take_apart(book: Memory, events: Given) -> None:
    """Take events into memory of their own, all of them or none."""
    changes, _ = take_in(events.good, events.reader, events.source, book)
    events.refuse(events.found(f"the {len(events.rows):,} events"), _LEAVE_OUT)
    book.put(changes)
