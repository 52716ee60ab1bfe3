"""The ids of a customers table: of the type that the interactions have, and of the same customers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa

from cxchurn._core import DataError, Deferred, listed
from cxchurn.interactions.log._customer_table import FROM, ID, TO, CustomerTable
from cxchurn.interactions.reading._ids import SEVERAL, as_kind, is_point_zero, without_point_zero

pc = Deferred("pyarrow.compute")


def with_ids(table: CustomerTable, ids: str) -> tuple[CustomerTable, list[str]]:
    """Return the attributes with ids of the log's type, "text" or "integer", and what there is to be said of it."""
    column = table.table[ID].combine_chunks()
    given = column if pa.types.is_integer(column.type) or not is_point_zero(column) else without_point_zero(column)
    wanted = as_kind(given, ids)
    if wanted.equals(column):
        return table, []
    notes = []
    if wanted.null_count:
        odd = column.filter(wanted.is_null())
        shown = listed(map(repr, odd[:3].to_pylist()))
        if wanted.null_count == len(wanted):
            raise DataError(
                f"the customers table has ids of text ({shown}), the interactions have whole numbers.",
                hint="read both with ids of one type; '007' is not 7.",
            )
        notes.append(
            f"{len(odd):,} of {len(column):,} rows of the customers table are of ids that are no whole numbers as those of "
            f"the interactions are, such as {shown}: left out."
        )
    changed = table.table.set_column(0, ID, wanted).filter(wanted.is_valid())
    changed = changed.sort_by([(name, "ascending") for name in (ID, FROM, TO) if name in changed.column_names])
    _check_once(changed)
    return table.over(changed), notes


def _check_once(table: pa.Table) -> None:
    if TO in table.column_names:
        # a row that held for no time contradicts nothing
        table = table.filter(pc.fill_null(pc.greater(table[TO], table[FROM]), True))
    keys = [name for name in (ID, FROM) if name in table.column_names]
    count = table.num_rows - table.group_by(keys).aggregate([]).num_rows
    if count:
        raise DataError(
            f"{count:,} rows of the customers table are of customers that are there more than once, once '1001.0' is read as "
            "'1001'.",
            hint="keep one row a customer.",
        )


def check_fit(table: CustomerTable, customers: Iterable[pa.Array]) -> list[str]:
    """Refuse a customers table that knows none of several customers; say where it knows fewer than half of them.

    Parameters
    ----------
    table : CustomerTable
        The attributes.
    customers : iterable of pyarrow.Array
        The customers of the interactions, each once.
    """
    return fit_of(table, sum((known_of(table, who) for who in customers), Known()))


@dataclass(frozen=True)
class Known:
    """How many customers of interactions there are, how many of them a customers table knows, and one as an example."""

    customers: int = 0
    found: int = 0
    example: str = ""

    def __add__(self, other: Known) -> Known:
        return Known(self.customers + other.customers, self.found + other.found, self.example or other.example)


def known_of(table: CustomerTable, customers: pa.Array) -> Known:
    """Count which of some customers a table knows."""
    found = int(pc.sum(pc.is_in(customers, table.table[ID].combine_chunks())).as_py() or 0)
    return Known(len(customers), found, repr(customers[0].as_py()) if len(customers) else "")


def fit_of(table: CustomerTable, known: Known) -> list[str]:
    """Refuse a table that knows none of several customers, and say where it knows few; see `check_fit`."""
    if not len(table) or 2 * known.found >= known.customers:
        return []
    if not known.found and known.customers >= SEVERAL:
        theirs = repr(table.table[ID][0].as_py())
        raise DataError(
            f"the customers table knows none of the {known.customers:,} customers of the interactions: its ids are like "
            f"{theirs}, theirs like {known.example}.",
            hint="check that both ids are of the same system and form; '007' is not '7'.",
        )
    return [f"the customers table knows {known.found:,} of the {known.customers:,} customers of the interactions."]
