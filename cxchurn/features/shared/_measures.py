"""How the numbers of a measure are written, which of them do not add up, and which only say yes or no."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

from cxchurn.features._themes import MONEY, theme_of_measure
from cxchurn.interactions import InteractionLog, tables

_FEW = 1000
# what is called like this was counted, however seldom it came to more than one
_COUNTED = re.compile(
    r"(?i)(^|[\W_])(n|nr|no|num|numbers?|counts?|qty|quantity|items?|pieces?|units?|lines?|times)($|[\W_])"
)
_FORMS = {"wait_s": "seconds", "duration_s": "seconds"}


def form_of(measure: str) -> str:
    """Return the format of a measure's numbers, by what the measure is called; see `Number`.

    Examples
    --------
    >>> form_of("unit price"), form_of("wait_s"), form_of("items")
    ('money', 'seconds', 'number')
    """
    return _FORMS.get(measure) or ("money" if theme_of_measure(measure) == MONEY else "number")


def levels_of(log: InteractionLog) -> tuple[str, ...]:
    """Return the measures of a log that do not add up, as its schemas say."""
    levels = {name for schema in log.schemas for name in schema.levels}
    return tuple(name for name in log.measures if name in levels)


def flags_of(log: InteractionLog, measures: Iterable[str]) -> tuple[str, ...]:
    """Return the measures that only say yes or no: every number of them is 0 or 1, and both come.

    A log keeps no other trace of it: ``true`` and ``1`` are read as the same number. Sentences alone depend on it, no value.
    """
    left = [name for name in measures if theme_of_measure(name) != MONEY and not _COUNTED.search(name)]
    found: dict[str, set[float]] = {name: set() for name in left}
    for part in tables(log, left) if left else ():
        for name in left:
            numbers = part[name].drop_null()
            # of amounts a few rows tell that they are none
            if _yes_or_no(numbers[:_FEW]) and _yes_or_no(numbers):
                found[name] |= set(pc.unique(numbers).to_pylist())
            else:
                del found[name]
        left = [name for name in left if name in found]
    return tuple(name for name in left if found[name] == {0.0, 1.0})


def _yes_or_no(numbers: pa.ChunkedArray) -> bool:
    return bool(pc.all(pc.or_(pc.equal(numbers, 0.0), pc.equal(numbers, 1.0)), min_count=0).as_py())
