"""What it means to churn."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np

from cxchurn._core import Statement, UsageError, did_you_mean, listed, span
from cxchurn.history import Populations, Seen, Where, labels_before, where
from cxchurn.interactions import InteractionLog


class ChurnDefinition(Statement):
    """Says who is eligible at a cut-off ``T`` and who has churned in ``[T + gap, T + gap + horizon)``.

    Attributes
    ----------
    horizon, gap : str
        Spans such as ``"60D"``.
    """

    horizon: str
    gap: str

    @property
    def reach(self) -> np.timedelta64:
        """How far beyond its cut-off a label looks: gap and horizon."""
        length = span(self.gap, name="gap", zero=True).microseconds + span(self.horizon, name="horizon").microseconds
        return np.timedelta64(length, "us")

    def label_window(self, cutoffs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the start and the end of each cut-off's label window."""
        gap = np.timedelta64(span(self.gap, name="gap", zero=True).microseconds, "us")
        return cutoffs + gap, cutoffs + self.reach

    @property
    def populations(self) -> Populations:
        """Whose act an event is: what ends a customer, and which own acts count as activity. Default: all own acts do."""
        return Populations()

    @property
    @abstractmethod
    def says(self) -> str:
        """The definition in words."""

    @abstractmethod
    def check(self, log: InteractionLog) -> None:
        """Raise an error where the definition makes no sense for this log."""

    @abstractmethod
    def eligible(self, seen: Seen) -> np.ndarray:
        """Return who is asked about, from the past of the cut-off alone; bool, shape ``(n,)``."""

    def ended(self, seen: Seen) -> np.ndarray:
        """Return who had ended just before the cut-off and was not back; bool, shape ``(n,)``. Default: nobody."""
        return np.zeros(seen.customers.size, dtype=bool)

    @abstractmethod
    def churned(
        self, log: InteractionLog, customers: np.ndarray, cutoffs: np.ndarray, *, clock: str = "happened"
    ) -> np.ndarray:
        """Return who churned, on the clock of happening (or of knowing); bool, shape ``(n,)``."""


def activity(kinds: tuple[str, ...] | None, *, but: tuple[str, ...] = ("cancel",)) -> Where:
    """Return the events that count as activity.

    With `kinds`, events of these kinds. Without, everything the customer took part in: not what the company sent
    (direction outbound), not events made from later-known columns, not the kinds in `but`.
    """
    if kinds is not None:
        return where(kind=tuple(kinds))
    return where(unless={"direction": "outbound", "later": True, "kind": but})


def check_kinds(log: InteractionLog, kinds: tuple[str, ...] | None, name: str) -> None:
    """Raise an error for kinds that never occur in the log."""
    if isinstance(kinds, str):
        raise UsageError(
            f"{name} is the text {kinds!r}.", allowed="a tuple of kinds", hint=f"write {name}=({kinds!r},)."
        )
    if kinds is not None and not isinstance(kinds, (tuple, list)):
        raise UsageError(f"{name} is {kinds!r}.", allowed="a tuple of kinds", hint=f"write {name}=('purchase',).")
    present = labels_before(log, "kind", np.datetime64("9999-01-01", "us"))
    for kind in kinds or ():
        if kind not in present:
            raise UsageError(
                f"{name} names the kind {kind!r}, which never occurs in the log.",
                allowed=listed(present),
                hint=did_you_mean(str(kind), present),
            )
