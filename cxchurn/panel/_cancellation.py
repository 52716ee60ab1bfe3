"""Churn as an event: contracts and subscriptions that are ended."""

from __future__ import annotations

import numpy as np

from cxchurn._core import span
from cxchurn.history import Populations, Seen, count_between, where
from cxchurn.interactions import InteractionLog
from cxchurn.panel._definition import ChurnDefinition, check_kinds

_RETURNS = ("purchase",)


class Cancellation(ChurnDefinition):
    """A customer under contract has churned when they end it.

    Eligible at ``T``: known before ``T`` and not cancelled, or back since the last cancellation: an interaction of one of
    the `returns` kinds after it starts a new life. Churned: a cancellation in ``[T + gap, T + gap + horizon)``.
    Who had cancelled before ``T``, though that became known only after it, is left out of a panel and counted (`known_late`):
    they had gone already, so they neither stayed nor left when asked about.

    Parameters
    ----------
    kind : str, default "cancel"
        The kind of interaction that ends the contract.
    horizon : str
        Length of the label window, such as ``"30D"``.
    gap : str, default "0D"
        Time between the cut-off and the label window, to have time to act.
    returns : tuple of str, default ("purchase",)
        The kinds that show a cancelled customer is back.

    Examples
    --------
    >>> Cancellation("cancel", horizon="30D")
    Cancellation(horizon='30D')
    """

    def __init__(
        self, kind: str = "cancel", *, horizon: str, gap: str = "0D", returns: tuple[str, ...] = _RETURNS
    ) -> None:
        self.kind = kind
        self.horizon = horizon
        self.gap = gap
        self.returns = returns

    @property
    def populations(self) -> Populations:
        """Whose act an event is: a cancellation ends a customer, all other own acts count as activity."""
        return Populations((self.kind,))

    @property
    def says(self) -> str:
        """The definition in words."""
        after = (
            ""
            if span(self.gap, zero=True).microseconds == 0
            else f", starting {span(self.gap).words} after the cut-off"
        )
        return f"customers who had not cancelled and then do ({self.kind}) within {span(self.horizon).words}{after}"

    def check(self, log: InteractionLog) -> None:
        """Raise an error for kinds that never occur in the log (but the default `returns`), or spans that are none."""
        check_kinds(log, (self.kind,), "kind")
        if self.returns != _RETURNS:
            check_kinds(log, self.returns, "returns")
        _ = self.reach, self.says

    def eligible(self, seen: Seen) -> np.ndarray:
        """Return who is under contract just before the cut-off; bool, shape ``(n,)``."""
        return (seen.count() > 0) & ~self.ended(seen)

    def ended(self, seen: Seen) -> np.ndarray:
        """Return who had cancelled before the cut-off and was not back; bool, shape ``(n,)``."""
        cancelled = seen.age(where(kind=self.kind))
        back = seen.age(where(kind=tuple(self.returns)))
        return ~np.isnan(cancelled) & ~(back < cancelled)

    def churned(
        self, log: InteractionLog, customers: np.ndarray, cutoffs: np.ndarray, *, clock: str = "happened"
    ) -> np.ndarray:
        """Return who cancelled in the label window; bool, shape ``(n,)``."""
        start, stop = self.label_window(cutoffs)
        return count_between(log, customers, start, stop, where(kind=self.kind), clock=clock) > 0
