"""How times that are not plain may be written: the formats that fit them, found by trying."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from cxchurn.interactions.reading._engine import rows
from cxchurn.interactions.schema._sql import text
from cxchurn.interactions.schema._time_ways import WAYS

# cells that are tried with every format, and the share of them that a format has to fit to be tried on all cells
_FEW, _MANY = 200, 0.5
# a format is proposed where it fits nearly all
NEARLY_ALL = 0.9
# a two-figure year is not meant where four were read as two
_YEARS = "BETWEEN 1800 AND 2200"


def formats_that_fit(con: Any, cell: str, table: str, where: str = "TRUE") -> list[tuple[str, float]]:
    """Return the formats that fit times, with the share of the cells that each fits, the best first.

    Where a day of more than 12 tells that days stand first, or months, the other way round fits less.

    Parameters
    ----------
    con : connection
        The engine's connection.
    cell : str
        The SQL of a cell's text.
    table : str
        The table it is in.
    where : str
        The SQL of which rows count.
    """
    few = [one for (one,) in rows(con, f"SELECT DISTINCT {cell} AS g FROM {table} WHERE {where} LIMIT {_FEW}") if one]
    likely = [written for written, share in _shares(con, few) if share >= _MANY]
    if not likely:
        return []
    asked = ", ".join(f"count_if({_fits('g', written)})" for written in likely)
    cells = f"SELECT {cell} AS g FROM {table} WHERE {where}"
    total, *counts = rows(con, f"SELECT count(g), {asked} FROM ({cells})")[0]
    found = [(written, count / total) for written, count in zip(likely, counts, strict=True)]
    return sorted(found, key=lambda one: -one[1])


def _shares(con: Any, few: Sequence[str]) -> list[tuple[str, float]]:
    """Return the formats that fit any of a few times, with the share of these that each fits."""
    if not few:
        return []
    # to the engine hundreds of long expressions are far more work than hundreds of short ones and then a few long ones: words
    # that it reads as times of any form, such as infinity, would make all of them long
    times = [one for one in few if any(map(str.isdigit, one))]
    read = [written for written, count in _counted(con, times, WAYS, _reads) if count]
    return [(written, count / len(few)) for written, count in _counted(con, few, read, _fits)]


def _counted(
    con: Any, few: Sequence[str], formats: Sequence[str], test: Callable[[str, str], str]
) -> list[tuple[str, int]]:
    if not formats:
        return []
    asked = ", ".join(f"count_if({test('g', written)})" for written in formats)
    counts = con.execute(f"SELECT {asked} FROM (SELECT unnest(?::VARCHAR[]) AS g)", [list(few)]).fetchall()[0]
    return list(zip(formats, counts, strict=True))


def _reads(cell: str, written: str) -> str:
    return f"try_strptime({cell}, {text(written)}) IS NOT NULL"


def _fits(cell: str, written: str) -> str:
    # words such as infinity and epoch are times of any form to the engine
    return f"coalesce(year(try_strptime({cell}, {text(written)})) {_YEARS} AND regexp_matches({cell}, '[0-9]'), FALSE)"


def nearly_all(fitting: Sequence[tuple[str, float]]) -> list[str]:
    """Return those of the formats that fit nearly all cells, and as many as any other does."""
    return [written for written, share in fitting if share >= NEARLY_ALL and share == fitting[0][1]]


def format_hint(formats: Sequence[str], column: str | None = None) -> str:
    """Return what to write in a schema where some formats fit, "" where none does.

    Parameters
    ----------
    formats : sequence of str
        The formats.
    column : str, optional
        The user's column, where other columns are written in another way.
    """
    if not formats:
        return ""
    ways = [
        f'time_format = "{one}"' if column is None else f'time_format = {{"{column}" = "{one}"}}' for one in formats[:3]
    ]
    if len(ways) == 1:
        return f"under [format] in the schema: {ways[0]}."
    return f"the values do not tell which of these is meant; say one under [format] in the schema: {' or '.join(ways)}."
