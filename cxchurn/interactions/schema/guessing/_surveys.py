"""Which survey a score answers: by the name of its column, and by the numbers that it holds."""

from __future__ import annotations

import re

from cxchurn.interactions.schema._roles import SCALES, plain
from cxchurn.interactions.schema.guessing._facts import ColumnFacts

_NAMES = {
    "nps": r".*(nps|recommend|weiterempfehl).*",
    "csat": r".*(csat|satisf|zufrieden|satisfaccion|soddisfa|tevreden).*",
    "ces": r"(.*score)?ces(score|rating)?|.*effort.*",
}


def survey_of(column: str, seen: ColumnFacts) -> str | None:
    """Return the survey that a column answers by its name, where its numbers are on that survey's scale; else None."""
    named = [survey for survey, name in _NAMES.items() if re.fullmatch(name, plain(column))]
    return named[0] if len(named) == 1 and named[0] in fitting_surveys(seen) else None


def fitting_surveys(seen: ColumnFacts) -> list[str]:
    """Return the surveys on whose scale all numbers are that were seen, the narrowest scale first; none for no numbers."""
    if seen.low is None or seen.high is None:
        return []
    fits = {survey: high for survey, (low, high) in SCALES.items() if low <= seen.low and seen.high <= high}
    return sorted(fits, key=fits.__getitem__)
