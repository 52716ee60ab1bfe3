"""Columns that say the same in all rows of a customer: what is on file about customers, written beside each of their rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from cxchurn.interactions.schema.guessing._facts import ColumnFacts, TableFacts
from cxchurn.interactions.schema.guessing._guessed_roles import roles_of

# fewer rows after another of the same customer prove nothing
_ENOUGH = 50
# the share of these that say what the one before said, and the share of any two rows that would by chance
_ALIKE, _BY_CHANCE = 0.995, 0.6


def of_customer(columns: Mapping[str, ColumnFacts], cells: Mapping[str, Sequence[str | None]]) -> frozenset[str]:
    """Return the columns that say the same in every row of a customer, whenever it was, and differ between customers.

    Parameters
    ----------
    columns : mapping of str to ColumnFacts
    cells : mapping of str to sequence of str or None
        What they say, row by row.
    """
    who = roles_of(TableFacts(columns)).get("customer_id")
    times = [column for column, seen in columns.items() if seen.is_time]
    if who is None or not times:
        return frozenset()
    # rows of one moment are lines of one matter: that they say the same is no news
    moments = list(zip(*(cells[column] for column in times), strict=True))
    last: dict[str, int] = {}
    pairs = []
    for row, customer in enumerate(cells[who]):
        if customer is not None:
            if customer in last and moments[last[customer]] != moments[row]:
                pairs.append((last[customer], row))
            last[customer] = row
    return frozenset(column for column in columns if column != who and _is_of_customer(cells[column], pairs))


def _is_of_customer(values: Sequence[str | None], pairs: Sequence[tuple[int, int]]) -> bool:
    there = [(values[one], values[other]) for one, other in pairs if values[one] is not None]
    if len(there) < _ENOUGH or sum(one == other for one, other in there) < _ALIKE * len(there):
        return False
    counts = Counter(one for one, _ in there)
    return sum(count * count for count in counts.values()) < _BY_CHANCE * len(there) ** 2
