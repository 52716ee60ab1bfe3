"""Customers' ids, wherever they come from: one way to read them, for logs, tables of customers, rows and single customers.

Ids are whole numbers or text. Whole numbers that became decimal (because one was missing) are the whole numbers they were,
as long as they can be told apart; text is kept to the letter, but for blanks around it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from cxchurn._core import DataError, Deferred, MismatchError, is_of, listed
from cxchurn.interactions.store._labels import is_text
from cxchurn.interactions.store._objects import as_text, from_pandas

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")

pc = Deferred("pyarrow.compute")

BLANKS = " \t\r\n"
# how systems write that there is nothing; in lower case
USUAL_WORDS = ("NULL", "nan", "None", "N/A", "NA", "<NA>", "NaT", "\\N", "#N/A", "#NULL!", "(null)", "<null>", "-")
NOTHING = tuple(word.lower() for word in USUAL_WORDS)
# decimal numbers beyond this one are not told from their neighbours
EXACT = 2**53
# a whole number as text, that is written with a point and zeros
WHOLE, POINT_ZERO = r"(0|-?[1-9]\d*)(\.0+)?", r"(0|-?[1-9]\d*)\.0+"
# an id that a spreadsheet took for a number and rounded: several ids are one then
ROUNDED, _ROUNDED_SIGN = r"-?[0-9]([.,][0-9]+)?E[+][0-9]+", "E+"
_FITS = r"^(0|-?[1-9]\d*)$"
_SHOWN = 3
# where none of so many customers is known, the ids do not fit; fewer may all be new
SEVERAL = 3


def are_rounded(texts: pa.Array) -> pa.Array | None:
    """Return which ids a spreadsheet has rounded; None for none."""
    if not pc.any(pc.match_substring(texts, _ROUNDED_SIGN)).as_py():
        return None
    return pc.fill_null(pc.match_substring_regex(texts, f"^{ROUNDED}$"), False)


def log_ids(values: Any, kind: str, *, what: str) -> np.ndarray:
    """Return customers' ids as a log has them.

    Parameters
    ----------
    values : Series, array, list or Arrow array
        The ids; whole numbers, whole numbers that became decimal, or text.
    kind : {"integer", "text"}
        The type of the log's ids.
    what : str
        What the ids are of, in an error, such as ``"the rows"``.

    Returns
    -------
    ndarray of int64 or of str objects, shape (n,)

    Raises
    ------
    DataError
        Where ids are missing, or decimal numbers that cannot be told apart.
    MismatchError
        Where ids cannot be those of the log: text where it has whole numbers.
    """
    if kind == "integer" and (isinstance(values, np.ndarray) or is_of("pandas", values)) and values.dtype == np.int64:
        return np.asarray(values)
    found = ids_of(values, what=what)
    if found.null_count:
        raise DataError(
            f"{what} lack the customer_id in {found.null_count:,} of {len(found):,} rows.",
            allowed="an id in every row; blanks and words such as NULL, nan or None are none",
            hint="leave these rows out, or find out who they are of.",
        )
    changed = as_kind(found, kind)
    if changed.null_count:
        odd = found.filter(changed.is_null())
        raise MismatchError(
            f"{what} have customers like {listed(map(repr, odd[:_SHOWN].to_pylist()))} "
            f"({len(odd):,} of {len(found):,} rows); those of the log are whole numbers.",
            allowed="ids of the log's type: integer",
            hint="give both the same customer_id; '007' is not 7.",
        )
    return changed.to_numpy(zero_copy_only=False) if kind == "integer" else np.array(changed.to_pylist(), dtype=object)


def absent_ids(values: Any, *, what: str) -> np.ndarray:
    """Return where there is no id: nothing, blanks, or a word that says so; bool, shape ``(n,)``."""
    return ids_of(values, what=what).is_null().to_numpy(zero_copy_only=False)


def ids_of(values: Any, *, what: str) -> pa.Array:
    """Return ids as whole numbers (int64) or text, those that say nothing as missing."""
    array = _array(values)
    kind = array.type
    if is_text(kind):
        return said_texts(array.cast(pa.string()))
    if pa.types.is_integer(kind):
        return array.cast(pa.int64()) if _fit(array) else array.cast(pa.string())
    if pa.types.is_floating(kind):
        return _whole(array.cast(pa.float64()), what)
    if pa.types.is_decimal(kind):
        return _exact(array, what)
    raise DataError(
        f"the customer_id of {what} is of the type {kind}.",
        allowed="whole numbers or text",
        hint="give another column.",
    )


def _array(values: Any) -> pa.Array:
    if isinstance(values, (pa.Array, pa.ChunkedArray)):
        array = values
    else:
        array = from_pandas(values if isinstance(values, pd.Series) else pd.Series(values, dtype=_dtype(values)))
    array = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    if pa.types.is_dictionary(array.type):
        array = array.cast(array.type.value_type)
    # no values at all have no type: they are text that says nothing
    return array.cast(pa.string()) if pa.types.is_null(array.type) else array


def _dtype(values: Any) -> Any:
    # what came as a list keeps the types of its values: pandas would make decimal numbers of whole ones with a gap
    return None if hasattr(values, "dtype") else object


def _fit(array: pa.Array) -> bool:
    most = pc.max(array).as_py()
    return most is None or most < 2**63


def said_texts(array: pa.Array, words: Sequence[str] = NOTHING) -> pa.Array:
    """Return texts without the blanks around them; words for nothing, in lower case, are missing."""
    bare = pc.utf8_trim(array, BLANKS)
    short = pc.less_equal(pc.binary_length(bare), max((len(word.encode()) for word in words), default=0))
    if not pc.any(short).as_py():
        return bare
    nothing = pc.and_(short, pc.is_in(pc.utf8_lower(bare), pa.array(["", *words])))
    return pc.if_else(nothing, pa.scalar(None, pa.string()), bare) if pc.any(nothing).as_py() else bare


def _whole(array: pa.Array, what: str) -> pa.Array:
    values = array.to_numpy(zero_copy_only=False)
    there = ~np.isnan(values)
    parts = there & (values != np.trunc(values))
    if parts.any():
        raise DataError(
            f"{what} have ids that are no whole numbers in {parts.sum():,} of {len(values):,} rows, "
            f"such as {values[parts][0]!r}.",
            hint="give another column, or text.",
        )
    beyond = there & (np.abs(values) >= EXACT)
    if beyond.any():
        raise DataError(
            f"{what} have ids that are decimal numbers beyond 2**53 in {beyond.sum():,} of {len(values):,} rows, such as "
            f"{values[beyond][0]:.0f}: they may be another customer's, for decimal numbers of this size leave some out.",
            allowed="whole numbers, or text",
            hint="read the column as text or as whole numbers: dtype={'customer_id': 'Int64'}.",
        )
    return pa.array(np.where(there, values, 0).astype(np.int64), mask=~there)


def _exact(array: pa.Array, what: str) -> pa.Array:
    try:
        return array.cast(pa.int64())
    except pa.ArrowInvalid as error:
        raise DataError(
            f"the customer_id of {what} is of the type {array.type}, and not all of it are whole numbers of 64 bits.",
            allowed="whole numbers or text",
        ) from error


def as_kind(ids: pa.Array, kind: str) -> pa.Array:
    """Return ids as whole numbers (int64) or as text; those that are no whole number are missing.

    Parameters
    ----------
    ids : pyarrow.Array
        Whole numbers or text.
    kind : {"integer", "text"}
        What they are to be.
    """
    if kind == "text":
        return ids if is_text(ids.type) else ids.cast(pa.string())
    if not is_text(ids.type):
        return ids
    plain = without_point_zero(ids)
    # a number of 19 figures and more may not fit
    fits = pc.and_(pc.match_substring_regex(plain, _FITS), pc.less_equal(pc.binary_length(plain), 18))
    return pc.if_else(fits, plain, pa.scalar(None, pa.string())).cast(pa.int64())


def without_point_zero(ids: pa.Array) -> pa.Array:
    """Return text ids without the ``.0`` of whole numbers that became decimal."""
    return pc.replace_substring_regex(ids, f"^{POINT_ZERO}$", r"\1")


def is_point_zero(ids: pa.Array) -> bool:
    """Whether all ids, as text, are whole numbers, and some are written as ``1001.0``."""
    if (
        not pc.any(pc.ends_with(ids, "0")).as_py()
        or not pc.any(pc.match_substring_regex(ids, f"^{POINT_ZERO}$")).as_py()
    ):
        return False
    return bool(pc.all(pc.match_substring_regex(ids, f"^{WHOLE}$")).as_py())


def known_by_another_spelling(ids: np.ndarray, known: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Return ids, those unknown and written as ``1001.0`` as ``1001`` where that one is known.

    Parameters
    ----------
    ids : ndarray of str objects
    known : callable
        Which of some ids are known; bool, one an id.
    """
    strange = np.flatnonzero(~known(ids))
    if not strange.size:
        return ids
    plain = np.array(without_point_zero(as_text(ids[strange])).to_pylist(), dtype=object)
    found = known(plain) & (plain != ids[strange])
    if not found.any():
        return ids
    changed = ids.copy()
    changed[strange[found]] = plain[found]
    return changed
