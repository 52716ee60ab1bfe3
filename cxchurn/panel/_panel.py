"""The panel: customers at cut-offs, and what became of them."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cxchurn._core import Deferred, UsageError, html_list, html_result, instant, instants, iso
from cxchurn.history import customers_asked
from cxchurn.interactions import InteractionLog
from cxchurn.panel._asked import asked_about
from cxchurn.panel._late import as_known, as_left_out
from cxchurn.panel._summary import by_reason, html_of, silent_words, summarise
from cxchurn.panel.churn._definition import ChurnDefinition
from cxchurn.words import Phrase

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")

_WIDTH = 80


@dataclass(frozen=True, eq=False, repr=False)
class Panel:
    """Customers at cut-offs, and whether they churned afterwards.

    Attributes
    ----------
    frame : DataFrame
        One row a customer and cut-off: ``customer_id``, ``cutoff`` (UTC), ``group`` (the cut-off's label), ``churned`` (0/1),
        ``already_silent`` (whether the customer met the definition of churned at the cut-off already, and may return); of
        own labels also ``position`` (the row's place in the table that was given).
    log : InteractionLog
        Where the features of these rows come from.
    definition : ChurnDefinition
        What churned means here, with everything said that is decided on the log.
    summary : DataFrame
        One row a cut-off label: ``group``, ``eligible``, ``churned``, ``rate``, ``refused`` (eligible customers left out
        because their label window runs past what was observed), ``left_out`` (eligible customers whose outcome is neither
        stayed nor churned), ``known_late`` (left out because they had ended before the cut-off, though that became known only
        later), ``already_silent`` (rows).
    purged : int
        Rows left out by `split` because their label would reach into the test cut-offs.
    relabelled : int
        Training rows of `split` whose label is the one known at the first test cut-off, and came out differently later.
    decided : tuple of str
        What was decided when the panel was made, in words, such as until when outcomes were observed; `notes` has more.
    aside : DataFrame, optional
        The rows that are left out for what is known of their outcome (``why``: left_out or known_late): in a training part
        they come back where that was not known yet.
    given : ChurnDefinition, optional
        The definition as it was given, with what it leaves to the log left open.
    """

    frame: pd.DataFrame
    log: InteractionLog
    definition: ChurnDefinition
    summary: pd.DataFrame
    purged: int = 0
    relabelled: int = 0
    decided: tuple[str, ...] = ()
    aside: pd.DataFrame | None = None
    given: ChurnDefinition | None = None

    def __len__(self) -> int:
        return len(self.frame)

    def _headline(self) -> str:
        groups = self.frame.sort_values("cutoff", kind="stable")["group"].drop_duplicates()
        which = "no cut-off" if groups.empty else str(groups.iloc[0])
        which += f" .. {groups.iloc[-1]}" if len(groups) > 1 else ""
        rate = f", {self.frame['churned'].mean():.1%} churned" if len(self) else ""
        return f"{len(self):,} rows, {which}{rate}"

    def _repr_html_(self) -> str:
        return html_result("Panel", self._headline(), html_of(self.summary), html_list(self.notes))

    def __repr__(self) -> str:
        said = [f"Panel({self._headline()})"]
        said += [textwrap.fill(note, _WIDTH, initial_indent="  ", subsequent_indent="    ") for note in self.notes]
        return "\n".join(said)

    @property
    def notes(self) -> tuple[str, ...]:
        """What to know about these rows, in words: what was decided on the log, who was left out, who was silent already."""
        changed = (Phrase("churn", "relabelled", n=self.relabelled),) if self.relabelled else ()
        return (*self.decided, *silent_words(self.frame, self.definition), *changed)

    @property
    def by_reason(self) -> pd.DataFrame:
        """Those who churned by the reason they gave for leaving.

        Returns
        -------
        DataFrame
            ``reason`` (in a log without reasons the kind, such as "cancel"; "silent" for those who said nothing), ``churned``
            (rows), ``share``, the most frequent first.
        """
        return by_reason(self.frame[self.frame["churned"] == 1], self.log, self.definition)

    @property
    def y(self) -> np.ndarray:
        """Whether each row churned; int8, shape ``(n,)``."""
        return self.frame["churned"].to_numpy(dtype=np.int8)

    @property
    def cutoffs(self) -> np.ndarray:
        """Each row's cut-off; datetime64[us], shape ``(n,)``."""
        return self.frame["cutoff"].to_numpy(dtype="datetime64[us]")

    def take(self, rows: np.ndarray) -> Panel:
        """Return the panel of some of its rows.

        Parameters
        ----------
        rows : ndarray
            A bool mask or positions.
        """
        frame = self.frame.loc[rows] if np.asarray(rows).dtype == bool else self.frame.iloc[rows]
        frame = frame.reset_index(drop=True)
        kept = self.summary[self.summary["group"].isin(frame["group"].unique())].set_index("group")
        return replace(self, frame=frame, summary=summarise(frame, **_counted(kept)), aside=None)

    def past(self, rows: np.ndarray, at: np.datetime64) -> Panel:
        """Return the panel of some of its rows as one would have had it at an instant, by what was known before.

        Labels are those known then (`known_at`); rows of the same cut-offs that are left out for something which became
        known only later are in it, and rows that would have been left out then are not.

        Parameters
        ----------
        rows : ndarray
            A bool mask or positions; their label windows end by then.
        at : datetime64[us]
        """
        taken = self.take(rows).known_at(at)
        if self.aside is None:
            return taken
        back, gone = as_left_out(self.log, self.definition, taken.frame, self.aside, at)
        if not len(back) and not gone.any():
            return taken
        frame = pd.concat([taken.frame[~gone], back[taken.frame.columns]], ignore_index=True)
        frame = frame.sort_values(["cutoff", "customer_id"], kind="stable", ignore_index=True)
        counts = _counted(taken.summary.set_index("group"))
        for name, some in back.groupby("why"):
            counts[str(name)] = counts[str(name)].sub(some.groupby("group").size(), fill_value=0).astype(np.int64)
        counts["left_out"] = (
            counts["left_out"].add(taken.frame[gone].groupby("group").size(), fill_value=0).astype(np.int64)
        )
        relabelled = taken.relabelled + len(back) + int(gone.sum())
        return replace(taken, frame=frame, summary=summarise(frame, **counts), relabelled=relabelled)

    def split(self, at: object) -> tuple[Panel, Panel]:
        """Divide forward in time: test from `at` on, train on what was finished by then.

        Rows whose label window reaches beyond the first test cut-off are in neither (they are *purged*, and counted). Training
        labels are those that were known at the first test cut-off: what happened before it but became known after it is left
        to the test labels alone, also where it leaves a row out (such rows are counted as ``relabelled``).

        Parameters
        ----------
        at : str or datetime
            Where the test cut-offs begin; text without a zone is read on the clock of the log's.

        Returns
        -------
        train, test : Panel
        """
        cutoffs = self.cutoffs
        moment = instant(at, name="at", timezone=self.log.timezone)
        test = cutoffs >= moment
        if not test.any():
            raise UsageError(
                f"no cut-off is at or after {iso(moment)}: the test part would be empty.",
                allowed=f"up to {iso(cutoffs.max())}, the last cut-off" if len(self) else None,
                hint="split earlier, or make the panel with later cut-offs.",
            )
        train = cutoffs + self.definition.reach <= cutoffs[test].min()
        if not train.any():
            raise UsageError(
                f"no row is finished by {iso(cutoffs[test].min())}, the first test cut-off: the training part would be empty.",
                allowed=f"cut-offs whose labels end by then: {self.definition.horizon} (gap {self.definition.gap}) earlier",
                hint="split later, start the cut-offs earlier, or choose a shorter horizon.",
            )
        purged = int((~test & ~train).sum())
        first = cutoffs[test].min()
        past, future = self.past(train, first), self.take(test)
        decided = (*past.decided, *_decided_since(self, first))
        return replace(past, purged=purged, decided=decided), replace(future, purged=0, relabelled=0)

    def known_at(self, at: np.datetime64) -> Panel:
        """Return the panel with the labels that were known before an instant.

        Parameters
        ----------
        at : datetime64[us]
            The label windows of all rows end by then.
        """
        labels = as_known(self.log, self.definition, self.frame, at)
        changed = int((labels != self.y).sum())
        if not changed:
            return self
        frame = self.frame.assign(churned=labels)
        return replace(
            self, frame=frame, summary=summarise(frame, **_counted(self.summary.set_index("group"))), relabelled=changed
        )


def _decided_since(panel: Panel, at: np.datetime64) -> list[str]:
    """Say what the log would have decided otherwise at an instant."""
    if panel.given is None:
        return []
    then = panel.given.resolved(panel.log, at=at)
    if then == panel.definition:
        return []
    return [Phrase("panel", "decided_since", at=iso(at), then=repr(then), now=repr(panel.definition))]


def panel_of_outcomes(
    customers: Any, cutoffs: Any, churned: Any, *, log: InteractionLog, definition: ChurnDefinition
) -> Panel:
    """Return rows whose outcomes are known already as a panel, in their own order.

    Parameters
    ----------
    customers, cutoffs, churned : array-like, shape (n,)
        The outcomes are 0 and 1, or False and True.
    log : InteractionLog
    definition : ChurnDefinition
        What the outcomes mean.
    """
    outcomes = np.asarray(churned)
    if outcomes.shape != np.shape(customers) or not np.isin(outcomes, [0, 1]).all():
        raise UsageError(
            "the outcomes are not one 0 or 1 for each row of the frame.",
            allowed="0 and 1, or False and True, as many as there are rows",
            hint="ChurnModel(churn, log=log).fit(frame, y)",
        )
    who = customers_asked(log, customers, what="the rows")
    times, meant = instants(cutoffs, name="cutoff", timezone=log.timezone), definition.resolved(log)
    labels = {at: iso(at) for at in np.unique(times)}
    frame = pd.DataFrame({"customer_id": who, "cutoff": times, "group": [labels[at] for at in times]})
    frame["churned"] = outcomes.astype(np.int8)
    frame["already_silent"] = asked_about(log, meant, who, times).already_silent
    none_refused = pd.DataFrame({"group": frame["group"].unique(), "refused": 0})
    return Panel(frame, log, meant, none_refused).take(np.arange(len(frame)))


def _counted(summary: pd.DataFrame) -> dict[str, pd.Series]:
    return {name: summary[name] for name in ("refused", "left_out", "known_late") if name in summary}


def check_panel(given: Any, name: str) -> None:
    """Raise an error for what is no panel, such as the frame of one."""
    if not hasattr(given, "frame"):
        raise UsageError(
            f"{name} is a {type(given).__name__}.",
            allowed="a Panel",
            hint="make_panel(...) or panel_from_labels(...) make one; panel.frame is only its rows.",
        )
