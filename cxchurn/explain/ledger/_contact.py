"""What contacts are called: the same words in print, on a page and in a picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

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
    return ", ".join(_parts(row)) or "all"


def contacts_words(table: pd.DataFrame) -> list[str]:
    """Name the rows of a table of contacts, each by words of its own.

    Where a kind without a touchpoint would read like one at a touchpoint of the same name, it is said that it has none.

    Examples
    --------
    >>> contacts_words(pd.DataFrame({"touchpoint": ["chat", "(none)", "(none)"], "kind": ["chat", "chat", "refund"]}))
    ['chat', 'chat, (none)', 'refund']
    """
    rows = table.to_dict("records")
    names = [contact_words(row) for row in rows]
    often = Counter(names)
    return [
        ", ".join(_parts(row, every=True)) if often[name] > 1 and _is_nothing(row.get("touchpoint")) else name
        for name, row in zip(names, rows, strict=True)
    ]


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
        yield NOTHING if absent else str(row[name])
