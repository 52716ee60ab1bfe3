"""The first rows of opened data, read once: a guess looks at them column by column."""

from __future__ import annotations

from cxchurn.interactions.reading._engine import LINE, SOURCE, name
from cxchurn.interactions.reading.sources._opened import Opened

# rows that are looked at
_ROWS = 10_000
SAMPLE = '"@sample"'


def take_sample(data: Opened) -> None:
    """Read the first rows of opened data into the table `SAMPLE`; lines that are no rows are not among them."""
    data.con.execute(f"CREATE TEMP TABLE {SAMPLE} AS SELECT * FROM {SOURCE} WHERE {name(LINE)} IS NULL LIMIT {_ROWS}")
