"""Leaving: which events end a customer, what shows that one is back, and the reasons that count as neither."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxchurn._core import UsageError, listed
from cxchurn.history import Where, Window, asked_between, label_is, where
from cxchurn.interactions import InteractionLog
from cxchurn.panel.churn._kinds import check_labels, labels_in

ROLE = "reason"
NO_REASON = "no reason given"
_MOST_REASONS = 50
_OTHER = "another reason"


@dataclass(frozen=True)
class Leaving:
    """How customers leave, by a churn definition.

    Attributes
    ----------
    kinds : tuple of str
        The kinds that end a customer; may be none.
    back : Where
        What shows, after an end, that the customer is back.
    but : tuple of str
        Reasons of an end that are neither stayed nor churned.
    column : str
        The column of the reasons.
    """

    kinds: tuple[str, ...]
    back: Where
    but: tuple[str, ...] = ()
    column: str = ROLE

    @property
    def ends(self) -> Where:
        """The events that end a customer."""
        return where(kind=self.kinds)

    def check(self, log: InteractionLog) -> None:
        """Raise an error where reasons are named that the log has no column for, or that never occur."""
        if not self.but and self.column == ROLE:
            return
        if not self.kinds:
            raise UsageError(
                f"but={self.but!r} names reasons, and nothing ends a customer here.",
                hint="say what does: ended_by=('cancel',).",
            )
        if self.column not in log.types.names:
            raise UsageError(
                f"the log has no column {self.column!r} with the reasons for leaving.",
                allowed=f"the role reason, or one of the categories: {listed(log.categories) or 'none'}",
                hint='map it in the schema (reason = "cancel_reason"), or name a category: reason="...".',
            )
        check_labels(log, self.column, self.but, "but")

    def gone(self, window: Window) -> np.ndarray:
        """Return whose last end has nothing after it that shows they are back; bool, shape ``(n,)``."""
        ended = window.age(self.ends)
        return ~np.isnan(ended) & ~(window.age(self.back) < ended)

    def excused(self, window: Window) -> np.ndarray:
        """Return whose last end is for one of the reasons that are neither stayed nor churned; bool, shape ``(n,)``."""
        return window.age(self.ends & label_is(self.column, *self.but)) == window.age(self.ends)

    def reasons(self, log: InteractionLog, customers: np.ndarray, start: np.ndarray, stop: np.ndarray) -> np.ndarray:
        """Return the reason of each row's last end in ``[start, stop)`` that counts, "" without one; object, shape ``(n,)``.

        In a log without reasons it is the kind of the end.
        """
        column = self.column if self.column in log.types.names else "kind"
        labels = [label for label in labels_in(log, column)[:_MOST_REASONS] if label not in self.but]
        labels = [label for label in labels if column != "kind" or label in self.kinds]
        counted = self.ends & where(unless={column: self.but})

        def last(window: Window) -> np.ndarray:
            ages = [window.age(counted & label_is(column, label)) for label in labels]
            return _named([*labels, _OTHER], ages, window.age(counted), window.age(counted, column=column))

        return asked_between(log, customers, start, stop, last, dtype=object)


def _named(names: list[str], ages: list[np.ndarray], ended: np.ndarray, with_label: np.ndarray) -> np.ndarray:
    found = np.where(np.isnan(ended), "", np.where(with_label == ended, names[-1], NO_REASON)).astype(object)
    for name, age in zip(reversed(names[:-1]), reversed(ages), strict=True):
        found[age == ended] = name
    return found
