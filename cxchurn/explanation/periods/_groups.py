"""Groups of interactions: a touchpoint, or whatever labels they are told apart by."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from cxchurn._core import UsageError, did_you_mean, listed
from cxchurn.history import History, Labels
from cxchurn.interactions import InteractionLog, tables

NONE = "(none)"


class Groups:
    """The groups of a log.

    Parameters
    ----------
    by : tuple of str
        The columns of labels whose values, taken together, are a group; none for one group of everything.
    labels : list of tuple of str
        The labels of each group, in the order of the text, those without last.
    """

    def __init__(self, by: tuple[str, ...], labels: list[tuple[str, ...]]) -> None:
        self.by = by
        self.labels = labels
        self._numbers = {words: number for number, words in enumerate(labels)}

    def __len__(self) -> int:
        return len(self.labels)

    def of(self, history: History) -> tuple[np.ndarray, np.ndarray]:
        """Return each event's group, and whether any of its labels is there; int64 and bool, shape ``(events,)``."""
        key = np.zeros(len(history), dtype=np.int64)
        told = np.full(len(history), not self.by)
        columns = []
        for name in self.by:
            column = history.columns[name]
            assert isinstance(column, Labels)
            key = key * (len(column.names) + 1) + column.values + 1
            told |= column.present
            columns.append(column)
        found, place = np.unique(key, return_inverse=True)
        numbers = [self._numbers[_words(value, columns)] for value in found.tolist()]
        return np.array(numbers, dtype=np.int64)[place], told


def _words(key: int, columns: list[Labels]) -> tuple[str, ...]:
    words = []
    for column in reversed(columns):
        key, code = divmod(key, len(column.names) + 1)
        words.append(column.levels[code - 1] if code else NONE)
    return tuple(reversed(words))


def groups_of(log: InteractionLog, by: Sequence[str]) -> Groups:
    """Return the groups of a log, or raise an error for what is no column of labels."""
    if isinstance(by, str):
        raise UsageError(f"by is the text {by!r}.", allowed="a tuple of columns", hint=f"write by=({by!r},).")
    known = [field.name for field in log.types if pa.types.is_dictionary(field.type) and field.name != "customer_id"]
    for name in by:
        if name not in known:
            raise UsageError(
                f"by names {name!r}, which is no column of labels of the log.",
                allowed=listed(known, most=40),
                hint=did_you_mean(str(name), known) or "by=() takes everything together.",
            )
    names = list(dict.fromkeys(by))
    found: set[tuple[str, ...]] = set() if names else {()}
    for part in tables(log, names) if names else ():
        plain = part.cast(pa.schema([(name, pa.string()) for name in names])) if len(names) > 1 else part
        rows = plain.group_by(names).aggregate([])
        columns = [[NONE if label is None else label for label in rows[name].to_pylist()] for name in names]
        found |= set(zip(*columns, strict=True))
    return Groups(tuple(names), sorted(found, key=lambda words: [(word == NONE, word) for word in words]))
