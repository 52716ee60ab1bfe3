"""Lengths of time by the names of their columns: what they are of, and what they are counted in."""

from __future__ import annotations

import re

from cxchurn.interactions.schema._roles import plain

_OF = {
    "wait_s": (
        r"(requester|customer|caller)?"
        r"((average|avg)?speedofanswer|wait|waited|waiting|queue|queued|hold|onhold|wartezeit|warte|attente|espera|attesa|wachttijd)"
    ),
    "duration_s": (
        r"(average|avg|total|call|chat)?"
        r"(duration|handle|handling|talk|call|length|dauer|gesprachsdauer|duree|duracion|durata|duur)"
    ),
}
_TIME = r"(time|duration|zeit)?(in)?"
_UNITS = {
    "ms": r"(ms|msec|millis|milliseconds)",
    "s": r"(s|sec|secs|seconds|sek|sekunden|segundos)",
    "min": r"(m|min|mins|minute|minutes|minuten|minutos|minuti)",
    "h": r"(h|hr|hrs|hour|hours|std|stunden|heures|horas|ore)",
    "D": r"(d|days|tage|jours|dias|giorni|dagen)",
}
# a sign alone is a unit where it stands apart: in `wait_s`, `waitS` and `Wait (s)`, and not in `calls`
_APART = re.compile(r"([\W_][smhdSMHD]|[a-z][SMHD])\W*$")


def length_in(column: str, *, written: bool = False) -> tuple[str, str] | None:
    """Return the role and the unit that a column's name says, where it says both.

    Parameters
    ----------
    column : str
    written : bool
        Whether its values say themselves how long they are, such as ``1h 05m``: then a name without a unit is enough.

    Examples
    --------
    >>> length_in("wait_minutes"), length_in("Wartezeit (Min.)"), length_in("wait"), length_in("calls")
    (('wait_s', 'min'), ('wait_s', 'min'), None, None)
    """
    name = plain(column)
    for role, of in _OF.items():
        for unit, word in {**_UNITS, **({"s": f"{_UNITS['s']}?"} if written else {})}.items():
            found = re.fullmatch(f"{of}{_TIME}(?P<unit>{word})", name)
            if found and (written or len(found["unit"]) > 1 or _APART.search(column)):
                return role, unit
    return None
