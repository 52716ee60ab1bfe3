"""Churn as silence: customers of shops and services without a contract."""

from __future__ import annotations

from typing import Self

import numpy as np

from cxchurn._core import UsageError, listed, span
from cxchurn.history import Populations, Seen, Where, Window, asked_between, populations, where
from cxchurn.interactions import InteractionLog
from cxchurn.panel.churn._counted import check_counts
from cxchurn.panel.churn._definition import ENDED, NEW, SILENT, ChurnDefinition, after_gap, because
from cxchurn.panel.churn._departures import Departure, departures_in
from cxchurn.panel.churn._kinds import check_activity, check_labels, check_tuple, counts_of, words_of
from cxchurn.panel.churn._leaving import ROLE, Leaving
from cxchurn.words import Phrase, Together


class Inactivity(ChurnDefinition):
    """A customer who was active has churned when nothing more is heard from them.

    Eligible at ``T``: at least one activity before ``T`` (within `active_within`, if given), and not gone: whoever has ended
    (a cancellation, say) is asked about again once they are back.
    Churned: no activity in ``[T + gap, T + gap + horizon)``, or an end in it that no activity follows within it.

    Where `active_within` is longer than the horizon, or left out, some are asked about who met the definition of churned at
    ``T`` already: they may return. They are marked (`already_silent`), counted and judged apart.

    Parameters
    ----------
    horizon : str
        Length of the label window, such as ``"60D"``.
    gap : str, default "0D"
        Time between the cut-off and the label window, to have time to act.
    active_within : str, optional
        How long ago the last activity may be. Default: ever.
    kinds : tuple of str, or Where, optional
        What counts as activity: kinds of interaction, or a condition such as
        ``cx.where(kind="purchase", at_least={"value": 0.01})``. Default: all that the customer took part in. What the company
        sent, and what only says that something became known, never counts.
    ended_by : tuple of str, optional
        The kinds that end a customer, none with ``()``. Default: decided on the log, for kinds that sound like it (cancel,
        unsubscribe, account closed, ...): such a kind ends a customer if at most a fifth of those with one are active again
        within a horizon. `make_panel` says what it found.
    returns : tuple of str, optional
        The kinds that show that somebody who had ended is back. Default: any activity.
    but : tuple of str
        Reasons of an end, such as ``("payment failed",)``, that are neither stayed nor churned: such rows are left out.
    reason : str, default "reason"
        The column that holds the reasons: the role, or one of the log's categories.

    Examples
    --------
    >>> Inactivity("60D", active_within="60D")
    Inactivity(horizon='60D', active_within='60D')
    """

    def __init__(
        self,
        horizon: str,
        *,
        gap: str = "0D",
        active_within: str | None = None,
        kinds: tuple[str, ...] | Where | None = None,
        ended_by: tuple[str, ...] | None = None,
        returns: tuple[str, ...] | None = None,
        but: tuple[str, ...] = (),
        reason: str = ROLE,
    ) -> None:
        self.horizon = horizon
        self.gap = gap
        self.active_within = active_within
        self.kinds = kinds
        self.ended_by = ended_by
        self.returns = returns
        self.but = but
        self.reason = reason

    @property
    def populations(self) -> Populations:
        """Whose act an event is: what ends a customer, and which own acts count as activity."""
        return populations(tuple(self.ended_by or ()), counts_of(self.kinds))

    @property
    def says(self) -> str:
        """The definition in words."""
        within = None if self.active_within is None else span(self.active_within, name="active_within")
        who = Phrase("churn", "ever") if within is None else Phrase("churn", "active", within=within)
        ends = Phrase("churn", "ends", kinds=Together(self.ended_by, "or")) if self.ended_by else ""
        horizon, gap = span(self.horizon), after_gap(self.gap)
        return Phrase("churn", "inactivity", who=who, kinds=words_of(self.kinds), horizon=horizon, gap=gap, ends=ends)

    def check(self, log: InteractionLog) -> None:
        """Raise an error for kinds that never occur in the log or contradict each other, or spans that are none."""
        _ = self.reach
        check_tuple(self.but, "but", "label")
        check_activity(log, self.kinds)
        for name in ("ended_by", "returns"):
            check_labels(log, "kind", getattr(self, name), name)
        _ = self.says
        both = [kind for kind in self.ended_by or () if kind in _named(self.kinds)]
        if both:
            raise UsageError(
                f"{listed(map(repr, both))} both counts as activity (kinds) and ends a customer (ended_by).",
                hint="leave it out of one of them.",
            )
        resolved = self.resolved(log)
        resolved._leaving.check(log)
        if self.kinds is not None:
            check_counts(log, resolved, self.kinds)

    def resolved(self, log: InteractionLog, *, at: np.datetime64 | None = None) -> Self:
        """Return the definition with `ended_by` decided on the log; see `ChurnDefinition.resolved`."""
        if self.ended_by is not None or "ended_by" not in self._names():
            return self  # a class of one's own that does not take it: nothing ends a customer
        ends = tuple(one.kind for one in self._departures(log, at) if one.ends)
        return type(self)(**self.get_params() | {"ended_by": ends})

    def decided(self, log: InteractionLog) -> tuple[str, ...]:
        """Return in words what ends a customer, and what the log shows of it."""
        left_to_the_log = self.ended_by is None and "ended_by" in self._names()
        said = None if left_to_the_log else tuple(self.ended_by or ())
        return tuple(one.words(said) for one in self._departures(log))

    def not_asked(self, seen: Seen) -> np.ndarray:
        """Return why each row is not asked about: "ended", "silent too long", "new" (no activity yet), or "" if it is."""
        everything, counts = seen.all, self.populations.activity
        never = everything.count(counts) == 0
        within = self.active_within and span(self.active_within, name="active_within")
        silent = everything.last(within).count(counts) == 0 if within else never
        return because((silent, SILENT), (never, NEW), (self.ended(seen), ENDED))

    def ended(self, seen: Seen) -> np.ndarray:
        """Return who had ended just before the cut-off and was not back; bool, shape ``(n,)``."""
        return self._leaving.gone(seen.all) if self.ended_by else super().ended(seen)

    def already_silent(self, seen: Seen) -> np.ndarray:
        """Return who was silent for longer than the horizon at the cut-off already; bool, shape ``(n,)``."""
        return seen.all.last(span(self.horizon, name="horizon")).count(self.populations.activity) == 0

    def churned(
        self, log: InteractionLog, customers: np.ndarray, cutoffs: np.ndarray, *, clock: str = "happened"
    ) -> np.ndarray:
        """Return who stayed silent in the label window, or left in it and did not come back; bool, shape ``(n,)``."""
        counts, leaving = self.populations.activity, self._leaving

        def left(window: Window) -> np.ndarray:
            silent = window.count(counts) == 0
            return silent | leaving.gone(window) if leaving.kinds else silent

        return asked_between(log, customers, *self.label_window(cutoffs), left, clock=clock)

    def acts(self, log: InteractionLog, customers: np.ndarray, cutoffs: np.ndarray) -> np.ndarray:
        """Return how many activities in the label window were known by its end; float64, shape ``(n,)``."""

        def count(window: Window) -> np.ndarray:
            return window.count(self.populations.activity)

        # on the clock of knowing: a training label that could not be known yet is none, and so is a number
        return asked_between(log, customers, *self.label_window(cutoffs), count, clock="known", dtype=np.float64)

    def left_out(
        self, log: InteractionLog, customers: np.ndarray, cutoffs: np.ndarray, *, clock: str = "happened"
    ) -> np.ndarray:
        """Return who left for one of the reasons in `but`, since the cut-off, and did not come back; bool, shape ``(n,)``."""
        if not self.but:
            return super().left_out(log, customers, cutoffs, clock=clock)
        leaving = self._leaving

        def excused(window: Window) -> np.ndarray:
            return leaving.gone(window) & leaving.excused(window)

        return asked_between(log, customers, cutoffs, cutoffs + self.reach, excused, clock=clock)

    def reasons(self, log: InteractionLog, customers: np.ndarray, cutoffs: np.ndarray) -> np.ndarray:
        """Return the reason of the last end in the label window, "" where there is none; see `ChurnDefinition.reasons`."""
        return self._leaving.reasons(log, customers, *self.label_window(cutoffs))

    @property
    def _leaving(self) -> Leaving:
        populations = self.populations
        back = populations.activity if self.returns is None else populations.own & where(kind=tuple(self.returns))
        return Leaving(populations.ended_by, back, tuple(self.but), self.reason)

    def _departures(self, log: InteractionLog, at: np.datetime64 | None = None) -> tuple[Departure, ...]:
        # a kind that counts as activity by its name is none
        said = tuple(self.ended_by or ())
        found = departures_in(log, self.horizon, Populations((), counts_of(self.kinds)).activity, kinds=said, at=at)
        return tuple(one for one in found if one.kind not in _named(self.kinds))


def populations_on(
    log: InteractionLog, churn: ChurnDefinition | None, *, horizon: str, at: np.datetime64 | None = None
) -> Populations:
    """Return whose act an event is by a churn definition, or by the log alone where there is none.

    Parameters
    ----------
    log : InteractionLog
    churn : ChurnDefinition or None
    horizon : str
        For deciding on the log what ends a customer, where there is no definition.
    at : datetime64, optional
        Only what was known before it decides.
    """
    return (Inactivity(horizon) if churn is None else churn).resolved(log, at=at).populations


def _named(kinds: tuple[str, ...] | Where | None) -> tuple[str, ...]:
    """Return the kinds that are named as activity."""
    if not isinstance(kinds, Where):
        return tuple(kinds or ())
    return tuple(
        str(value) for column, test, values in kinds.tests if (column, test) == ("kind", "==") for value in values
    )
