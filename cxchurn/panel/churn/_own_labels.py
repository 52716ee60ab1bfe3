"""Churn as somebody else's table says."""

from __future__ import annotations

from typing import Self

import numpy as np

from cxchurn._core import UsageError, span
from cxchurn.history import Populations, Seen
from cxchurn.interactions import InteractionLog
from cxchurn.panel.churn._definition import NEW, ChurnDefinition, because
from cxchurn.words import Phrase


class OwnLabels(ChurnDefinition):
    """Churned as a table of labels says; made by `panel_from_labels`.

    Parameters
    ----------
    horizon, gap : str
        How far after the cut-off the labels look.
    churn : ChurnDefinition, optional
        Says who is asked about, what ends a customer and what counts as activity. Default: everybody with a past is asked
        about, nothing ends a customer, and all own acts count.
    """

    def __init__(self, horizon: str, *, gap: str = "0D", churn: ChurnDefinition | None = None) -> None:
        self.horizon = horizon
        self.gap = gap
        self.churn = churn

    @property
    def populations(self) -> Populations:
        """Whose act an event is, as the definition given says."""
        return super().populations if self.churn is None else self.churn.populations

    @property
    def says(self) -> str:
        """The definition in words."""
        who = "" if self.churn is None else Phrase("churn", "as_for", churn=self.churn.says)
        return Phrase("churn", "labels", horizon=span(self.horizon), who=who)

    def check(self, log: InteractionLog) -> None:
        """Raise an error for spans that are none, or where the definition given makes no sense for this log."""
        _ = self.reach, self.says
        if self.churn is not None:
            self.churn.check(log)

    def resolved(self, log: InteractionLog, *, at: np.datetime64 | None = None) -> Self:
        """Return the definition with everything said that the one given leaves to the log."""
        if self.churn is None:
            return self
        return type(self)(self.horizon, gap=self.gap, churn=self.churn.resolved(log, at=at))

    def decided(self, log: InteractionLog) -> tuple[str, ...]:
        """Return what the definition given decides on the log."""
        return () if self.churn is None else self.churn.decided(log)

    def not_asked(self, seen: Seen) -> np.ndarray:
        """Return why each row is not asked about: as the definition given says; without one, "new" without a past."""
        return because((seen.all.count() == 0, NEW)) if self.churn is None else self.churn.not_asked(seen)

    def ended(self, seen: Seen) -> np.ndarray:
        """Return who had ended just before the cut-off, as the definition given says; bool, shape ``(n,)``."""
        return super().ended(seen) if self.churn is None else self.churn.ended(seen)

    def already_silent(self, seen: Seen) -> np.ndarray:
        """Return who met the definition given at the cut-off already; bool, shape ``(n,)``."""
        return super().already_silent(seen) if self.churn is None else self.churn.already_silent(seen)

    def churned(
        self, log: InteractionLog, customers: np.ndarray, cutoffs: np.ndarray, *, clock: str = "happened"
    ) -> np.ndarray:
        """There is no rule to apply: the labels came from outside."""
        raise UsageError("this churn definition is a table of labels, not a rule.", hint="use panel_from_labels(...).")
