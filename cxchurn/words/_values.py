"""Values of tables as people read them: tables keep one spelling in every language, for programs."""

from __future__ import annotations

from collections.abc import Mapping

from cxchurn.words._language import english
from cxchurn.words._said import Phrase, as_spoken


def value_phrase(section: str, value: str) -> str:
    """Return a value that tables have as a phrase of a section of the language file; one that it does not know as it is.

    Examples
    --------
    >>> value_phrase("not_asked", "ended"), value_phrase("not_asked", "asleep")
    ('ended', 'asleep')
    """
    return Phrase(section, value) if value in english().section(section) else value


def value_words(section: str, value: str) -> str:
    """Return a value that tables have in the language that is spoken: ``value_words("bands", "high")``."""
    return as_spoken(value_phrase(section, value))


def counted_values(section: str, counts: Mapping[str, int]) -> list[str]:
    """Return how many there are of each value, as phrases beside their sum; one alone without its number, which is the sum.

    Examples
    --------
    >>> counted_values("not_asked", {"ended": 3, "new": 1}), counted_values("not_asked", {"ended": 3})
    (['3 ended', '1 new'], ['ended'])
    """
    values = {value: value_phrase(section, value) for value in counts}
    if len(counts) == 1:
        return list(values.values())
    return [Phrase("scores", "left", number=number, why=values[value]) for value, number in counts.items()]
