"""How values are written where they are text: what a schema may say of it."""

from __future__ import annotations

from collections.abc import Mapping

Formats = str | tuple[str, ...] | Mapping[str, str | tuple[str, ...]]

EPOCHS = ("epoch_s", "epoch_ms", "epoch_us", "epoch_ns")
# words for how times are written; anything else is a format
TIMES = ("iso", "epoch", *EPOCHS, "excel")
# those that are looked for; any other that Python knows may be named
ENCODINGS = ("utf-8", "utf-16", "latin-1", "cp1252")
DECIMALS = (".", ",")
THOUSANDS = (".", ",", " ", "'", "")


def formats_in(time_format: Formats | None) -> tuple[str, ...]:
    """Return all that a schema says of how times are written, whatever the column."""
    if isinstance(time_format, Mapping):
        return tuple(one for each in time_format.values() for one in formats_in(each))
    return () if time_format is None else (time_format,) if isinstance(time_format, str) else tuple(time_format)


def formats_of(time_format: Formats | None, column: str) -> tuple[str, ...]:
    """Return how the times of a column may be written, the first that fits a cell first; ISO 8601 goes without saying."""
    if isinstance(time_format, Mapping):
        time_format = time_format.get(column)
    return formats_in(time_format) or ("iso",)
