"""The as-of view: everything known before each row's cut-off."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cxchurn._core import DAY, MismatchError, did_you_mean, listed
from cxchurn.history import _kernels
from cxchurn.history._columns import EventColumn, Labels, Times
from cxchurn.history._history import History
from cxchurn.history._run import Rows, run
from cxchurn.history._window import Window


class Seen(Window):
    """Everything known about each row's customer before its cut-off ``T``; made by `as_of`.

    It answers for all of the past what a `Window` answers for a part, and hands out windows with ``last`` and ``before``.
    Events at or after ``T`` are outside every range it holds.
    """

    _known: Mapping[str, tuple[str, ...]]
    _customers: np.ndarray

    def known(self, column: str) -> tuple[str, ...]:
        """The labels of a column (or attribute) that were learned in training, the most frequent first."""
        return self._known.get(column, ())

    def has(self, column: str) -> bool:
        """Whether the log has this column."""
        return column in self._history.columns

    def attribute(self, name: str) -> np.ndarray:
        """An attribute of the customers as of the cut-off: a number, days since a date, or a label's code.

        The code is the label's position in ``known("customers.<name>")``.

        Missing (NaN) where there was none on file, or where the label was unknown in training.
        """
        column = self._attribute_column(name)
        if isinstance(column, Times):
            return np.where(column.present, (self._cutoffs - np.where(column.present, column.values, 0)) / DAY, np.nan)
        if not isinstance(column, Labels):
            return column.values
        place = {label: float(code) for code, label in enumerate(self.known(f"customers.{name}"))}
        codes = np.array([*(place.get(level, np.nan) for level in column.levels), np.nan])
        return codes[column.values]

    def _attribute_column(self, name: str) -> EventColumn:
        attributes = self._history.attributes
        names = [] if attributes is None else list(attributes.columns)
        if attributes is None or name not in names:
            raise MismatchError(
                f"the customers table has no attribute {name!r}.",
                allowed=listed(names) or "none: the log was read without customers=",
                hint=did_you_mean(name, names),
            )
        return attributes.read(name, attributes.rows(self._customers, self._cutoffs))


def as_of(
    history: History, customers: np.ndarray, cutoffs: np.ndarray, *, known: Mapping[str, tuple[str, ...]] | None = None
) -> Seen:
    """Return the view of a history as of given cut-offs.

    Parameters
    ----------
    history : History
        All events.
    customers : ndarray, shape (n,)
        The customer of each row; one without events has an empty past.
    cutoffs : ndarray of datetime64[us], shape (n,)
        The cut-off of each row.
    known : mapping of column to labels, optional
        What was learned in training, see `Seen.known`.
    """
    at = np.asarray(cutoffs, dtype="datetime64[us]").astype(np.int64)
    position = history.positions(customers)
    found = position >= 0
    first = np.where(found, history.offsets[position], 0)
    end = np.where(found, history.offsets[position + 1], 0)
    before = run(_kernels.search, at.size, history.place, Rows(first), Rows(end), Rows(at), dtype="int64")
    seen = Seen(history, at, first, before)
    seen._known = known or {}
    seen._customers = np.asarray(customers)
    return seen
