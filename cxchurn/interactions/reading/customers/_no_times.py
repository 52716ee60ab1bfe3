"""Times in a customers table that stand for none, such as 1900-01-01: missing, and counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cxchurn.interactions.reading._engine import LINE, name, rows
from cxchurn.interactions.reading.casts._casts import Cast
from cxchurn.interactions.reading.rules._rules import Rule
from cxchurn.interactions.reading.sources._opened import Opened

_ZERO, _NEVER, _1970 = (f"TIMESTAMP '{day} 00:00:00'" for day in ("1901-01-02", "2099-12-31", "1970-01-01"))
# times this near to 1970, beside its first instant, are those of people who were born then
_NEAR = "BETWEEN TIMESTAMP '1969-01-01 00:00:00' AND TIMESTAMP '1970-12-31 23:59:59'"


def without_no_times(
    source: Opened, found: Mapping[str, Cast], timezone: str
) -> tuple[dict[str, Cast], list[Rule[str]]]:
    """Return how attributes that are times are read, without those that stand for none, and the rules that count these.

    Parameters
    ----------
    source : Opened
        The table, loaded.
    found : mapping of str to Cast
        How attributes that are times are read.
    timezone : str
        The zone on whose clock days begin.
    """
    reads, rules = {}, []
    for column, read in found.items():
        none = _stands_for_none(source, f"({read.value})", timezone)
        present = f"({read.present} AND NOT {none})"
        reads[column] = replace(read, value=f"CASE WHEN NOT {none} THEN {read.value} END", present=present)
        says = "the time is one that systems write where they have none, such as 1900-01-01: it is taken as missing"
        rules.append(Rule("time_placeholder", column, says, none, refuses=False))
    return reads, rules


def _stands_for_none(source: Opened, value: str, timezone: str) -> str:
    local = value if timezone == "UTC" else f"(({value} AT TIME ZONE 'UTC') AT TIME ZONE '{timezone}')"
    first = f"({value} = {_1970} OR {local} = {_1970})"
    near = f"SELECT count(*) > 0 FROM raw WHERE {name(LINE)} IS NULL AND {local} {_NEAR} AND NOT {first}"
    tests = [f"{local} < {_ZERO}", f"{local} >= {_NEVER}", *([] if rows(source.con, near)[0][0] else [first])]
    return f"coalesce({' OR '.join(tests)}, FALSE)"
