"""Months and halves of the day in other languages: what a format with %B, %b or %p reads beside the English words."""

from __future__ import annotations

import re

_ENGLISH = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
)  # fmt: skip
# by month: German, French, Spanish, Italian, Portuguese, Dutch, Polish and Russian; no word means two months
_NAMES = (
    "januar j\u00e4nner janvier enero gennaio janeiro januari stycze\u0144 stycznia январь января",
    "februar f\u00e9vrier fevrier febrero febbraio fevereiro februari luty lutego февраль февраля",
    "m\u00e4rz maerz mars marzo mar\u00e7o marco maart marzec marca март марта",
    "april avril abril aprile kwiecie\u0144 kwietnia апрель апреля",
    "mai mayo maggio maio mei maja май мая",
    "juni juin junio giugno junho czerwiec czerwca июнь июня",
    "juli juillet julio luglio julho lipiec lipca июль июля",
    "august ao\u00fbt aout agosto augustus sierpie\u0144 sierpnia август августа",
    "september septembre septiembre setiembre settembre setembro wrzesie\u0144 wrze\u015bnia сентябрь сентября",
    "oktober octobre octubre ottobre outubro pa\u017adziernik pa\u017adziernika октябрь октября",
    "november novembre noviembre novembro listopad listopada ноябрь ноября",
    "dezember d\u00e9cembre decembre diciembre dicembre dezembro december grudzie\u0144 grudnia декабрь декабря",
)
_SHORT = (
    "jan j\u00e4n janv ene gen sty янв", "feb f\u00e9v fevr f\u00e9vr fev lut фев февр", "m\u00e4r mrz mar mars mrt мар",
    "apr avr abr kwi апр", "may mai mag mei maj май мая", "jun juin giu cze июн", "jul juil lug lip июл",
    "aug ao\u00fbt aout ago sie авг", "sep sept set wrz сен сент", "okt oct ott out pa\u017a окт",
    "nov lis ноя нояб", "dez d\u00e9c dec dic gru дек",
)  # fmt: skip
# each with what stands for it elsewhere, as the engine and Python both search for it in small letters
_HALVES = {"am": r"(^|[^a-z])a[.]? ?m[.]?|(?:오전|午前|上午)", "pm": r"(^|[^a-z])p[.]? ?m[.]?|(?:오후|午後|下午)"}
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


def halves_in(written: str) -> dict[str, str]:
    """Return the patterns of the halves of a day that a format reads, by the English words for them; none without one."""
    return _HALVES if "%p" in written else {}


def in_english(text: str, written: str) -> str | None:
    """Return a time with its month and half of the day in English, as a format reads it; None where neither stands in it.

    Examples
    --------
    >>> in_english("5. M\u00e4rz 2024", "%d. %B %Y"), in_english("05. Mrz. 2024", "%d. %b %Y")
    ('5. march 2024', '05. mar 2024')
    >>> in_english("5/3/2024 1:15 p. m.", "%d/%m/%Y %I:%M %p")
    '5/3/2024 1:15 pm'
    """
    lower = text.lower()
    for english, pattern in halves_in(written).items():
        lower = re.sub(pattern, rf"\1{english}", lower)
    words = months_in(written)
    if not words:
        return lower if halves_in(written) else None
    word = next((one for one in _WORD.findall(lower) if one in words), None)
    if word is None:
        return None
    short = f"{word}." if f"{word}." in lower and not ends_in_point(written) else word
    return lower.replace(short, words[word])
