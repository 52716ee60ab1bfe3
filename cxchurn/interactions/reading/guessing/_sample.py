"""The first rows of opened data, read once: a guess looks at them column by column."""

from __future__ import annotations

from collections.abc import Collection

from cxchurn.interactions.reading._engine import LINE, SOURCE
from cxchurn.interactions.reading.sources._opened import Opened
from cxchurn.interactions.schema._sql import name

SAMPLE = '"@sample"'
# rows that are looked at; of tables with many columns fewer: looking is done cell by cell
_MOST, _LEAST, _CELLS = 10_000, 1_000, 500_000


def take_sample(data: Opened) -> None:
    """Read the first rows of opened data into the table `SAMPLE`; lines that are no rows are not among them."""
    found = f"SELECT * FROM {SOURCE} WHERE {name(LINE)} IS NULL LIMIT {rows_looked_at(data.columns)}"
    data.con.execute(f"CREATE TEMP TABLE {SAMPLE} AS {found}")


def rows_looked_at(columns: Collection[str]) -> int:
    """Return how many rows of a table with such columns are looked at.

    Examples
    --------
    >>> rows_looked_at(["customer_id", "when"]), rows_looked_at(range(250)), rows_looked_at(range(9_000))
    (10000, 2000, 1000)
    """
    return min(_MOST, max(_LEAST, _CELLS // max(len(columns), 1)))
