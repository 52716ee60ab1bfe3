"""How systems write that something has not ended."""

from __future__ import annotations

from cxchurn.interactions.reading.casts._casts import family
from cxchurn.interactions.schema._sql import text

# how systems write "never": no date at all, the last year there is, or the infinity of databases
NEVER = r"^(0000.?00.?00|00.?00.?0000|0+|9{4}.*|.*[^0-9]9{4}|[+-]?inf(inity)?)([t ].*)?$"


def says_never(held: str, sql_type: str) -> str:
    """SQL: what is no time in a column says "never"."""
    if family(sql_type) == "time":
        return "TRUE"  # beyond the years 1 to 9999, such as the infinity of databases
    return f"regexp_matches(lower(trim(CAST(raw.{held} AS VARCHAR))), {text(NEVER)})"
