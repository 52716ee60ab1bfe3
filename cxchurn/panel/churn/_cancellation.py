"""Churn as an event: contracts and subscriptions that are ended."""

from __future__ import annotations

from typing import Self

import numpy as np

from cxchurn._core import UsageError, span
from cxchurn.history import Populations, Seen, Window, ask_as_of, asked_between, histories_of, populations, where
from cxchurn.interactions import InteractionLog
from cxchurn.panel.churn._definition import ENDED, NEW, SILENT, ChurnDefinition, after_gap, because
from cxchurn.panel.churn._kinds import EVER, check_labels, check_tuple, labels_in, named_like
from cxchurn.panel.churn._leaving import ROLE, Leaving
from cxchurn.words import Phrase, Together

ANY = "any"
_LIVELY = 5  # so many interactions after leaving, and one wonders whether they have left
# kinds that begin a contract, or begin it anew
STARTS = frozenset(
    {
        *("purchase", "order", "subscribe", "subscribed", "subscription", "subscriptionstart", "subscriptionstarted"),
        *(
            "resubscribe",
            "resubscribed",
            "signup",
            "signedup",
            "start",
            "started",
            "activate",
            "activated",
            "activation",
        ),
        *("reactivate", "reactivated", "reactivation", "renew", "renewed", "renewal", "resume", "resumed", "register"),
        *("registered", "registration", "join", "joined", "rejoin", "contract", "contractstart", "contractstarted"),
    }
)


