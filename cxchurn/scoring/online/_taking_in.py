"""Which rows of an update are new, which were there already, and which contradict what is there."""

from __future__ import annotations

from collections.abc import Iterable

from cxchurn.interactions import Validation
from cxchurn.interactions.rows import Broken, Row, RowReader, findings_of
from cxchurn.scoring.online._book import Changes, Kept, Memory, Told
from cxchurn.scoring.online._fingerprint import fingerprint

CONTRADICTED, REPEATED = Broken("event_id_contradicted", "event_id"), Broken("event_id_repeated", "event_id")
DUPLICATE = Broken("duplicate", "")


def take_in(rows: Iterable[Row], reader: RowReader, source: int, book: Memory) -> tuple[Changes, int]:
    """Sort rows by whether they are new, and mark those that are not; also how many repeat others.

    Rows with an id: one with the content of an earlier one repeats it, and is ignored, or stands in its place where it was
    known before it. One with another content contradicts it, and is refused. Rows without: a copy is refused, unless the
    schema keeps copies.

    Parameters
    ----------
    rows : iterable of Row
        Those that break no rule; marks are added to them.
    reader : RowReader
    source : int
    book : Memory
        What is known already.
    """
    changes, repeats = Changes(), 0
    told: dict[int, tuple[Told, Row]] = {}
    copies: set[int] = set()
    for row in rows:
        customer = str(row.customer)
        if row.event_id is None:
            copy = fingerprint((source, customer, row.content)) if reader.schema.duplicates == "refuse" else 0
            state = book.state(customer) if copy else None
            if copy and (copy in copies or (state is not None and state.holds(copy))):
                row.broken.append(DUPLICATE)
                row.refused = True
                continue
            copies.add(copy)
            changes.rows.setdefault(customer, []).append(Kept(copy, row.events))
            continue
        name, says = fingerprint((source, str(row.event_id))), fingerprint((customer, row.content))
        now, before = Told(customer, says, row.events[0].known), told[name][0] if name in told else book.told(name)
        if before is not None and before.content != says:
            _contradicted(name, row, told, changes)
        elif before is not None:
            repeats += 1
            row.broken.append(REPEATED)
            if now.known < before.known:
                _drop(name, customer, changes)
                changes.without.setdefault(customer, set()).add(name)
                changes.rows.setdefault(customer, []).append(Kept(name, row.events, now))
                told[name] = now, row
        else:
            changes.rows.setdefault(customer, []).append(Kept(name, row.events, now))
            told[name] = now, row
    return changes, repeats


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
