"""A column of typed data as the values of a role, and where there was something that could not be read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pyarrow as pa

from cxchurn._core import DAY, Deferred, zone
from cxchurn.interactions.log._spelling import folded
from cxchurn.interactions.reading._cell_sql import Texts, flag_words
from cxchurn.interactions.reading._engine import engine, rows
from cxchurn.interactions.reading._ids import (
    BLANKS,
    EXACT,
    NOTHING,
    POINT_ZERO,
    are_rounded,
    said_texts,
    without_point_zero,
)
from cxchurn.interactions.reading.casts._casts import CLOCK_YEARS, to_utc
from cxchurn.interactions.store._batch import NO_FLAG, NO_TIME, Values, absent, as_labels, flat
from cxchurn.interactions.store._hashes import text_hashes
from cxchurn.interactions.store._labels import Labels, coded, is_text, without

pc = Deferred("pyarrow.compute")

_USUAL = Texts()
_FIRST, _LAST = (
    int(np.datetime64(moment, "us").astype(np.int64)) for moment in ("0001-01-01", "9999-12-31T23:59:59.999999")
)
_CLOCK_FIRST, _CLOCK_STOP = (
    int(np.datetime64(str(year), "us").astype(np.int64)) for year in (CLOCK_YEARS[0], CLOCK_YEARS[1] + 1)
)
# microseconds
_UNITS = {"s": 1_000_000, "ms": 1000, "us": 1}
_LARGEST = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Cells:
    """The cells of one column as they were read; masks that are None hold nowhere.

    Parameters
    ----------
    values : Values
        The values; what is not there, or cannot be read, is missing.
    unreadable : ndarray of bool, optional
        Where there is something that cannot be read.
    without_zone : ndarray of bool, optional
        Where a time has no zone, while others of its column have one.
    never : ndarray of bool, optional
        Where what cannot be read as a time says "never".
    placeholder : ndarray of bool, optional
        Where a time stands for none, and is missing.
    padded, pointed : ndarray of bool, optional
        Where an id has blanks around it; and where it is a whole number that is written as ``1001.0``.
    written : pyarrow.ChunkedArray, optional
        The ids as they are written.
    """

    values: Values
    unreadable: np.ndarray | None = None
    without_zone: np.ndarray | None = None
    never: np.ndarray | None = None
    placeholder: np.ndarray | None = None
    padded: np.ndarray | None = None
    pointed: np.ndarray | None = None
    written: pa.ChunkedArray | None = None

    @property
    def missing(self) -> np.ndarray:
        """Where there is nothing."""
        gone = absent(self.values)
        return gone if self.unreadable is None else gone & ~self.unreadable


def some(mask: np.ndarray) -> np.ndarray | None:
    """Return a mask that holds somewhere; else None."""
    return mask if mask.any() else None


def read_ids(
    column: pa.ChunkedArray, *, as_text: bool = False, whole: bool = False, words: Sequence[str] = NOTHING
) -> Cells:
    """Return ids: whole numbers, or labels.

    Parameters
    ----------
    column : pyarrow.ChunkedArray
        Text, whole or decimal numbers.
    as_text : bool
        Whether whole numbers are to be text, as the ids of other sources are.
    whole : bool
        Whether all ids of the source are whole numbers, so that ``1001.0`` is ``1001``.
    words : sequence of str
        The words for nothing, in lower case.
    """
    if is_text(column.type):
        return replace(_text_ids(as_labels(column), whole, words), written=column)
    if pa.types.is_floating(column.type):
        numbers = flat(column.cast(pa.float64()), np.nan)
        fits = _are_whole(numbers)
        values, unreadable = np.where(fits, numbers, NO_TIME).astype(np.int64), some(~fits & ~np.isnan(numbers))
        values[~fits] = NO_TIME
    elif pa.types.is_uint64(column.type):
        fits = pc.fill_null(pc.less_equal(column, pa.scalar(_LARGEST, pa.uint64())), False)
        unreadable = some(pc.and_(column.is_valid(), pc.invert(fits)).to_numpy())
        values = flat(pc.if_else(fits, column, pa.scalar(None, pa.uint64())).cast(pa.int64()), NO_TIME)
    else:
        values, unreadable = flat(column.cast(pa.int64()), NO_TIME), None
    if not as_text:
        return Cells(values, unreadable)
    gone = values == NO_TIME
    return Cells(as_labels(pa.chunked_array([pa.array(values, mask=gone).cast(pa.string())])), unreadable)


def read_event_ids(column: pa.ChunkedArray, *, words: Sequence[str] = NOTHING) -> Cells:
    """Return the ids of events: whole numbers, or labels; large ones are told apart to the last figure, as text."""
    return read_ids(column.cast(pa.string()) if pa.types.is_uint64(column.type) else column, words=words)


def _text_ids(given: Labels | pa.Array, whole: bool, words: Sequence[str]) -> Cells:
    texts = _texts_of(given)
    bare = said_texts(texts, words)
    padded = pc.not_equal(pc.binary_length(bare), pc.binary_length(texts))
    pointed = pc.match_substring_regex(bare, f"^{POINT_ZERO}$") if pc.any(pc.ends_with(bare, ".0")).as_py() else None
    rounded = are_rounded(bare)
    masks = [None if mask is None else _by_row(given, mask) for mask in (rounded, padded, pointed)]
    told_apart = bare if rounded is None else pc.if_else(rounded, pa.scalar(None, bare.type), bare)
    found = _over_texts(given, lambda _: told_apart)
    if whole and pointed is not None:
        found = _over_texts(found, without_point_zero)
    return Cells(found, masks[0], padded=masks[1], pointed=masks[2])


def _texts_of(labels: Labels | pa.Array) -> pa.Array:
    return labels.levels if isinstance(labels, Labels) else labels


def _by_row(labels: Labels | pa.Array, texts: pa.Array) -> np.ndarray | None:
    """Return where something holds of a row's text, of which it is known for each text; None for nowhere."""
    if not pc.any(texts).as_py():
        return None
    holds = pc.fill_null(texts, False).to_numpy(zero_copy_only=False)
    return np.append(holds, False)[labels.codes] if isinstance(labels, Labels) else holds


