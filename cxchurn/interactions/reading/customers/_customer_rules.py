"""The rules every row of a customers table keeps, as masks over its cells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from cxchurn.interactions.log._customer_table import FROM, ID, TO
from cxchurn.interactions.reading._engine import LINE
from cxchurn.interactions.reading.casts._casts import Cast
from cxchurn.interactions.reading.customers._customer_cells import CustomerCells
from cxchurn.interactions.reading.rules._rules import Mask, Rule
from cxchurn.interactions.schema._validity import Validity
from cxchurn.interactions.store._batch import NO_TIME

Broken = Callable[[CustomerCells], Mask]
_UNREADABLE = {ID: "customer_id_unreadable", FROM: "time_unreadable", TO: "time_unreadable"}


def rules_of_customers(
    casts: Mapping[str, Cast], who: str, validity: Validity, times: Iterable[str]
) -> list[Rule[Broken]]:
    """Return the rules for the rows of a customers table.

    Parameters
    ----------
    casts : mapping of canonical name to Cast
        How each column is read.
    who : str
        The user's column for the customer's id.
    validity : Validity
        The user's columns for since when and until when a row holds.
    times : iterable of str
        The attributes that are times.
    """
    shown = {ID: who, FROM: validity.since or "", TO: validity.until or ""}

    def rule(name: str, label: str, says: str, broken: Broken, *, refuses: bool = True) -> Rule[Broken]:
        return Rule(name, label, says, broken, (shown.get(label, label),), refuses)

    line = "the line is not a row of the table"
    found = [Rule[Broken]("line_unreadable", "", line, lambda cells: cells.no_row, (LINE,))]
    says = "the customer's id is missing, blank, or a word for nothing (NULL, nan, None, N/A)"
    found.append(rule("customer_id_missing", ID, says, lambda cells: cells.missing(ID)))
    if FROM in casts:
        says = "the instant from which the row holds is missing"
        found.append(rule("time_missing", FROM, says, lambda cells: cells.missing(FROM)))
    for label in (label for label, read in casts.items() if read.unreadable):
        named = _UNREADABLE.get(label, "attribute_unreadable")
        found.append(rule(named, label, "the value cannot be read", _unreadable(label)))
    if TO in casts:
        says = "the row ends before it begins"
        found.append(rule("end_before_start", TO, says, lambda cells: cells.before_start))
        says = "another row of the customer begins before this one ends: from then on the other one holds"
        found.append(rule("rows_overlap", TO, says, _overlapping, refuses=False))
    says = "the time is one that systems write where they have none, such as 1900-01-01: it is taken as missing"
    found += [rule("time_placeholder", label, says, _placeholder(label), refuses=False) for label in times]
    says = (
        "the customer is there more than once at the same instant"
        if FROM in casts
        else "the customer is there more than once, and no column says since when a row holds (valid_from)"
    )
    return [*found, rule("customer_twice", ID, says, _twice)]


def _unreadable(label: str) -> Broken:
    return lambda cells: cells.unreadable.get(label)


def _placeholder(label: str) -> Broken:
    return lambda cells: cells.placeholders[label]


def _overlapping(cells: CustomerCells) -> Mask:
    who, since, until = cells.who, cells.times(FROM), cells.times(TO)
    # open ends stand last
    order = np.lexsort((np.where(until == NO_TIME, np.iinfo(np.int64).max, until), since, who))
    order = order[(who[order] >= 0) & (since[order] != NO_TIME)]
    who, since, until = who[order], since[order], until[order]
    again = who[:-1] == who[1:]
    early = np.append(again & (until[:-1] != NO_TIME) & (since[1:] < until[:-1]), False)
    # of rows that are alike all overlap where one does
    alike = again & (since[:-1] == since[1:]) & (until[:-1] == until[1:])
    groups = np.cumsum(np.append(True, ~alike)[: order.size]) - 1
    found = np.zeros(len(cells.columns[ID]), dtype=bool)
    found[order] = np.isin(groups, groups[early])
    return found


def _twice(cells: CustomerCells) -> Mask:
    who = cells.who
    since = cells.times(FROM) if FROM in cells.columns else np.zeros(who.size, dtype=np.int64)
    held = (who >= 0) & (since != NO_TIME)
    if TO in cells.columns:
        # a row that held for no time contradicts nothing
        until = cells.times(TO)
        held &= (until > since) | (until == NO_TIME)
    rows = np.flatnonzero(held)
    rows = rows[np.lexsort((since[rows], who[rows]))]
    again = (who[rows][:-1] == who[rows][1:]) & (since[rows][:-1] == since[rows][1:])
    found = np.zeros(who.size, dtype=bool)
    # all of them are refused: which one is right cannot be told from their order
    found[rows[:-1][again]] = found[rows[1:][again]] = True
    return found
