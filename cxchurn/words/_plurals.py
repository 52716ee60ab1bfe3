"""Which form of a noun goes with a number, by rules such as Unicode's CLDR writes them.

A language names its forms and says in order when each is taken; the rules of every language are written down in CLDR's charts
of plural rules (Unicode Technical Standard 35, part 3, "Language plural rules"), and can be copied from there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple

CATEGORIES = ("zero", "one", "two", "few", "many", "other")
_RELATION = re.compile(r"([nivft])(?: *% *(\d+))? *(!?=) *(\d+(?:\.\.\d+)?(?: *, *\d+(?:\.\.\d+)?)*)")
_FIGURES = re.compile(r"(\d+)(?:\.(\d+))?")


class Operands(NamedTuple):
    """A number as it is shown: ``n`` its size, ``i`` what stands before the point, ``v`` how many digits after it, ``f`` what
    stands there, ``t`` the same without zeros at the end.
    """

    n: float
    i: int
    v: int
    f: int
    t: int

    @classmethod
    def of(cls, figures: str) -> Operands | None:
        """Read a number as English figures write it, such as ``"1,234.5"``; None for anything in words."""
        found = _FIGURES.fullmatch(figures.replace(",", ""))
        if found is None:
            return None
        whole, after = found[1], found[2] or ""
        return cls(float(found[0]), int(whole), len(after), int(after or 0), int(after.rstrip("0") or 0))


Rule = Callable[[Operands], bool]


@lru_cache(maxsize=512)
def rule(condition: str) -> Rule:
    """Read a condition such as ``"v = 0 and i % 10 = 2..4 and i % 100 != 12..14"``; without one it always holds.

    Raises
    ------
    ValueError
    """
    if not condition.strip():
        return lambda number: True
    either = [[_relation(one) for one in part.split(" and ")] for part in condition.split(" or ")]
    return lambda number: any(all(one(number) for one in part) for part in either)


def category(rules: Mapping[str, str], figures: str) -> str:
    """Return which of a language's forms goes with a number, as English figures write it: the first whose rule holds.

    Examples
    --------
    >>> category({"one": "i = 1 and v = 0", "other": ""}, "1"), category({"one": "i = 1 and v = 0", "other": ""}, "1.5")
    ('one', 'other')
    """
    number = Operands.of(figures)
    if number is None:
        return "other"
    return next(name for name, condition in rules.items() if rule(condition)(number))


def _relation(text: str) -> Rule:
    found = _RELATION.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text.strip()!r} is no condition such as 'i % 10 = 2..4'")
    operand, by, sign, listed = found.groups()
    ranges = [_range(one) for one in listed.split(",")]
    wanted = sign == "="

    def holds(number: Operands) -> bool:
        size = float(getattr(number, operand))
        size = size % int(by) if by else size
        # a range holds whole numbers alone
        return any(low <= size <= high and size == int(size) for low, high in ranges) == wanted

    return holds


def _range(text: str) -> tuple[int, int]:
    low, _, high = text.strip().partition("..")
    return int(low), int(high or low)
