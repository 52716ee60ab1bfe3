"""Times at which something ended: what says that it has not ended yet, and what cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cxchurn.interactions.reading._engine import name, text
from cxchurn.interactions.reading.casts._casts import Cast, family

# how systems write "never": no date at all, the last year there is, or the infinity of databases
NEVER = r"^(0000.?00.?00|00.?00.?0000|0+|9{4}.*|.*[^0-9]9{4}|[+-]?inf(inity)?)([t ].*)?$"
# a date before this is no end of anything but the zero of some system's calendar, and so is the first instant of 1970
_ZERO, _EPOCH = "TIMESTAMP '1901-01-02 00:00:00'", "TIMESTAMP '1970-01-01 00:00:00'"


# columns beside the user's that hold what was read of a column, once
_MADE = "@read: "


@dataclass(frozen=True)
class End(Cast):
    """SQL for a column of ends: values that say "not yet" are no values.

    It looks at what `make` has read of the columns.

    Parameters
    ----------
    given : str
        There is something in the column, be it a time or a word for never.
    not_yet : str
        What is there says that nothing has ended: it lies after the present moment, or is a word for never.
    before_start : str
        The end lies before what it ends. An end of which only the day is known may lie on the day of the start.
    reads : str
        The SQL for what is read of the column.
    """

    given: str = ""
    not_yet: str = ""
    before_start: str = ""
    reads: str = ""


def made(held: str) -> str:
    """SQL: what `make` has read of a column, which the engine holds under a name."""
    return f"raw.{name(_MADE + held)}"


def make(con: Any, reads: Mapping[str, str]) -> None:
    """Read some columns of ``raw``, by their held names, once, and let the table hold the values beside its own."""
    listed = ", ".join(f"{sql} AS {name(_MADE + held)}" for held, sql in reads.items())
    if reads:
        con.execute(f"CREATE TEMP TABLE again AS SELECT *, {listed} FROM raw")
        con.execute("DROP TABLE raw")
        con.execute("ALTER TABLE again RENAME TO raw")


def end_of(
    read: Cast, held: str, sql_type: str, *, start: str, now: np.datetime64 | None, timezone: str = "UTC"
) -> End:
    """Return how a column of ends is read.

    Parameters
    ----------
    read : Cast
        How the column is read as a time.
    held, sql_type : str
        The engine's name of the column, quoted, and its type.
    start : str
        The engine's name of the column for when that began which ends. Of both columns `make` has to read the values.
    now : datetime64, optional
        Ends after this one have not come yet. Default: only words for never say so.
    timezone : str
        The zone whose midnights stand for days.
    """
    value, began = made(held), made(start)
    never = f"({value} IS NULL AND {says_never(held, sql_type)})"
    zero = f"({value} < {began} AND ({value} < {_ZERO} OR {value} = {_EPOCH} OR {_local(value, timezone)} = {_EPOCH}))"
    reasons = [never, zero]
    if now is not None:
        reasons.append(f"{value} > TIMESTAMP {text(str(now).replace('T', ' '))}")
    open_ = f"({read.present} AND coalesce({' OR '.join(reasons)}, FALSE))"
    earlier = f"{value} < {began} AND {_local(value, timezone)} <> date_trunc('day', {_local(began, timezone)})"
    zone = None if read.without_zone is None else f"({read.without_zone} AND NOT {open_})"
    return End(
        f"CASE WHEN NOT {open_} THEN {value} END",
        f"({read.present} AND NOT {open_})",
        zone,
        read.certain,
        read.tells,
        given=read.present,
        not_yet=open_,
        before_start=f"({earlier} AND NOT {open_})",
        reads=read.value,
    )


def says_never(held: str, sql_type: str) -> str:
    """SQL: what is no time in a column says "never"."""
    if family(sql_type) == "time":
        return "TRUE"  # beyond the years 1 to 9999, such as the infinity of databases
    return f"regexp_matches(lower(trim(CAST(raw.{held} AS VARCHAR))), {text(NEVER)})"


def _local(moment: str, timezone: str) -> str:
    return moment if timezone == "UTC" else f"(({moment} AT TIME ZONE 'UTC') AT TIME ZONE {text(timezone)})"