def id_bits(ids: Values) -> np.ndarray:
    """Return 64 bits for every id: equal for equal ids, also as ``1001.0`` and ``1001``, and else hardly ever; uint64."""
    if isinstance(ids, Labels):
        return np.append(_text_bits(ids.levels), np.uint64(0))[ids.codes]
    return _text_bits(ids) if isinstance(ids, pa.Array) else ids.view(np.uint64)


def _text_bits(texts: pa.Array) -> np.ndarray:
    return text_hashes(without_point_zero(texts) if pc.any(pc.ends_with(texts, "0")).as_py() else texts)


def _over_texts(found: Labels | pa.Array, change: Callable[[pa.Array], pa.Array]) -> Labels | pa.Array:
    """Change the texts of labels, once each; those that become nothing are missing."""
    if isinstance(found, pa.Array):
        return change(found)
    levels = change(found.levels)
    changed = Labels(found.codes, levels)
    return without(changed, levels.is_null()) if levels.null_count else changed


def _are_whole(values: np.ndarray) -> np.ndarray:
    return (values == np.trunc(values)) & (np.abs(values) < EXACT)


def read_instants(column: pa.ChunkedArray, *, timezone: str = "UTC") -> Cells:
    """Return instants in microseconds, UTC; fractions of a microsecond are cut off.

    Parameters
    ----------
    column : pyarrow.ChunkedArray
        Instants or dates.
    timezone : str
        The zone of times that carry none.
    """
    kind = column.type
    if pa.types.is_date32(kind):
        times, factor = flat(column.cast(pa.int32()).cast(pa.int64()), NO_TIME), DAY
    else:
        times, factor = flat(column.cast(pa.int64()), NO_TIME), _UNITS.get(kind.unit, 0)
    there = times != NO_TIME if not column.null_count else ~column.is_null().to_numpy()
    if factor == 0:
        times = np.where(there, times // 1000, NO_TIME)
    inside = there & _within(times, -(_LARGEST // factor), _LARGEST // factor) if factor > 1 else there
    if factor > 1:
        times = np.where(inside, times, 0) * factor
    if getattr(kind, "tz", None) is None and timezone != "UTC":
        inside = inside & _within(times, _FIRST, _LAST)
        times = _by_clock(np.where(inside, times, 0), timezone)
    inside = inside & _within(times, _FIRST, _LAST)
    if inside.all():
        return Cells(times)
    unreadable = some(~inside & ~column.is_null().to_numpy())
    return Cells(np.where(inside, times, NO_TIME), unreadable, never=unreadable)


def _within(times: np.ndarray, first: int, last: int) -> np.ndarray:
    return (times >= first) & (times <= last)


def _by_clock(shown: np.ndarray, timezone: str) -> np.ndarray:
    """Return the instants at which a zone's clock showed some times; those of few clocks are asked of the engine."""
    found = zone(timezone).utc(shown)
    odd = np.flatnonzero((shown < _CLOCK_FIRST) | (shown >= _CLOCK_STOP))
    if odd.size:
        with engine() as con:
            con.register("shown", pa.table({"t": pa.array(shown[odd]).view(pa.timestamp("us"))}))
            asked = rows(con, f"SELECT epoch_us({to_utc('t', timezone)}) FROM shown")
        found[odd] = [NO_TIME if moment is None else moment for (moment,) in asked]
    return found


def read_numbers(column: pa.ChunkedArray, *, texts: Texts = _USUAL) -> Cells:
    """Return numbers, NaN where missing; the column holds numbers, or yes and no. None has a percent sign."""
    found = flat(column if column.type == pa.float64() else column.cast(pa.float64(), safe=False), np.nan)
    if texts.percent:
        bare = (found != 0) & ~np.isnan(found)
        return Cells(np.where(bare, np.nan, found), some(bare))
    return Cells(found if texts.unit == 1.0 else found * texts.unit)


def read_flags(column: pa.ChunkedArray, *, texts: Texts = _USUAL) -> Cells:
    """Return yes and no as 1 and 0, missing ones as 2; the column holds numbers, text, or yes and no."""
    if pa.types.is_boolean(column.type):
        return Cells(flat(column.cast(pa.uint8()), NO_FLAG))
    if is_text(column.type):
        found, (yes, no, words) = coded(column), flag_words(texts)
        given = [word.strip(BLANKS).lower() for word in found.levels.to_pylist()]
        said = ["" if word in words else word for word in given]
        meant = [1 if word in yes else 0 if word in no else NO_FLAG for word in said]
        odd = [value == NO_FLAG and word != "" for word, value in zip(said, meant, strict=True)]
        values = np.array([*meant, NO_FLAG], dtype=np.uint8)[found.codes]
        return Cells(values, some(np.array([*odd, False])[found.codes]))
    numbers = flat(column.cast(pa.float64(), safe=False), np.nan)
    plain = (numbers == 0) | (numbers == 1)
    return Cells(np.where(plain, numbers, NO_FLAG).astype(np.uint8), some(~plain & ~np.isnan(numbers)))


def read_labels(
    column: pa.ChunkedArray,
    *,
    lower: bool = False,
    fold: bool = False,
    encode: bool = False,
    words: Sequence[str] = (),
) -> Cells:
    """Return labels without the blanks around them; blank ones are missing.

    Parameters
    ----------
    column : pyarrow.ChunkedArray
        Text, numbers, or yes and no.
    lower : bool
        Whether labels are read in lower case.
    fold : bool
        Whether labels that differ by upper case or the number of blanks alone are one.
    encode : bool
        Whether each different label is to be there once, even where nearly every row has its own.
    words : sequence of str
        The words for nothing, in lower case.
    """
    given = _written(column) if pa.types.is_floating(column.type) else column
    found = coded(given) if encode or lower or fold or not is_text(given.type) else as_labels(given)
    # words are looked for in text alone: a number is never one
    found = _over_texts(found, partial(said_texts, words=words if is_text(column.type) else ()))
    if isinstance(found, Labels) and (lower or fold):
        change = folded if fold else str.lower
        found = Labels(found.codes, pa.array(map(change, found.levels.to_pylist()), pa.string()))
    return Cells(found)


def _written(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return decimal numbers as text: those that are whole as whole numbers, for many became decimal by a gap."""
    numbers = column.combine_chunks()
    values = flat(numbers.cast(pa.float64()), np.nan)
    missing, whole = np.isnan(values), _are_whole(values)
    if not (whole | missing).all():
        own = numbers.to_numpy(zero_copy_only=False)
        said = [str(int(x)) if w else None if gone else str(x) for x, w, gone in zip(own, whole, missing, strict=True)]
        return pa.chunked_array([pa.array(said, pa.string())])
    return pa.chunked_array([pa.array(np.where(missing, 0, values).astype(np.int64), mask=missing)])
