"""Reading typed columns that are plainly clean: values that break no rule, or the word that this is not plain."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from cxchurn._core import Deferred, zone
from cxchurn.interactions.reading._casts import CLOCK_YEARS, NO, YES
from cxchurn.interactions.reading._ids import EXACT, are_plain
from cxchurn.interactions.store._batch import NO_FLAG, NO_TIME, Values, absent, as_labels, flat
from cxchurn.interactions.store._hashes import text_hashes
from cxchurn.interactions.store._labels import Labels, coded, is_text, recoded, without

pc = Deferred("pyarrow.compute")

_BLANKS = " \t\r\n"
_FIRST, _LAST = (
    int(np.datetime64(moment, "us").astype(np.int64)) for moment in ("0001-01-01", "9999-12-31T23:59:59.999999")
)
_CLOCK_FIRST, _CLOCK_STOP = (
    int(np.datetime64(str(year), "us").astype(np.int64)) for year in (CLOCK_YEARS[0], CLOCK_YEARS[1] + 1)
)


class Unproved(Exception):
    """It is not plain that every row is clean: each of them is to be looked at."""


def demand(plain: object) -> None:
    """Go on only where something is plain."""
    if not plain:
        raise Unproved


def read_ids(column: pa.ChunkedArray, *, as_text: bool = False) -> Values:
    """Return the customers' ids: whole numbers, or labels.

    Parameters
    ----------
    column : pyarrow.ChunkedArray
        Text or numbers.
    as_text : bool
        Whether whole numbers are to be text, as the ids of other sources are.
    """
    demand(not column.null_count)
    if is_text(column.type):
        found = as_labels(column)
        texts = found.levels if isinstance(found, Labels) else found
        demand(not absent(found).any() and are_plain(texts))
        return found
    values = _whole_ids(column)
    return as_labels(pa.chunked_array([pa.array(values).cast(pa.string())])) if as_text else values


def read_event_ids(column: pa.ChunkedArray) -> np.ndarray:
    """Return 64 bits for the id of every event that has one: equal for equal ids, and else hardly ever; uint64.

    Parameters
    ----------
    column : pyarrow.ChunkedArray
        Text or numbers.
    """
    column = column.drop_null()
    if is_text(column.type):
        texts = column.cast(pa.string()).combine_chunks()
        demand(are_plain(texts))
        return text_hashes(texts)
    if pa.types.is_floating(column.type):
        column = column.filter(pc.invert(pc.is_nan(column)))
    if pa.types.is_uint64(column.type):
        return flat(column, 0)
    return _whole_ids(column).view(np.uint64)


def _whole_ids(column: pa.ChunkedArray) -> np.ndarray:
    if pa.types.is_floating(column.type):
        values = flat(column, np.nan)
        demand(_are_whole(values).all())
        return values.astype(np.int64)
    demand(pa.types.is_integer(column.type))
    return flat(column.cast(pa.int64()), 0)


def _are_whole(values: np.ndarray) -> np.ndarray:
    return (values == np.trunc(values)) & (np.abs(values) < EXACT)


def read_instants(
    column: pa.ChunkedArray, *, timezone: str = "UTC", latest: int | None = None, all_there: bool = False
) -> np.ndarray:
    """Return instants in microseconds, UTC.

    Parameters
    ----------
    column : pyarrow.ChunkedArray
        Instants or dates.
    timezone : str
        The zone of times that carry none.
    latest : int, optional
        The last microsecond that is not in the future.
    all_there : bool
        Whether none may be missing.
    """
    kind = column.type
    demand(pa.types.is_timestamp(kind) or pa.types.is_date32(kind))
    demand(not (all_there and column.null_count))
    # cutting off a part of a microsecond is refused: how it is rounded is the engine's affair
    found = pc.cast(column, pa.timestamp("us", getattr(kind, "tz", None))).cast(pa.int64())
    if getattr(kind, "tz", None) is None and timezone != "UTC":
        found = _by_clock(found, timezone)
    spans = pc.min_max(found)
    if spans["min"].is_valid:
        demand(spans["min"].as_py() >= _FIRST and spans["max"].as_py() <= (_LAST if latest is None else latest))
    return flat(found, NO_TIME)


def _by_clock(shown: pa.ChunkedArray, timezone: str) -> pa.Array:
    """Return the instants at which a zone's clock showed some times; whole numbers of microseconds, as are the times."""
    times, missing = flat(shown, NO_TIME), shown.is_null().to_numpy()
    known = times[~missing]
    demand(not known.size or (known.min() >= _CLOCK_FIRST and known.max() < _CLOCK_STOP))
    return pa.array(np.where(missing, NO_TIME, zone(timezone).utc(np.where(missing, 0, times))), mask=missing)


