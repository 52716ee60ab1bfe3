"""What a plan needs to know of a log before it is recorded: which columns there are, and of what kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pyarrow as pa

from cxchurn.history.data._columns import Labels, Numbers, Times
from cxchurn.history.data._history import History, names_of

_KINDS: dict[type, str] = {Labels: "labels", Numbers: "numbers", Times: "times"}


def kinds_of(types: pa.Schema) -> dict[str, str]:
    """Return the kinds of the columns that may be asked for: "labels", "numbers" or "times", by name."""
    return {name: _kind(types.field(name).type) for name in names_of(types)}


class KindsOf(Mapping[str, str]):
    """The kinds of a history's columns, each found out when it is asked for.

    Parameters
    ----------
    history : History
    """

    def __init__(self, history: History) -> None:
        self._columns = history.columns

    def __getitem__(self, name: str) -> str:
        return _KINDS[type(self._columns[name])]

    def __contains__(self, name: object) -> bool:
        return name in self._columns

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)


def fits(history: History, asked: Mapping[str, str | None]) -> bool:
    """Whether a history has the columns that a recording was made for; "" for one whose kind did not matter."""
    columns = history.columns
    for name, kind in asked.items():
        if (name in columns) != (kind is not None) or (kind and _KINDS[type(columns[name])] != kind):
            return False
    return True


def _kind(kind: pa.DataType) -> str:
    if pa.types.is_dictionary(kind) or pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return "labels"
    return "times" if pa.types.is_timestamp(kind) else "numbers"
