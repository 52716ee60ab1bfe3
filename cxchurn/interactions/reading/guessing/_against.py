"""Columns whose labels say that money went the other way, beside numbers that are never below 0."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from cxchurn.interactions.schema.guessing._facts import ColumnFacts
from cxchurn.interactions.schema.guessing._left_out import MOST_LABELS

# of two labels that stand for out and in, the first
_OUT_AND_IN = (
    ("af", "bij"),
    ("uit", "in"),
    ("out", "in"),
    ("d", "c"),
    ("dr", "cr"),
    ("db", "cr"),
    ("dbit", "crdt"),
    ("s", "h"),
)
# a number below 0; and words for money that went back, or out
_BELOW = re.compile(r"^[^\d]*[-\u2212(]|-$")
_THE_OTHER_WAY = re.compile(
    r"(?:^|[\W_])(debit|dr|withdraw(al|n)?|refund(ed)?|return(ed)?|chargeback|reversal|payout|credit.?note|storno|gutschrift|"
    r"auszahlung|abhebung|lastschrift|(r\u00fcck)?erstattung|remboursement|reembolso|devoluci[o\u00f3]n|rimborso)s?(?:$|[\W_])",
    re.IGNORECASE,
)


def against(
    columns: Mapping[str, ColumnFacts], cells: Mapping[str, Sequence[str | None]]
) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the labels that say of numbers never below 0 that they went the other way, by their column and the numbers'.

    Parameters
    ----------
    columns : mapping of str to ColumnFacts
    cells : mapping of str to sequence of str or None
        What they say, row by row.
    """
    found = {}
    numbers = [column for column, seen in columns.items() if seen.holds in ("integer", "number") or seen.styles]
    numbers = [column for column in numbers if not any(map(_BELOW.search, filter(None, set(cells[column]))))]
    for column, seen in columns.items():
        few = seen.holds == "text" and (seen.distinct or 0) <= MOST_LABELS
        words = _other_way({one for one in cells[column] if one}) if few else set()
        for number in numbers if words else ():
            both = zip(cells[column], cells[number], strict=True)
            said = {word for word, value in both if word in words and value and re.search("[1-9]", value)}
            found[column, number] = tuple(sorted(filter(None, said)))
    return {columns: words for columns, words in found.items() if words}


def _other_way(labels: set[str]) -> set[str]:
    """Return those of a column's labels that say that money went back or out."""
    out = next((first for first, second in _OUT_AND_IN if {one.lower() for one in labels} == {first, second}), None)
    return {one for one in labels if one.lower() == out or _THE_OTHER_WAY.search(one)}