class Cancellation(ChurnDefinition):
    """A customer under contract has churned when they end it.

    Eligible at ``T``: known before ``T`` (and active within `active_within`, if given) and not cancelled, or back since the
    last cancellation: an interaction of one of the `returns` kinds after it starts a new life.
    Churned: a cancellation in ``[T + gap, T + gap + horizon)``.
    Who had cancelled before ``T``, though that became known only after it, is left out of a panel and counted (`known_late`):
    they had gone already, so they neither stayed nor left when asked about. So is whoever cancels in the gap and is not back
    by its end.

    Parameters
    ----------
    kind : str, default "cancel"
        The kind of interaction that ends the contract.
    horizon : str
        Length of the label window, such as ``"30D"``.
    gap : str, default "0D"
        Time between the cut-off and the label window, to have time to act.
    active_within : str, optional
        How long ago the last act of their own may be. Default: ever, for a contract may run in silence.
    returns : tuple of str, or "any", optional
        The kinds that show a cancelled customer is back; ``"any"`` for any act of their own. Default: decided on the log:
        the kinds that sound like a new contract (purchase, subscribe, renewal, ...), where none occurs any act.
    but : tuple of str
        Reasons of a cancellation, such as ``("payment failed",)``, that are neither stayed nor churned: rows whose only
        cancellations have such a reason are left out, and counted.
    reason : str, default "reason"
        The column that holds the reasons: the role, or one of the log's categories.

    Examples
    --------
    >>> Cancellation("cancel", horizon="30D")
    Cancellation(horizon='30D')
    """

    def __init__(
        self,
        kind: str = "cancel",
        *,
        horizon: str,
        gap: str = "0D",
        active_within: str | None = None,
        returns: tuple[str, ...] | str | None = None,
        but: tuple[str, ...] = (),
        reason: str = ROLE,
    ) -> None:
        self.kind = kind
        self.horizon = horizon
        self.gap = gap
        self.active_within = active_within
        self.returns = returns
        self.but = but
        self.reason = reason

    @property
    def populations(self) -> Populations:
        """Whose act an event is: a cancellation ends a customer, all other own acts count as activity."""
        return populations((self.kind,))

    @property
    def says(self) -> str:
        """The definition in words."""
        within = None if self.active_within is None else span(self.active_within, name="active_within")
        who = Phrase("churn", "customers") if within is None else Phrase("churn", "customers_active", within=within)
        excused = Phrase("churn", "excused", reasons=Together(self.but, "or")) if self.but else ""
        about = {"kind": self.kind, "horizon": span(self.horizon), "excused": excused, "gap": after_gap(self.gap)}
        return Phrase("churn", "cancellation", who=who, **about)

    def check(self, log: InteractionLog) -> None:
        """Raise an error for kinds and reasons that never occur in the log, or spans that are none."""
        check_labels(log, "kind", (self.kind,), "kind")
        if self.returns != ANY:
            if self.returns == ():
                raise UsageError(
                    "returns is empty.", allowed="kinds, or 'any'", hint="leave it out to let the log decide."
                )
            check_labels(log, "kind", self.returns, "returns")  # type: ignore[arg-type]
        check_tuple(self.but, "but", "label")
        self._leaving.check(log)
        _ = self.reach, self.says

    def resolved(self, log: InteractionLog, *, at: np.datetime64 | None = None) -> Self:
        """Return the definition with `returns` decided on the log; see `ChurnDefinition.resolved`."""
        if self.returns is not None or "returns" not in self._names():
            return self  # a class of one's own that does not take it: any act shows that a customer is back
        present = labels_in(log, "kind", at=EVER if at is None else at)
        starts = tuple(kind for kind in named_like(present, STARTS) if kind != self.kind)
        return type(self)(**self.get_params() | {"returns": starts or ANY})

    def decided(self, log: InteractionLog) -> tuple[str, ...]:
        """Return in words what shows that a cancelled customer is back, and how many are not though they are active."""
        definition = self.resolved(log)
        back = Phrase("churn", "any_act")
        if definition.returns not in (None, ANY):
            back = Phrase("churn", "one_act", kinds=Together(definition.returns or (), "or"))
        ids, leaving, own = histories_of(log).ids, definition._leaving, self.populations.own

        def gone(seen: Seen) -> np.ndarray:
            lively = seen.all.age(own, nth=_LIVELY) < seen.all.age(leaving.ends)
            return leaving.gone(seen.all) * (1 + lively)

        states = ask_as_of(log, ids, np.full(ids.size, log.observed_until), gone)
        found = [Phrase("churn", "back", kind=self.kind, back=back)]
        if (states == 2).any():
            lively, gone_now = int((states == 2).sum()), int((states > 0).sum())
            found.append(Phrase("churn", "lively", n=lively, gone=gone_now, acts=_LIVELY))
        return tuple(found)

    def not_asked(self, seen: Seen) -> np.ndarray:
        """Return why each row is not asked about: "ended", "silent too long", "new" (nothing known), or "" if it is."""
        everything, own = seen.all, self.populations.own
        unknown = everything.count() == 0
        reasons = [(unknown, NEW), (self.ended(seen), ENDED)]
        if self.active_within is not None:
            within = span(self.active_within, name="active_within")
            silent, never = everything.last(within).count(own) == 0, everything.count(own) == 0
            reasons = [(silent, SILENT), (never, NEW), *reasons]
        return because(*reasons)

    def ended(self, seen: Seen) -> np.ndarray:
        """Return who had cancelled before the cut-off and was not back; bool, shape ``(n,)``."""
        return self._leaving.gone(seen.all)

    def churned(
        self, log: InteractionLog, customers: np.ndarray, cutoffs: np.ndarray, *, clock: str = "happened"
    ) -> np.ndarray:
        """Return who cancelled in the label window, for a reason that counts; bool, shape ``(n,)``."""
        counted = where(kind=self.kind)
        if self.but:
            counted &= where(unless={self.reason: tuple(self.but)})
        window = self.label_window(cutoffs)
        return asked_between(log, customers, *window, lambda inside: inside.count(counted) > 0, clock=clock)

    def left_out(
        self, log: InteractionLog, customers: np.ndarray, cutoffs: np.ndarray, *, clock: str = "happened"
    ) -> np.ndarray:
        """Return who cancelled in the label window for reasons in `but` alone, or was gone before it began.

        Whoever cancels in the gap and is not back by its end is none whom the label window can ask about.
        """
        start, stop = self.label_window(cutoffs)
        gone = asked_between(log, customers, cutoffs, start, self._leaving.gone, clock=clock)
        if not self.but:
            return gone
        ends = where(kind=self.kind)
        counted = ends & where(unless={self.reason: tuple(self.but)})

        def excused(window: Window) -> np.ndarray:
            return (window.count(ends) > 0) & (window.count(counted) == 0)

        return gone | asked_between(log, customers, start, stop, excused, clock=clock)

    def reasons(self, log: InteractionLog, customers: np.ndarray, cutoffs: np.ndarray) -> np.ndarray:
        """Return the reason of the last cancellation in the label window; see `ChurnDefinition.reasons`."""
        return self._leaving.reasons(log, customers, *self.label_window(cutoffs))

    @property
    def _leaving(self) -> Leaving:
        own = self.populations.own
        back = own if self.returns in (None, ANY) else own & where(kind=tuple(self.returns or ()))
        return Leaving((self.kind,), back, tuple(self.but), self.reason)
