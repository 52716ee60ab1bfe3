"""How a customers table writes its numbers: one way for all its columns, as those show that leave no choice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from cxchurn._core import listed, logger
from cxchurn.interactions.reading._engine import LINE, rows
from cxchurn.interactions.reading.casts.texts._numbers import currency_in, in_doubt
from cxchurn.interactions.reading.customers._attribute import Attribute
from cxchurn.interactions.reading.sources._opened import Opened
from cxchurn.interactions.schema._currency_signs import CURRENCIES
from cxchurn.interactions.schema._sql import name

# the ways to write numbers that are tried where nothing is said: the sign before decimals, and that between thousands
WAYS = {"": (".", ","), "with a decimal comma": (",", ".")}
_COMMA, _POINT = "with ',' between thousands", "with a decimal point"


@dataclass(frozen=True)
class _Seen:
    """What the numbers of a column show: whether two ways read them alike, whether a point is in doubt, and their signs."""

    alike: bool
    doubt: str | None
    signs: tuple[str, ...]


def one_way(
    source: Opened, found: Mapping[str, list[Attribute]], given: Mapping[str, str]
) -> dict[str, list[Attribute]]:
    """Leave of the ways that read columns of numbers the one that is meant; none, aloud, where that is not to be known.

    Parameters
    ----------
    source : Opened
        The table, loaded.
    found : mapping of str to list of Attribute
        For columns of numbers that are text: the ways that read every value.
    given : mapping of str to str
        The SQL of what is in each column.
    """
    shown = {how for ways in found.values() if len(ways) == 1 for how in [ways[0].how]}
    return {column: _meant(column, ways, _seen(source, ways, given[column]), shown) for column, ways in found.items()}


def _seen(source: Opened, ways: list[Attribute], given: str) -> _Seen:
    first, last = ways[0].read.value, ways[-1].read.value
    asked = [
        f"bool_and(({first}) IS NOT DISTINCT FROM ({last}))",
        f"min({given}) FILTER ({in_doubt(given)})",
        f"list(DISTINCT upper({currency_in(given)})) FILTER ({given} IS NOT NULL)",
    ]
    alike, doubt, signs = rows(source.con, f"SELECT {', '.join(asked)} FROM raw WHERE {name(LINE)} IS NULL")[0]
    known = sorted({CURRENCIES.get(sign, sign) for sign in signs or () if sign})
    return _Seen(bool(alike), doubt, tuple(known))


def _meant(column: str, ways: list[Attribute], seen: _Seen, shown: set[str]) -> list[Attribute]:
    if len(seen.signs) > 1:
        several = listed(seen.signs)
        logger.warning(
            "the customers table's %s is read as text: its numbers are several currencies (%s).", column, several
        )
        return []
    by_others = [way for way in ways if way.how in shown]
    if not seen.alike and len(by_others) != 1 and seen.doubt is not None:
        logger.warning(
            "the customers table's %s is read as text: the point in %r may stand before decimals or between thousands. Say "
            'which under [customers] in the schema: decimal = ".", or decimal = ",", thousands = ".".',
            column,
            seen.doubt,
        )
        return []
    chosen = by_others[0] if len(by_others) == 1 else ways[0]
    how = chosen.how or ("" if seen.alike else _COMMA if seen.doubt is None else _POINT)
    sign = f"in {seen.signs[0]}" if seen.signs else ""
    return [replace(chosen, how=", ".join(filter(None, (how, sign))))]
