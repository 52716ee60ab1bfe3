"""Churn as silence: customers of shops and services without a contract."""

from __future__ import annotations

import numpy as np

from cxchurn._core import span
from cxchurn.history import Populations, Seen, count_between, where
from cxchurn.interactions import InteractionLog
from cxchurn.panel._definition import ChurnDefinition, activity, check_kinds


class Inactivity(ChurnDefinition):
    """A customer who was active has churned when nothing more is heard from them.

    Eligible at ``T``: at least one activity before ``T`` (within `active_within`, if given).
    Churned: no activity in ``[T + gap, T + gap + horizon)``.

    Parameters
    ----------
    horizon : str
        Length of the label window, such as ``"60D"``.
    gap : str, default "0D"
        Time between the cut-off and the label window, to have time to act.
    active_within : str, optional
        How recently a customer must have been active to be asked about; default: ever.
    kinds : tuple of str, optional
        The kinds of interaction that count as activity. Default: all that the customer took part in, which leaves out
        outbound interactions, cancellations and events made from later-known columns.

    Examples
    --------
    >>> Inactivity("60D", active_within="90D")
    Inactivity(horizon='60D', active_within='90D')
    """

    def __init__(
        self, horizon: str, *, gap: str = "0D", active_within: str | None = None, kinds: tuple[str, ...] | None = None
    ) -> None:
        self.horizon = horizon
        self.gap = gap
        self.active_within = active_within
        self.kinds = kinds

    @property
    def populations(self) -> Populations:
        """Whose act an event is: what ends a customer, and which own acts count as activity."""
        return Populations(("cancel",), None if self.kinds is None else where(kind=tuple(self.kinds)))

    @property
    def says(self) -> str:
        """The definition in words."""
        what = " or ".join(self.kinds) if self.kinds else "activity of their own"
        who = (
            f"active in the last {span(self.active_within, name='active_within').words}"
            if self.active_within
            else "ever active"
        )
        after = (
            ""
            if span(self.gap, zero=True).microseconds == 0
            else f", starting {span(self.gap).words} after the cut-off"
        )
        return f"customers {who} who then show no {what} for {span(self.horizon).words}{after}"

    def check(self, log: InteractionLog) -> None:
        """Raise an error for kinds that never occur in the log, or spans that are none."""
        check_kinds(log, self.kinds, "kinds")
        _ = self.reach, self.says

    def eligible(self, seen: Seen) -> np.ndarray:
        """Return who was active before the cut-off; bool, shape ``(n,)``."""
        past = seen if self.active_within is None else seen.last(span(self.active_within, name="active_within"))
        return past.count(activity(self.kinds)) > 0

    def churned(
        self, log: InteractionLog, customers: np.ndarray, cutoffs: np.ndarray, *, clock: str = "happened"
    ) -> np.ndarray:
        """Return who stayed silent in the label window; bool, shape ``(n,)``."""
        start, stop = self.label_window(cutoffs)
        return count_between(log, customers, start, stop, activity(self.kinds), clock=clock) == 0
