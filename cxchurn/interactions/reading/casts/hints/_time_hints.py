"""What to write in a schema where times cannot be read: how they are written, found out from their values."""

from __future__ import annotations

import re

from cxchurn._core import typed
from cxchurn.interactions.reading.casts.hints._to_write import all_to_write, key_to_write, to_write, values_of
from cxchurn.interactions.reading.sources._opened import Opened
from cxchurn.interactions.schema._roles import ROLES
from cxchurn.interactions.schema._schema import Schema, mapping
from cxchurn.interactions.schema._text import formats_of
from cxchurn.interactions.schema._time_ways import ZONES
from cxchurn.interactions.schema.guessing._looks import NEARLY_ALL, moment, time_formats
from cxchurn.interactions.schema.guessing._mixed_times import mixed_times

_NAMED = re.compile(r"(.*\d)( ?)([A-Z]{3,4})")
_FIGURES = re.compile(r"\d\D*\d")
# of a column that is written in several ways: how many values are tried in every way, and how many ways are said
_FEW, _MOST = 60, 3
_PLAIN = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S")


def times_hint(data: Opened, schema: Schema, column: str) -> str:
    """Return how the times of a column are written, and what to write in the schema; "" where that is not plain."""
    values = values_of(data, column)
    ways = time_formats(values) if values else ()
    if not ways and (several := _mixed(data, schema, column, values)):
        return several
    every = "every" if ways else "nearly every"
    ways = ways or time_formats(values, share=NEARLY_ALL)
    if not ways:
        return _with_zones(column, values) or _strange(schema, column, values)
    if set(ways) & set(formats_of(schema.time_format, column)):
        return ""
    if len(ways) == 1:
        sentence = f"{every} value of {column} reads as {ways[0]}"
        return to_write(sentence, "time_format", _beside(data, schema, column, ways[0]))
    proof = "its values do not tell which, as where all days are 12 or less"
    which = [key_to_write("time_format", _beside(data, schema, column, way)) for way in ways]
    under = typed("in the schema", "under [format]")
    return f"{column} reads as {' or '.join(ways)}, and {proof}. Say which {under}: {' or '.join(which)}."


def _with_zones(column: str, values: list[str]) -> str:
    """Say what to write of times behind which stand the names of one clock, such as EST and EDT; "" for others."""
    found = [_NAMED.fullmatch(one) for one in values]
    if not values or not all(found):
        return ""
    bare, ends = zip(*((one[1], one[2] + one[3]) for one in found if one), strict=True)
    clocks = {ZONES.get(end.strip()) for end in ends}
    plain = [way for way in _PLAIN if all(moment(one, way) is not None for one in bare)]
    ways = plain or [way for way in time_formats(bare) if way != "iso"]
    if len(clocks) != 1 or None in clocks or len(ways) != 1:
        return ""
    formats = tuple(ways[0] + end for end in sorted(set(ends)))
    said = {"time_format": formats[0] if len(formats) == 1 else formats, "timezone": clocks.pop()}
    return all_to_write(f"the times of {column} name their zone", said)


def _strange(schema: Schema, column: str, values: list[str]) -> str:
    """Say what can be done where most times of a column are written in no usual way; "" where a few are mistyped."""
    said = formats_of(schema.time_format, column)
    odd = [one for one in values if all(moment(one, way) is None for way in said)]
    with_figures = [one for one in odd if _FIGURES.search(one)]
    if 2 * len(odd) <= len(values) or not with_figures:
        return ""
    return (
        f"no usual way of writing times fits {column}, such as {with_figures[0]!r}: say which it is, "
        + key_to_write("time_format", "%d %B %Y")
        + " with the codes of Python's strptime, or make times of the texts in a query."
    )


def _beside(data: Opened, schema: Schema, column: str, way: str | tuple[str, ...]) -> object:
    """Return what to say of all columns of times, where others are written otherwise: by column."""
    times = [name for label, name in mapping(schema).items() if label in ROLES and ROLES[label].type == "instant"]
    times += [later.column for later in schema.later]
    ways: dict[str, object] = {column: way}
    for other in dict.fromkeys(times):
        values = values_of(data, other) if other != column else []
        if values:
            said, found = formats_of(schema.time_format, other), time_formats(values, share=NEARLY_ALL)
            ways[other] = found[0] if len(found) == 1 else said[0] if len(said) == 1 else said
    if all(own == way or (isinstance(way, tuple) and own in way) for own in ways.values()):
        return way
    return {name: own for name, own in ways.items() if own != "iso"}


def _mixed(data: Opened, schema: Schema, column: str, values: list[str]) -> str:
    """Say which few ways of writing times read all of a column's values together."""
    found = mixed_times(values)
    if found is None:
        return ""
    first, *others = (key_to_write("time_format", _beside(data, schema, column, ways)) for ways in found.ways)
    if not others:
        return to_write(found.says(column), "time_format", _beside(data, schema, column, found.ways[0]))
    under = typed("in the schema", "under [format]")
    return f"{found.says(column)}. Say which {under}: {' or '.join([first, *others])}."
