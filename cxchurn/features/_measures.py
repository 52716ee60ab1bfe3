"""How the numbers of a measure are written."""

from __future__ import annotations

from cxchurn.features._themes import MONEY, theme_of_measure

_FORMS = {"wait_s": "seconds", "duration_s": "seconds"}


def form_of(measure: str) -> str:
    """Return the format of a measure's numbers, by what the measure is called; see `Number`.

    Examples
    --------
    >>> form_of("unit price"), form_of("wait_s"), form_of("items")
    ('money', 'seconds', 'number')
    """
    return _FORMS.get(measure) or ("money" if theme_of_measure(measure) == MONEY else "number")
