"""Months by their names in languages other than English: what a format with %B or %b reads beside the English names."""

from __future__ import annotations

import re

_ENGLISH = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
)  # fmt: skip
# by month: German, French, Spanish, Italian, Portuguese and Dutch; no word means two months
_NAMES = (
    "januar j\u00e4nner janvier enero gennaio janeiro januari",
    "februar f\u00e9vrier fevrier febrero febbraio fevereiro februari",
    "m\u00e4rz maerz mars marzo mar\u00e7o marco maart",
    "april avril abril aprile",
    "mai mayo maggio maio mei",
    "juni juin junio giugno junho",
    "juli juillet julio luglio julho",
    "august ao\u00fbt aout agosto augustus",
    "september septembre septiembre setiembre settembre setembro",
    "oktober octobre octubre ottobre outubro",
    "november novembre noviembre novembro",
    "dezember d\u00e9cembre decembre diciembre dicembre dezembro december",
)
_SHORT = (
    "jan j\u00e4n janv ene gen", "feb f\u00e9v fevr f\u00e9vr fev", "m\u00e4r mrz mar mars mrt", "apr avr abr",
    "may mai mag mei", "jun juin giu", "jul juil lug", "aug ao\u00fbt aout ago", "sep sept set", "okt oct ott out", "nov",
    "dez d\u00e9c dec dic",
)  # fmt: skip
_WORD = re.compile(r"[^\W\d_]{3,}")


def _of(*tables: tuple[str, ...]) -> dict[str, int]:
    return {word: month for table in tables for month, words in enumerate(table) for word in words.split()}


# what stands for the names of months in a format, with the words that it reads and the English ones in their place
MONTHS = {
    "%B": {word: _ENGLISH[month] for word, month in _of(_ENGLISH, _NAMES, _SHORT).items()},
    "%b": {word: _ENGLISH[month][:3] for word, month in _of(_SHORT).items()},
}


def months_in(written: str) -> dict[str, str]:
    """Return the words for months that a format reads, in lower case, with the English ones; none for one without months."""
    return next((words for sign, words in MONTHS.items() if sign in written), {})


def ends_in_point(written: str) -> bool:
    """Whether a format has a point behind its month: otherwise one there only says that the name is short."""
    return any(f"{sign}." in written for sign in MONTHS)


def in_english(text: str, written: str) -> str | None:
    """Return a time with its month in English, as a format reads it; None where no month stands in it.

    Examples
    --------
    >>> in_english("5. M\u00e4rz 2024", "%d. %B %Y"), in_english("05. Mrz. 2024", "%d. %b %Y")
    ('5. march 2024', '05. mar 2024')
    """
    words = months_in(written)
    if not words:
        return None
    lower = text.lower()
    word = next((one for one in _WORD.findall(lower) if one in words), None)
    if word is None:
        return None
    short = f"{word}." if f"{word}." in lower and not ends_in_point(written) else word
    return lower.replace(short, words[word])
