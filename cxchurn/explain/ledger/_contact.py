"""What contacts are called: the same words in print, on a page and in a picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

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


def _parts(row: Mapping[Any, Any]) -> Iterator[str]:
    for name in _BY:
        if name not in row:
            continue
        absent = str(row[name]) in _ABSENT
        if name == "touchpoint" and "kind" in row and (absent or str(row[name]) == str(row["kind"])):
            continue
        yield said("ledger", "nothing") if absent else str(row[name])
