"""What there is to know of events that break no rule: columns that nothing reads, and labels that training never met."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from cxchurn._core import did_you_mean, listed, logger
from cxchurn.interactions import Finding
from cxchurn.interactions.rows import Broken, Row, RowReader, Rule, findings_of
from cxchurn.scoring.online._customers import Customers
from cxchurn.scoring.online.store._shape import Shape
from cxchurn.scoring.online.store._state import State

Cells = Mapping[str, Any]
Labels = Mapping[str, frozenset[str]]
# labels of a column that are said one by one, shown as examples, and told apart at all
_SAID, _EXAMPLES, _APART = 5, 5, 1000
ODD_ID = Broken("customer_id_type", "customer_id")
_OF_IDS = {
    "text": "the id is a number, where those that the model learned from are text: 375 is the customer '375', and not '0375'.",
    "integer": "the id is no whole number, as those are that the model learned from: '0375' is not the customer 375.",
}


class Noticed:
    """Counts what is noticed, and says each thing once (logger ``cxchurn``).

    Parameters
    ----------
    alone : callable
        Returns what lets one thread in at a time.
    """

    def __init__(self, alone: Callable[[], AbstractContextManager[Any]]) -> None:
        self._alone = alone
        self._columns: set[str] = set()
        self._ids: frozenset[str] = frozenset()
        self._labels: dict[str, Counter[str]] = {}
        self._rows: Counter[str] = Counter()

    def columns(self, rows: Sequence[Cells], reader: RowReader) -> tuple[str, ...]:
        """Return the columns of some rows that nothing reads; what is new among them is said."""
        unread = reader.paths.unread(rows)
        if not unread - self._columns:
            return tuple(sorted(map(str, unread)))
        with self._alone():
            new = sorted(map(str, unread - self._columns))
            # a client that makes up names is told of the first ones
            self._columns |= unread if len(self._columns) < _APART else set()
        if new:
            meant = meant_by(rows, reader)
            logger.warning(
                "events have columns that nothing reads: %s%s", listed(map(repr, new)), f" ({meant})" if meant else ""
            )
        return tuple(sorted(map(str, unread)))

    def labels(self, rows: Iterable[Row], known: Labels) -> dict[str, dict[str, Any]]:
        """Return by column the labels of the events that some rows became which are none that the model learned."""
        found: dict[str, Counter[str]] = {}
        for row in rows:
            for event in row.events:
                for column, labels in known.items():
                    label = event.values.get(column)
                    if label is not None and label not in labels:
                        found.setdefault(column, Counter())[label] += 1
        return self._took(found)

    def ids(self, rows: Sequence[Row], ids: str, reader: RowReader) -> tuple[Finding, ...]:
        """Return what there is to know of ids that are of another type than those of training; said the first time.

        Parameters
        ----------
        rows : sequence of Row
            Also those that were refused, which are not looked at.
        ids : {"text", "integer"}
            What ids were in training.
        reader : RowReader
        """
        odd = Customers(ids).is_odd
        broken = [
            (number, row.cells, (ODD_ID,))
            for number, row in enumerate(rows, start=1)
            if not row.refused and odd(row.customer)
        ]
        if not broken:
            return ()
        rule: Rule[str] = Rule(*ODD_ID, _OF_IDS[ids], refuses=False)
        with self._alone():
            new, self._ids = ids not in self._ids, self._ids | {ids}
        if new:
            logger.warning("customers of events such as %r: %s", rows[broken[0][0] - 1].customer, rule.says)
        return findings_of({ODD_ID: rule}, broken, reader.who, "")

    def of_states(self, states: Iterable[State], shape: Shape, known: Labels) -> None:
        """Count the labels of whole customers that are none that the model learned."""
        found: dict[str, Counter[str]] = {}
        for state in states:
            for column, labels in known.items():
                if column not in shape.labels:
                    continue
                line = shape.labels[column]
                for code, label in enumerate(state.words[line]):
                    if label not in labels:
                        number = int(np.count_nonzero(state.codes[line, : state.size] == code))
                        found.setdefault(column, Counter())[label] += number
        self._took(found)

    def values(self, values: Mapping[str, Any], known: Labels) -> None:
        """Count what is on file that is none that the model learned, by the names of attributes."""
        self._took({
            name: Counter([value])
            for name, value in values.items()
            if isinstance(value, str) and name in known and value not in known[name]
        })  # fmt: skip

    def _took(self, found: Mapping[str, Counter[str]]) -> dict[str, dict[str, Any]]:
        if not found:
            return {}
        with self._alone():
            for column, labels in found.items():
                self._count(column, labels)
        return {column: _shown(labels, sum(labels.values())) for column, labels in found.items()}

    def _count(self, column: str, labels: Counter[str]) -> None:
        held = self._labels.setdefault(column, Counter())
        self._rows[column] += sum(labels.values())
        for label, number in labels.items():
            if label not in held and len(held) >= _APART:
                continue
            if label not in held and len(held) < _SAID:
                logger.warning(
                    "%s %r was never met in training: it counts with all others, and no feature is about it alone",
                    column,
                    label,
                )
            held[label] += number

    @property
    def unseen(self) -> dict[str, dict[str, Any]]:
        """Everything that was counted: by column ``labels`` (how many), ``rows`` (that have them), ``such_as``."""
        with self._alone():
            return {column: _shown(labels, self._rows[column]) for column, labels in self._labels.items()}


def _shown(labels: Counter[str], rows: int) -> dict[str, Any]:
    most = sorted(labels, key=lambda label: (-labels[label], label))
    return {"labels": len(labels), "rows": rows, "such_as": most[:_EXAMPLES]}


def meant_by(rows: Sequence[Cells], reader: RowReader) -> str | None:
    """Say which columns that nothing reads look like ones that are read and are in none of the rows; None for none."""
    nowhere = reader.paths.nowhere(rows)
    meant = {str(name): did_you_mean(str(name), nowhere) for name in reader.paths.unread(rows)}
    return " ".join(f"{name!r}: {words}" for name, words in sorted(meant.items()) if words) or None