def read_numbers(column: pa.ChunkedArray, *, low: float | None = None, high: float | None = None) -> np.ndarray:
    """Return numbers, NaN where missing, none of them infinite or outside of `low` .. `high`."""
    kind = column.type
    demand(pa.types.is_integer(kind) or kind in (pa.float64(), pa.float32()) or pa.types.is_boolean(kind))
    if kind != pa.float64():
        column = column.cast(pa.float64(), safe=False)
    values = flat(column, np.nan)
    if values.size:
        least, most = values.min(), values.max()
        if np.isnan(least):
            least, most = np.fmin.reduce(values), np.fmax.reduce(values)
        demand(not np.isinf(least) and not np.isinf(most))
        demand(not (low is not None and least < low) and not (high is not None and most > high))
    return values


def read_flags(column: pa.ChunkedArray) -> np.ndarray:
    """Return yes and no as 1 and 0, missing ones as 2."""
    if pa.types.is_boolean(column.type):
        return flat(column.cast(pa.uint8()), NO_FLAG)
    if is_text(column.type):
        found = _trimmed(coded(column))
        words = [word.lower() for word in found.levels.to_pylist()]
        demand(all(word in (*YES, *NO) for word in words))
        return np.array([*(word in YES for word in words), NO_FLAG], dtype=np.uint8)[found.codes]
    values = read_numbers(column)
    missing = np.isnan(values)
    demand(((values == 0) | (values == 1) | missing).all())
    return np.where(missing, NO_FLAG, values).astype(np.uint8)


def read_labels(
    column: pa.ChunkedArray,
    *,
    allowed: Sequence[str] | None = None,
    lower: bool = False,
    fold: bool = False,
    all_there: bool = False,
) -> Values:
    """Return labels without the blanks around them; blank ones are missing.

    Parameters
    ----------
    column : pyarrow.ChunkedArray
        Text, whole numbers, or yes and no.
    allowed : sequence of str, optional
        The labels that exist.
    lower : bool
        Whether labels are read in lower case.
    fold : bool
        Whether labels that differ by upper case or the number of blanks alone are one.
    all_there : bool
        Whether none may be missing.
    """
    given = _as_text(column, encode=all_there or fold or allowed is not None)
    if not isinstance(given, Labels):
        trimmed = pc.utf8_trim(given, _BLANKS)
        return pc.if_else(_blank(trimmed), pa.scalar(None, pa.string()), trimmed)
    found = _trimmed(given)
    if lower:
        found = Labels(found.codes, pc.utf8_lower(found.levels))
    if fold:
        # what is lower case elsewhere than in ASCII is the engine's affair
        demand(pc.all(pc.string_is_ascii(found.levels)).as_py() is not False)
        found = Labels(found.codes, pc.utf8_lower(pc.replace_substring_regex(found.levels, "[ \\t\\r\\n\\f]+", " ")))
        found = Labels(found.codes.copy(), found.levels)
        found = Labels(found.codes, recoded(found.codes, [(len(found), found.levels)]))
    demand(not (all_there and absent(found).any()))
    if allowed is not None:
        unknown = ~pc.is_in(found.levels, pa.array(allowed, pa.string())).to_numpy(zero_copy_only=False)
        demand(not unknown.any() or not np.append(unknown, False)[found.codes].any())
    return found


def _as_text(column: pa.ChunkedArray, *, encode: bool) -> Labels | pa.Array:
    kind = column.type
    if is_text(kind):
        return coded(column) if encode else as_labels(column)
    if pa.types.is_floating(kind):
        values = flat(column.cast(pa.float64()), np.nan)
        missing = np.isnan(values)
        demand((_are_whole(values) | missing).all())
        column = pa.chunked_array([pa.array(np.where(missing, 0, values).astype(np.int64), mask=missing)])
    demand(pa.types.is_integer(column.type) or pa.types.is_boolean(column.type))
    return coded(column)


def _trimmed(labels: Labels) -> Labels:
    levels = pc.utf8_trim(labels.levels, _BLANKS)
    found = Labels(labels.codes, levels)
    blank = _blank(levels)
    return without(found, blank) if pc.any(blank).as_py() else found


def _blank(trimmed: pa.Array) -> pa.Array:
    return pc.equal(pc.binary_length(trimmed), 0)
