"""The column of customers' ids of a source: what is read otherwise than it is written, and said."""

from __future__ import annotations

from cxchurn.interactions._casts import family
from cxchurn.interactions._engine import rows, text
from cxchurn.interactions._ids import POINT_ZERO, WHOLE
from cxchurn.interactions._sources import Opened

_BLANKS = "E' \\t\\r\\n'"


def settled_ids(data: Opened, column: str) -> list[str]:
    """Make one customer of ids that are written differently, in the rows of ``raw`` that are kept, and say so.

    Blanks around an id are no part of it. Where all ids of a source are whole numbers and some are written as ``1001.0``, as
    a column is that once had a gap, those are ``1001``.

    Parameters
    ----------
    data : Opened
        The source, loaded, without the rows refused.
    column : str
        The user's column of ids.
    """
    if family(data.columns[column]) != "text":
        return []
    held = f"CAST({data.held(column)} AS VARCHAR)"
    bare = f"trim({held}, {_BLANKS})"
    pointed = f"regexp_full_match({bare}, {text(POINT_ZERO)})"
    odd = f"ascii({held}) <= 32 OR ascii(right({held}, 1)) <= 32 OR contains({held}, '.0')"
    if not rows(data.con, f"SELECT coalesce(bool_or({odd}), FALSE) FROM raw")[0][0]:
        return []
    padded, whole, points, blank, point = rows(
        data.con,
        f"SELECT count_if({held} <> {bare}), coalesce(bool_and(regexp_full_match({bare}, {text(WHOLE)})), FALSE), "
        f"count_if({pointed}), any_value({held}) FILTER ({held} <> {bare}), any_value({bare}) FILTER ({pointed}) FROM raw",
    )[0]
    notes = []
    if padded:
        notes.append(
            f"{data.label}: {padded:,} rows have blanks around the customer's id, such as {blank!r}: read without."
        )
    if points and whole:
        data.con.execute(f"UPDATE raw SET {data.held(column)} = regexp_replace({bare}, '[.]0+$', '')")
        notes.append(
            f"{data.label}: {points:,} rows have a whole number with .0 as the customer's id, such as {point!r}: "
            f"read as {point.split('.')[0]!r}."
        )
    return notes
