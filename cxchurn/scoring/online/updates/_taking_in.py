"""Which rows of an update are new, which were there already, and which contradict what is there."""

from __future__ import annotations

from collections.abc import Iterable

from cxchurn.interactions import Validation
from cxchurn.interactions.rows import Broken, Row, RowReader, findings_of
from cxchurn.scoring.online.store._book import Changes, Kept, Memory, Told
from cxchurn.scoring.online.store._fingerprint import fingerprint
from cxchurn.scoring.online.store._shape import KNOWN
from cxchurn.scoring.online.updates._adopting import places_of

CONTRADICTED, REPEATED = Broken("event_id_contradicted", "event_id"), Broken("event_id_repeated", "event_id")
DUPLICATE = Broken("duplicate", "")


def take_in(rows: Iterable[Row], reader: RowReader, source: int, book: Memory) -> tuple[Changes, int]:
    """Sort rows by whether they are new, and mark those that are not; also how many repeat others.

    Rows with an id: one with the content of an earlier one repeats it, and is ignored, or stands in its place where it was
    known before it. One with another content contradicts it, and is refused. Rows without: a copy is refused, unless the
    schema keeps copies. Events that came with a log are told by what they say.

    Parameters
    ----------
    rows : iterable of Row
        Those that break no rule; marks are added to them.
    reader : RowReader
    source : int
    book : Memory
        What is known already.
    """
    sorting = _Sorting(reader, source, book)
    for row in rows:
        if row.event_id is None:
            sorting.without_id(row, str(row.customer))
        else:
            sorting.with_id(row, str(row.customer))
    return sorting.changes, sorting.repeats


class _Sorting:
    """What is known of an update so far."""

    def __init__(self, reader: RowReader, source: int, book: Memory) -> None:
        self.changes, self.repeats = Changes(), 0
        self._book, self._source = book, source
        self._no_copies = reader.schema.duplicates == "refuse"
        self._told: dict[int, tuple[Told, Row]] = {}
        self._copies: set[int] = set()

    def without_id(self, row: Row, customer: str) -> None:
        """Keep a row that is no copy of another."""
        # by content, whatever the order of the keys in which it was sent: a client that tries again sends the same content
        copy = fingerprint((self._source, customer, row.content)) if self._no_copies else 0
        if copy and (copy in self._copies or self._holds(copy, row, customer)):
            row.broken.append(DUPLICATE)
            row.refused = True
            return
        self._copies.add(copy)
        self._keep(customer, Kept(copy, row.events))

    def _holds(self, copy: int, row: Row, customer: str) -> bool:
        state = self._book.state(customer)
        if state is None:
            return False
        taken = self.changes.adopted.get(customer, ())
        return state.holds(copy) or None not in places_of(state, self._book.shape, row.events, taken=taken)

    def with_id(self, row: Row, customer: str) -> None:
        """Keep a row of a new event, or one that was known before the one that is there of its event."""
        # an id is one of its source: two systems may both have an order 1001
        name, says = fingerprint((self._source, str(row.event_id))), fingerprint((customer, row.content))
        now, before = Told(customer, says, row.events[0].known), self._before(name, says, row, customer)
        if before is not None and before.content != says:
            _contradicted(name, row, self._told, self.changes)
            return
        if before is not None:
            self.repeats += 1
            row.broken.append(REPEATED)
            # the earlier moment of knowing stands: a repeat that came late must not make the past forget what it knew
            if now.known >= before.known:
                return
            _drop(name, customer, self.changes)
            self.changes.without.setdefault(customer, set()).add(name)
        self._keep(customer, Kept(name, row.events, now))
        self._told[name] = now, row

    def _before(self, name: int, says: int, row: Row, customer: str) -> Told | None:
        """Return what was told under an id before: in this update, in an earlier one, or by a log."""
        if name in self._told:
            return self._told[name][0]
        if name in self.changes.told:
            return self.changes.told[name]
        return self._book.told(name) or self._by_a_log(name, says, row, customer)

    def _by_a_log(self, name: int, says: int, row: Row, customer: str) -> Told | None:
        state = self._book.state(customer)
        if state is None:
            return None
        taken = self.changes.adopted.get(customer, {})
        first, *others = places_of(state, self._book.shape, row.events, taken=taken, when_known=False)
        if first is None:
            return None
        known = int(state.times[KNOWN, first])
        if None in others:
            # the log had it without what the row says became known later
            return Told(customer, None, known)
        places = [place for place in (first, *others) if place is not None]
        self.changes.adopted.setdefault(customer, {}).update(dict.fromkeys(places, name))
        self.changes.told[name] = Told(customer, says, known)
        return self.changes.told[name]

    def _keep(self, customer: str, one: Kept) -> None:
        self.changes.rows.setdefault(customer, []).append(one)


def _contradicted(name: int, row: Row, told: dict[int, tuple[Told, Row]], changes: Changes) -> None:
    """Refuse a row; and the other one too, where it came in the same update, for which is right is not to be known."""
    others = [row]
    if name in told:
        before, other = told[name]
        if name not in changes.without.get(before.customer, ()):
            _drop(name, before.customer, changes)
            others.append(other)
            # nor is a later one of the update a repeat of what was refused
            told[name] = before._replace(content=None), other
    for one in others:
        if CONTRADICTED not in one.broken:
            one.broken.append(CONTRADICTED)
        one.refused = True


def _drop(name: int, customer: str, changes: Changes) -> None:
    kept = [one for one in changes.rows.get(customer, ()) if one.row != name]
    if kept:
        changes.rows[customer] = kept
    else:
        changes.rows.pop(customer, None)


def found_in(rows: list[Row], reader: RowReader, label: str) -> Validation:
    """Return what reading some rows found, as a reader of logs reports it; the data is called by the label."""
    refused = sum(row.refused for row in rows)
    broken = [(number, row.cells, row.broken) for number, row in enumerate(rows, start=1) if row.broken]
    findings = findings_of(reader.rules, broken, reader.who, label) if broken else ()
    return Validation(len(rows), refused, findings)
