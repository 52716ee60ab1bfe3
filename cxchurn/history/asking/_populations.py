"""Whose act an event was: everything, the customer's own acts, and the activity among these."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from cxchurn._core import cached_property
from cxchurn.history.data._where import Where, where

NAMES = ("all", "own", "activity")


@dataclass(frozen=True)
class Populations:
    """Which events are the customer's own acts, and which of these are the activity whose end is churn.

    ``activity`` lies within ``own``, ``own`` within ``all``. Own is what the customer did: not what the company sent
    (direction outbound), not what only says that something became known (an event made from a later-known column), not what
    ends the customer. A log without a direction has nothing outbound.

    Parameters
    ----------
    ended_by : tuple of str
        The kinds that end a customer, such as ``("cancel",)``.
    counts : Where, optional
        Which own acts count as activity. Default: all of them.

    Examples
    --------
    >>> Populations(counts=where(kind="purchase")).conditions["activity"].tests[-1]
    ('kind', '==', ('purchase',))
    """

    ended_by: tuple[str, ...] = ()
    counts: Where | None = None

    @property
    def _not_theirs(self) -> dict[str, object]:
        ended: dict[str, object] = {"kind": self.ended_by} if self.ended_by else {}
        return {"direction": "outbound"} | ended

    @cached_property
    def conditions(self) -> dict[str, Where | None]:
        """The condition that each population sets on events; None for all events."""
        own = where(unless=self._not_theirs | {"later": True})
        return {"all": None, "own": own, "activity": own if self.counts is None else own & self.counts}

    @cached_property
    def payments(self) -> Where:
        """The condition on what customers paid: amounts above zero in own acts, and those that became known later.

        That an amount became known is no act; the amount is paid all the same.
        """
        return where(unless=self._not_theirs, at_least={"value": 1e-9})

    @property
    def own(self) -> Where:
        """The condition on the customer's own acts."""
        return self.conditions["own"] or Where()

    @property
    def activity(self) -> Where:
        """The condition on activity."""
        return self.conditions["activity"] or Where()


@lru_cache(maxsize=256)
def populations(ended_by: tuple[str, ...] = (), counts: Where | None = None) -> Populations:
    """Return the populations of a definition: the same object for the same ones, whose conditions are made once."""
    return Populations(ended_by, counts)
