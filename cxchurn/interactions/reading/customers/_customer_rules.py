"""The rules every row of a customers table keeps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from cxchurn.interactions.log._customer_table import FROM, ID, TO
from cxchurn.interactions.reading._engine import LINE, name
from cxchurn.interactions.reading.casts._casts import Cast
from cxchurn.interactions.reading.casts._ends import End
from cxchurn.interactions.reading.rules._rules import Rule
from cxchurn.interactions.schema._validity import Validity


def rules_of_customers(
    casts: Mapping[str, Cast], who: str, validity: Validity, more: Iterable[Rule[str]] = ()
) -> list[Rule[str]]:
    """Return the rules for the rows of a customers table.

    Parameters
    ----------
    casts : mapping of canonical name to Cast
        How each column is read.
    who : str
        The user's column for the customer's id.
    validity : Validity
        The user's columns for since when and until when a row holds.
    more : iterable of Rule
        Rules for attributes.
    """
    shown = {ID: who, FROM: validity.since or "", TO: validity.until or ""}
    line = Rule("line_unreadable", "", "the line is not a row of the table", f"{name(LINE)} IS NOT NULL", (LINE,))
    says = "the customer's id is missing, blank, or a word for nothing (NULL, nan, None, N/A)"
    found = [Rule("customer_id_missing", ID, says, f"NOT {casts[ID].present}")]
    if FROM in casts:
        missing = "the instant from which the row holds is missing"
        found.append(Rule("time_missing", FROM, missing, f"NOT {casts[FROM].present}"))
    names = {ID: "customer_id_unreadable", FROM: "time_unreadable", TO: "time_unreadable"}
    found += [
        Rule(names.get(label, "attribute_unreadable"), label, "the value cannot be read", read.unreadable)
        for label, read in casts.items()
        if read.unreadable
    ]
    end = casts.get(TO)
    if isinstance(end, End):
        found.append(Rule("end_before_start", TO, "the row ends before it begins", end.before_start))
        found.append(_overlap(casts))
    found += [*more, _twice(casts)]
    row = f"{name(LINE)} IS NULL"
    return [
        line,
        *(replace(r, broken=f"({row} AND {r.broken})", shows=(shown.get(r.column, r.column),)) for r in found),
    ]


def _overlap(casts: Mapping[str, Cast]) -> Rule[str]:
    key, since, until = (f"({casts[label].value})" for label in (ID, FROM, TO))
    following = f"lead({since}) OVER (PARTITION BY {key} ORDER BY {since}, {until})"
    rows_ = f"SELECT {key} AS who, {since} AS since, {until} AS until, {following} AS next FROM raw"
    early = f"({key}, {since}, {until}) IN (SELECT (who, since, until) FROM ({rows_}) WHERE next < until)"
    says = "another row of the customer begins before this one ends: from then on the other one holds"
    return Rule("rows_overlap", TO, says, f"coalesce({early}, FALSE)", refuses=False)


def _twice(casts: Mapping[str, Cast]) -> Rule[str]:
    key, says = (
        casts[ID].value,
        "the customer is there more than once, and no column says since when a row holds (valid_from)",
    )
    held = f"({casts[ID].value}) IS NOT NULL"
    if FROM in casts:
        key, says = f"({key}, {casts[FROM].value})", "the customer is there more than once at the same instant"
    if TO in casts:
        # a row that held for no time contradicts nothing
        held += f" AND coalesce({casts[TO].value} > {casts[FROM].value}, TRUE)"
    # all of them are refused: which one is right cannot be told from their order
    keys = f"SELECT {key} FROM raw WHERE {held} GROUP BY ALL HAVING count(*) > 1"
    return Rule("customer_twice", ID, says, f"({casts[ID].present} AND {held} AND {key} IN ({keys}))")
