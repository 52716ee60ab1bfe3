"""How the numbers of a measure are written, and which of them do not add up."""

from __future__ import annotations

from cxchurn.features._themes import MONEY, theme_of_measure
from cxchurn.interactions import InteractionLog

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
