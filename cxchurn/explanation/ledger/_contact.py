"""What contacts are called: the same words in print, on a page and in a picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from cxchurn._core import Deferred

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")

from cxchurn.words import Together, said, spoken

_BY = ("kind", "touchpoint", "month", "direction", "agent_id")
NOTHING = "(none)"
# how tables write a label that is not there
_ABSENT = (NOTHING, "None", "nan", "<NA>", "")


def contact_words(row: Mapping[Any, Any]) -> str:
    """Name contacts by what they have in common: kind, touchpoint, and whatever else a ledger is summed by.

    A kind without a touchpoint, or with one of the same name, is the kind alone; anything else that is missing is said.

    Examples
    --------
    >>> contact_words({"touchpoint": "phone", "kind": "complaint"}), contact_words({"touchpoint": "chat", "kind": "chat"})
    ('complaint, phone', 'chat')
    >>> contact_words({"touchpoint": "(none)", "kind": "refund"}), contact_words({"touchpoint": "(none)"})
    ('refund', '(none)')
    """
    return Together(_parts(row)).said_in(spoken()) or said("ledger", "all")


def contacts_words(table: pd.DataFrame) -> list[str]:
    """Name the rows of a table of contacts, each by words of its own.

    Who reached out is said where contacts of one kind and touchpoint are of both sorts, and that there is no touchpoint where
    a kind would read like one at a touchpoint of the same name.

    Examples
    --------
    >>> contacts_words(pd.DataFrame({"touchpoint": ["chat", "(none)", "(none)"], "kind": ["chat", "chat", "refund"]}))
    ['chat', 'chat, (none)', 'refund']
    >>> both = {"touchpoint": ["phone", "phone", "web"], "kind": ["call", "call", "visit"]}
    >>> contacts_words(pd.DataFrame({**both, "direction": ["inbound", "outbound", "inbound"]}))
    ['call, phone, inbound', 'call, phone, outbound', 'visit, web']
    """
    rows = table.to_dict("records")
    brief = [{name: row[name] for name in row if name != "direction"} if "kind" in row else row for row in rows]
    names = _apart(map(contact_words, brief), map(contact_words, rows))
    absent = (_is_nothing(row.get("touchpoint")) for row in rows)
    full = (", ".join(_parts(row, every=True)) for row in rows)
    return _apart(names, (long if none else name for long, none, name in zip(full, absent, names, strict=True)))


def on_a_line(name: str, width: int) -> str:
    """Return a name as far as it fits; cut anywhere, since names that begin alike differ in their last words."""
    return name if len(name) <= width else f"{name[: width - 1].rstrip()}…"


def _apart(names: Iterable[str], longer: Iterable[str]) -> list[str]:
    """Return names, and longer ones in place of those that come more than once."""
    short = list(names)
    often = Counter(short)
    return [long if often[name] > 1 else name for name, long in zip(short, longer, strict=True)]


def _is_nothing(label: Any) -> bool:
    return str(label) in _ABSENT


def _parts(row: Mapping[Any, Any], *, every: bool = False) -> Iterator[str]:
    for name in _BY:
        if name not in row:
            continue
        absent = _is_nothing(row[name])
        known = name == "touchpoint" and "kind" in row and (absent or str(row[name]) == str(row["kind"]))
        if known and not every:
            continue
        yield said("ledger", "nothing") if absent else str(row[name])
