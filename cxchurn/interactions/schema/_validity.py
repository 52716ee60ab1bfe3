"""Since when and until when the rows of a customers table hold, by the names that warehouses give such columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from cxchurn.interactions.schema._roles import plain

# names are compared without punctuation, in lower case: ValidFrom, valid_from and "valid from" are one
_OWNER = r"(?:dbt|scd2?|row|record|rec|version|dwh?|dim|etl|sys|system|period|fivetran|meta)"
_UNIT = r"(?:date|day|dt|ts|tstz|at|time|timestamp|datetime|utc|on)*"
_BEGIN, _END = r"(?:from|since|start|starts|begin|begins|starting)", r"(?:to|until|till|thru|through|end|ends|ending)"
_HOLDS = r"(?:valid|validity|effective|eff)"
_STRONG = {
    "from": rf"(?:{_OWNER}?{_HOLDS}{_BEGIN}{_UNIT}|{_OWNER}?(?:effective|eff)(?:date|dt|ts|time|timestamp)"
    rf"|{_OWNER}{_BEGIN}{_UNIT}|asof{_BEGIN}?{_UNIT}from)",
    "to": rf"(?:{_OWNER}?{_HOLDS}{_END}{_UNIT}|{_OWNER}{_END}{_UNIT}|{_OWNER}(?:expiry|expiration|expires|expired){_UNIT})",
}
# only where the table has several rows a customer: else they are those of a contract
_WEAK = {"from": rf"{_BEGIN}{_UNIT}", "to": rf"(?:{_END}{_UNIT}|(?:expiry|expiration|expires){_UNIT})"}
_CURRENT = re.compile(
    rf"{_OWNER}?(?:is)?(?:current|latest|mostrecent)(?:row|record|rec|flag|flg|ind|indicator|version|yn)*"
    rf"|(?:is)?(?:active|live|valid)(?:row|record|rec|version)(?:flag|flg|ind|yn)*"
    rf"|(?:is)?last(?:row|record|version)(?:flag|flg|ind)*|{_OWNER}(?:is)?(?:active|valid)(?:flag|flg|ind)*"
)
_VERSION = re.compile(
    rf"{_OWNER}?(?:version|revision|rownumber|rownum|rownr|rn)(?:no|nr|num|number|id|key)?"
    rf"|{_OWNER}?(?:scdid|rowid|rowhash|hash|hashdiff|hashkey|rowkey|checksum|md5|sha1|sha256|surrogatekey|rowguid|etag)"
    r"|.*(?:rowhash|hashdiff|surrogatekey)"
)
_WROTE = (
    r"(?:update|updated|modified|modification|change|changed|load|loaded|insert|inserted|ingested|extracted|synced)"
)
_LOADED = re.compile(
    rf"{_OWNER}?(?:last|latest)?{_WROTE}(?:date|day|dt|ts|tstz|at|time|timestamp|datetime|utc|on|by)+|last{_WROTE}"
    rf"|snapshot(?:date|day|dt|ts|at|time|timestamp|id)*"
)
# columns that loading tools add begin so
_TOOLS = re.compile(r"^(?:dbt_|_fivetran_|_airbyte_|_ab_|_sdc_|_hoodie_|_dlt_|__|_etl_|_dw_)")
BOOKS = {
    "end": "it says until when a row holds, which is not known while it holds",
    "start": "it says since when a row holds",
    "current": "it says whether a row is still the current one, which its time does not know",
    "version": "it numbers or names the row",
    "loaded": "it says when the row was written",
}


@dataclass(frozen=True)
class Validity:
    """What keeps the books of a customers table.

    Parameters
    ----------
    since, until : str or None
        The columns for since when and until when a row holds.
    books : dict of str to str
        The other columns that are no attributes, each with what it is: a key of `BOOKS`.
    """

    since: str | None = None
    until: str | None = None
    books: dict[str, str] = field(default_factory=dict)


def validity_of(
    columns: Sequence[str], *, since: str | None = None, until: str | None = None, several: bool = False
) -> Validity:
    """Find out by their names which columns keep a customers table's books.

    Parameters
    ----------
    columns : sequence of str
        The columns that may: without the customer's id, and without those said to be attributes.
    since, until : str, optional
        Those that are known to say since when and until when a row holds.
    several : bool
        Whether the table has several rows of a customer: then ``start_date`` and ``end_date`` are its books too.

    Examples
    --------
    >>> validity_of(["plan", "dbt_valid_from", "dbt_valid_to", "is_current"])
    Validity(since='dbt_valid_from', until='dbt_valid_to', books={'is_current': 'current'})
    """
    rest = [column for column in columns if column not in (since, until)]
    since = since or _found(rest, "from", several)
    if until is None:
        until = _found([column for column in rest if column != since], "to", since is not None, beside=since)
    rest = [column for column in rest if column not in (since, until)]
    books = {column: what for column in rest if (what := _kept_as(column)) is not None}
    if since is None and until is not None:
        return Validity(None, None, {**books, until: "end"})
    return Validity(since, until, books)


def _found(columns: list[str], which: str, weakly: bool, *, beside: str | None = None) -> str | None:
    strong = [column for column in columns if _is(_STRONG[which], column)]
    weak = [column for column in columns if weakly and _is(_WEAK[which], column)]
    # what a tool wrote when it saw the change goes before what somebody entered as the day of it
    strong.sort(key=lambda column: not _TOOLS.match(column.lower()))
    alike = [column for column in strong if beside is not None and _owner(column) == _owner(beside)]
    return next(iter([*alike, *strong, *weak]), None)


def _owner(column: str) -> str:
    found = re.match(_OWNER, plain(column))
    return found[0] if found else ""


def _kept_as(column: str) -> str | None:
    for what, pattern in (("start", _STRONG["from"]), ("end", _STRONG["to"])):
        if _is(pattern, column):
            return what
    for what, known in (("current", _CURRENT), ("version", _VERSION), ("loaded", _LOADED)):
        if known.fullmatch(plain(column)):
            return what
    if column.lower().endswith("_sk"):
        return "version"
    return "loaded" if _TOOLS.match(column.lower()) else None


def _is(pattern: str, column: str) -> bool:
    return re.fullmatch(pattern, plain(column)) is not None
