"""The cells of a customers table: who, since when and until when a row holds, and what is on file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from cxchurn._core import DAY, Deferred, logger, zone
from cxchurn.interactions.log._customer_table import FROM, ID, TO
from cxchurn.interactions.reading._engine import LINE, arrow
from cxchurn.interactions.reading.casts._casts import Cast
from cxchurn.interactions.reading.casts._cells import Cells, some
from cxchurn.interactions.reading.casts._end_cells import EndCells, end_cells
from cxchurn.interactions.reading.casts._ends import says_never
from cxchurn.interactions.reading.casts._placeholders import NEVER, ZERO
from cxchurn.interactions.reading.sources._opened import Opened
from cxchurn.interactions.schema._sql import name
from cxchurn.interactions.schema._validity import Validity
from cxchurn.interactions.store._batch import NO_TIME, TIME, flat, to_arrow

pc = Deferred("pyarrow.compute")

# an end later than this is a word for never
_LATEST = int(np.datetime64("9000-01-01", "us").astype(np.int64))
# times this near to 1970, beside its first instant, are those of people who were born then
_NEAR = tuple(int(np.datetime64(day, "us").astype(np.int64)) for day in ("1969-01-01", "1971-01-01"))


@dataclass(frozen=True)
class CustomerCells:
    """The cells of a customers table.

    Parameters
    ----------
    columns : dict of pyarrow arrays
        The values, by canonical names; missing where there is nothing, or nothing that can be read.
    unreadable : dict of ndarray of bool
        Where there is something that cannot be read; columns of which all can be are not there.
    placeholders : dict of ndarray of bool
        Where attributes that are times stand for none, and are missing.
    before_start : ndarray of bool, optional
        Where a row ends before it begins.
    no_row : ndarray of bool, optional
        Where a line is no row.
    """

    columns: dict[str, pa.Array]
    unreadable: dict[str, np.ndarray]
    placeholders: dict[str, np.ndarray]
    before_start: np.ndarray | None
    no_row: np.ndarray | None

    def missing(self, label: str) -> np.ndarray:
        """Where there is nothing."""
        gone = self.columns[label].is_null().to_numpy(zero_copy_only=False)
        return gone & ~self.unreadable[label] if label in self.unreadable else gone

    def times(self, label: str) -> np.ndarray:
        """Return times in microseconds; int64."""
        return _times(self.columns[label])

    @property
    def who(self) -> np.ndarray:
        """A number for each different customer, -1 for none."""
        return _numbered(self.columns[ID])


def cells_of(
    source: Opened, casts: Mapping[str, Cast], validity: Validity, times: Iterable[str], timezone: str
) -> CustomerCells:
    """Read the cells of a customers table.

    Parameters
    ----------
    source : Opened
        The table, loaded.
    casts : mapping of str to Cast
        How each column is read, by canonical names.
    validity : Validity
        The columns that say since when and until when a row holds.
    times : iterable of str
        The attributes that are times.
    timezone : str
        The zone on whose clock days begin.
    """
    odd = {label: f"coalesce({read.unreadable}, FALSE)" for label, read in casts.items() if read.unreadable}
    asked = [*(read.value for read in casts.values()), *odd.values(), f"{name(LINE)} IS NOT NULL"]
    if TO in casts and validity.until is not None:
        asked.append(f"coalesce({says_never(source.held(validity.until), source.columns[validity.until])}, FALSE)")
    # by their places: the engine does not tell names apart that differ by case alone
    found = arrow(source.con, f"SELECT {', '.join(f'{sql} AS v{k}' for k, sql in enumerate(asked))} FROM raw")
    arrays = [column.combine_chunks() for column in found.columns]
    columns = dict(zip(casts, arrays, strict=False))
    masks = [flat(column, False) for column in found.columns[len(casts) :]]
    unreadable, no_row = dict(zip(odd, masks, strict=False)), some(masks[len(odd)])
    placeholders = {}
    for label in times:
        moments = _times(columns[label])
        placeholders[label] = _stand_for_none(moments, timezone)
        columns[label] = to_arrow(np.where(placeholders[label], NO_TIME, moments), TIME)
    if TO not in casts:
        return CustomerCells(columns, unreadable, placeholders, None, no_row)
    read = Cells(_times(columns[TO]), unreadable.pop(TO, None), never=masks[-1])
    end = end_cells(read, _times(columns[FROM]), latest=_LATEST, timezone=timezone)
    columns[TO] = to_arrow(_through(end, columns, str(validity.until)), TIME)
    unreadable |= {} if end.unreadable is None else {TO: end.unreadable}
    return CustomerCells(columns, unreadable, placeholders, end.before_start, no_row)


def _times(column: pa.Array) -> np.ndarray:
    return flat(pa.chunked_array([column.cast(TIME).cast(pa.int64())]), NO_TIME)


def _numbered(column: pa.Array) -> np.ndarray:
    codes: np.ndarray = pc.fill_null(column.dictionary_encode().indices, -1).to_numpy(zero_copy_only=False)
    return codes


def _stand_for_none(moments: np.ndarray, timezone: str) -> np.ndarray:
    """Return where times stand for none: as those of interactions, but that people may have been born in January 1970."""
    there = moments != NO_TIME
    local = (
        moments if timezone == "UTC" else np.where(there, zone(timezone).local(np.where(there, moments, 0)), NO_TIME)
    )
    first = there & ((moments == 0) | (local == 0))
    near = there & (local >= _NEAR[0]) & (local < _NEAR[1]) & ~first
    none: np.ndarray = there & ((local < ZERO) | (local >= NEVER))
    return none if near.any() else none | first


def _through(end: EndCells, columns: Mapping[str, pa.Array], until: str) -> np.ndarray:
    """Move ends that name the last moment of a row, as in "valid through 31 March", to where it has ended."""
    since, who = _times(columns[FROM]), _numbered(columns[ID])
    order = np.lexsort((since, who))
    order = order[(who[order] >= 0) & (since[order] != NO_TIME)]
    ends, following = end.values[order][:-1], since[order][1:]
    known = (who[order][:-1] == who[order][1:]) & (ends != NO_TIME)
    gaps, counts = np.unique((following - ends)[known], return_counts=True)
    most = int(counts.argmax()) if counts.size else 0
    if not counts.size or not 0 < gaps[most] <= DAY or 2 * counts[most] <= counts.sum():
        return end.values
    gap = int(gaps[most])
    logger.info(
        "the customers table's %s names the last moment of a row: the next one begins %s later.",
        until,
        "a day" if gap == DAY else f"{gap / 1e6:g} s",
    )
    return np.where(end.values == NO_TIME, NO_TIME, end.values + gap)
