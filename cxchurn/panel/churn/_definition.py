"""What it means to churn."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, NamedTuple, Self

import numpy as np

from cxchurn._core import Statement, span
from cxchurn.history import Populations, Seen, Where, recorded, where
from cxchurn.interactions import InteractionLog
from cxchurn.words import Phrase

# why somebody who is known is not asked about
ENDED, SILENT, NEW, OTHERWISE = "ended", "silent too long", "new", "not eligible"
WHY = (ENDED, SILENT, NEW, OTHERWISE)


class ChurnDefinition(Statement):
    """Says who is asked about at a cut-off ``T`` and who has churned in ``[T + gap, T + gap + horizon)``.

    A definition of one's own says who is asked about in one of two ways: ``eligible(seen)`` says whether, ``not_asked(seen)``
    says why not; each follows from the other.

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

    def resolved(self, log: InteractionLog, *, at: np.datetime64 | None = None) -> Self:
        """Return the definition with everything said that it leaves to the log.

        Parameters
        ----------
        log : InteractionLog
        at : datetime64, optional
            Only what was known before it decides. Default: the end of the log.
        """
        return self

    def decided(self, log: InteractionLog) -> tuple[str, ...]:
        """Return in words what is decided on the log, and on what grounds."""
        return ()

    def eligible(self, seen: Seen) -> np.ndarray:
        """Return who is asked about, from the past of the cut-off alone; bool, shape ``(n,)``."""
        return self.not_asked(seen) == ""

    def not_asked(self, seen: Seen) -> np.ndarray:
        """Return why each row is not asked about, "" where it is; text (object), shape ``(n,)``."""
        if type(self).eligible is ChurnDefinition.eligible:
            raise NotImplementedError(f"{type(self).__name__} says neither who is eligible nor who is not asked about")
        return because((~self.eligible(seen), OTHERWISE))

    def already_silent(self, seen: Seen) -> np.ndarray:
        """Return who met the definition of churned at the cut-off already, and may return; bool, shape ``(n,)``."""
        return np.zeros(seen.cutoffs.size, dtype=bool)

    def ended(self, seen: Seen) -> np.ndarray:
        """Return who had ended just before the cut-off and was not back; bool, shape ``(n,)``. Default: nobody."""
        return np.zeros(seen.cutoffs.size, dtype=bool)

    @abstractmethod
    def churned(
        self, log: InteractionLog, customers: np.ndarray, cutoffs: np.ndarray, *, clock: str = "happened"
    ) -> np.ndarray:
        """Return who churned, on the clock of happening (or of knowing); bool, shape ``(n,)``."""

    def left_out(
        self, log: InteractionLog, customers: np.ndarray, cutoffs: np.ndarray, *, clock: str = "happened"
    ) -> np.ndarray:
        """Return whose outcome is neither stayed nor churned; bool, shape ``(n,)``."""
        return np.zeros(len(customers), dtype=bool)

    def acts(self, log: InteractionLog, customers: np.ndarray, cutoffs: np.ndarray) -> np.ndarray | None:
        """Return how many acts in the label window, of which one is enough, showed that a customer stayed; shape ``(n,)``.

        None where it is not by acts that a customer stays. Only what was known by the window's end counts.
        """
        return None

    def reasons(self, log: InteractionLog, customers: np.ndarray, cutoffs: np.ndarray) -> np.ndarray:
        """Return the reason that each row's customer gave for leaving in the label window, "" for none; object, ``(n,)``."""
        return np.full(len(customers), "", dtype=object)


class Planned(NamedTuple):
    """What `because` gives while a definition is written down: the number of the text of each row, 0 for none."""

    number: np.ndarray
    texts: tuple[str, ...]


def because(*reasons: tuple[np.ndarray, str]) -> np.ndarray:
    """Return a text a row: that of the last condition which holds, "" where none does; object, shape ``(n,)``."""
    if recorded(tuple(holds for holds, _ in reasons)) is not None:
        number: Any = 0
        for place, (holds, _) in enumerate(reasons, start=1):
            number = np.where(holds, place, number)
        return Planned(number, tuple(text for _, text in reasons))  # type: ignore[return-value]
    found = np.full(reasons[0][0].size, "", dtype=object)
    for holds, text in reasons:
        found[holds] = text
    return found


def activity(kinds: tuple[str, ...] | Where | None, *, but: tuple[str, ...] = ("cancel",)) -> Where:
    """Return the events that count as activity.

    With `kinds`, events of these kinds (or of this condition). Without, everything the customer took part in: not what the
    company sent (direction outbound), not events made from later-known columns, not the kinds in `but`.
    """
    if isinstance(kinds, Where):
        return kinds
    if kinds is not None:
        return where(kind=tuple(kinds))
    return where(unless={"direction": "outbound", "later": True, "kind": but})


def after_gap(gap: str) -> str:
    """Return the words for a gap between cut-off and label window, none where there is none."""
    length = span(gap, name="gap", zero=True)
    return Phrase("churn", "gap", gap=length) if length.microseconds else ""
