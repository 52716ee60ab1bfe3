"""The column of customers' ids of a source: what is read otherwise than it is written, and said."""

from __future__ import annotations

from cxchurn.interactions.reading._casts import family
from cxchurn.interactions.reading._conventions import Conventions
from cxchurn.interactions.reading._engine import rows, text
from cxchurn.interactions.reading._ids import POINT_ZERO, WHOLE
from cxchurn.interactions.reading._sources import Opened

_BLANKS = "E' \\t\\r\\n'"


def settled_ids(data: Opened, column: str, *, whole: bool | None = None) -> Conventions:
    """Make one customer of ids that are written differently, in the rows of ``raw`` that are kept, and return what was found.

    Blanks around an id are no part of it. Where all ids of a source are whole numbers and some are written as ``1001.0``, as
    a column is that once had a gap, those are ``1001``.

    Parameters
    ----------
    data : Opened
        The source, loaded, without the rows refused.
    column : str
        The user's column of ids.
    whole : bool, optional
        Whether all ids of the source are whole numbers, where more is known of it than the rows of ``raw``.
    """
    if family(data.columns[column]) != "text":
        return Conventions()
    held = f"CAST({data.held(column)} AS VARCHAR)"
    bare = f"trim({held}, {_BLANKS})"
    pointed = f"regexp_full_match({bare}, {text(POINT_ZERO)})"
    odd = f"ascii({held}) <= 32 OR ascii(right({held}, 1)) <= 32 OR contains({held}, '.0')"
    if not rows(data.con, f"SELECT coalesce(bool_or({odd}), FALSE) FROM raw")[0][0]:
        return Conventions()
    padded, all_whole, points, blank, point = rows(
        data.con,
        f"SELECT count_if({held} <> {bare}), coalesce(bool_and(regexp_full_match({bare}, {text(WHOLE)})), TRUE), "
        f"count_if({pointed}), any_value({held}) FILTER ({held} <> {bare}), any_value({bare}) FILTER ({pointed}) FROM raw",
    )[0]
    found = Conventions(frozenset(), all_whole if whole is None else whole, padded, points, blank, point)
    if found.pointed and found.whole:
        data.con.execute(f"UPDATE raw SET {data.held(column)} = regexp_replace({bare}, '[.]0+$', '')")
    return found
