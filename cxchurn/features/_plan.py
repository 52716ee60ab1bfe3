"""The plan of a fitted feature set: what it asks of a customer's past, worked out once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cxchurn.features._builder import Builder
from cxchurn.features._compute import fill
from cxchurn.history import History, seen_at

if TYPE_CHECKING:
    from cxchurn.features._feature_set import FeatureSet


@dataclass(frozen=True, eq=False)
class Plan:
    """What a fitted feature set asks of a customer's past, worked out once; made by `plan_of` or ``features.plan()``.

    Holds the builders and what was learned, no log and no customer's data; pickles.

    Attributes
    ----------
    names : tuple of str
        The columns, in the order of ``features.says_``.
    """

    names: tuple[str, ...]
    builders: Sequence[Builder]
    about: Mapping[str, Any]

    def one(self, history: History, customer: Any, cutoff: np.datetime64) -> np.ndarray:
        """Return the features of one customer at one cut-off; float64, shape ``(columns,)``.

        Parameters
        ----------
        history : History
            The customer's events on the clock of knowing, with attributes and zone (`history_of_one`); nobody else's. What
            lies at or after the cut-off is not seen.
        customer : int or str
            As ``history.ids`` would hold it; it may have no event.
        cutoff : datetime64[us]
            UTC.
        """
        who = np.array([customer], dtype=np.int64 if isinstance(customer, (int, np.integer)) else object)
        position = np.full(1, 0 if history.ids.size and history.ids[0] == customer else -1)
        seen = seen_at(history, position, who, np.array([cutoff], dtype="datetime64[us]"), **self.about)
        out = np.empty((len(self.names), 1))
        fill(self.builders, seen, {name: k for k, name in enumerate(self.names)}, out, slice(0, 1), more=True)
        return out[:, 0]


def plan_of(features: FeatureSet) -> Plan:
    """Return the plan of a fitted feature set, made once for it; for other references (`with_log`) anew."""
    about = {**features.about_, "references": features.references_.tables}
    return Plan(tuple(says.name for says in features.says_), tuple(features.builders_), about)
