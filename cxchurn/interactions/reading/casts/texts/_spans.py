"""Lengths of time that are written as such, as seconds: 1:02:03, 12:30, 12 min, 1h 5m, 3 days 02:00:00, PT12M."""

from __future__ import annotations

import re

from cxchurn.interactions.schema._sql import text

_PARTS = ("d", "h", "m", "s")
_SECONDS = (86400.0, 3600.0, 60.0, 1.0)
# what the engine takes for blanks, and for letters whatever their case, Python takes for the same only so
_BLANKS = r"[\t\n\f\r ]"
_FIGURE = r"([0-9]+(?:[.,][0-9]+)?)"
_CLOCK = rf"(?:([0-9]+){_BLANKS}*days?,?{_BLANKS}+)?(?:([0-9]+):)?([0-5]?[0-9]):([0-5]?[0-9](?:[.,][0-9]+)?)"
_FULL_CLOCK = _CLOCK.replace("(?:([0-9]+):)?", "([0-9]+):")
_ISO = rf"P(?:{_FIGURE}D)?(?:T(?:{_FIGURE}H)?(?:{_FIGURE}M)?(?:{_FIGURE}S)?)?"
_LONG = (
    "days?|tage?|jours?|d[i\u00ed]as?|giorni|giorno|dagen|dag",
    "hours?|hrs?|stunden?|std\\.?|heures?|horas?|ore|ora|uur",
    "minutes?|mins?|min\\.|minuten|minutos?|minuti|minuto",
    "seconds?|secs?|sec\\.|sekunden?|secondes?|segundos?|secondi|secondo|seconden",
)
_SHORT = tuple(f"{words}|{words[0]}" for words in _LONG)


def _units(names: tuple[str, ...]) -> str:
    return f"{_BLANKS}*".join(f"(?:{_FIGURE}{_BLANKS}*(?:{words}),?)?" for words in names)


def _shapes(brief: bool) -> tuple[str, ...]:
    clock, units = (_CLOCK, _units(_SHORT)) if brief else (_FULL_CLOCK, _units(_LONG))
    return tuple(f"(?i:{shape})" for shape in (clock, _ISO, units))


def span_sql(given: str, *, brief: bool) -> str:
    """SQL: the seconds of a length of time; NULL where the text is none.

    Parameters
    ----------
    given : str
        The SQL of the text, without blanks around it.
    brief : bool
        Whether it goes without saying that a length of time is meant: ``12:30`` is then twelve minutes and a half, and
        ``12 m`` no length in metres.
    """
    whens = [
        f"WHEN regexp_full_match(t, {text(f'-?{shape}')}) THEN {_sum(shape)}" for shape in map(str, _shapes(brief))
    ]
    read = f"CASE WHEN NOT regexp_matches(t, '\\d') THEN NULL {' '.join(whens)} END"
    return f"list_transform([{given}], lambda t: {read})[1]"


def _sum(shape: str) -> str:
    names = "[" + ", ".join(map(text, _PARTS)) + "]"
    found = f"regexp_extract(t, {text(f'^-?{shape}$')}, {names})"
    parts = [
        f"coalesce(TRY_CAST(replace({found}.{part}, ',', '.') AS DOUBLE), 0.0::DOUBLE) * {size}::DOUBLE"
        for part, size in zip(_PARTS, _SECONDS, strict=True)
    ]
    return f"CASE WHEN starts_with(t, '-') THEN -({' + '.join(parts)}) ELSE {' + '.join(parts)} END"


def span_of(given: str, *, brief: bool) -> float | None:
    """Return the seconds of a length of time, as `span_sql` has them; None where the text is none."""
    if not any("0" <= sign <= "9" for sign in given):
        return None
    for shape in _shapes(brief):
        found = re.fullmatch(f"-?{shape}", given)
        if found is not None:
            parts = [float((part or "0").replace(",", ".")) for part in found.groups()]
            total = sum((part * size for part, size in zip(parts, _SECONDS, strict=True)), 0.0)
            return -total if given.startswith("-") else total
    return None
