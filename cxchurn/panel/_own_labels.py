"""Churn as somebody else's table says."""

from __future__ import annotations

import numpy as np

from cxchurn._core import UsageError, span
from cxchurn.history import Seen
from cxchurn.interactions import InteractionLog
from cxchurn.panel._definition import ChurnDefinition


class OwnLabels(ChurnDefinition):
    """Churned as a table of labels says; made by `panel_from_labels`.

    Parameters
    ----------
    horizon, gap : str
        How far after the cut-off the labels look.
    """

    def __init__(self, horizon: str, *, gap: str = "0D") -> None:
        self.horizon = horizon
        self.gap = gap

    @property
    def says(self) -> str:
        """The definition in words."""
        return f"customers who churn by the labels given, within {span(self.horizon).words}"

    def check(self, log: InteractionLog) -> None:
        """Raise an error for spans that are none."""
        _ = self.reach, self.says

    def eligible(self, seen: Seen) -> np.ndarray:
        """Everybody with a past is asked about; bool, shape ``(n,)``."""
        return seen.count() > 0

    def churned(
        self, log: InteractionLog, customers: np.ndarray, cutoffs: np.ndarray, *, clock: str = "happened"
    ) -> np.ndarray:
        """There is no rule to apply: the labels came from outside."""
        raise UsageError("this churn definition is a table of labels, not a rule.", hint="use panel_from_labels(...).")
