"""The panel: customers at cut-offs, and what became of them."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cxchurn._core import UsageError, instant, iso
from cxchurn.interactions import InteractionLog
from cxchurn.panel._definition import ChurnDefinition
from cxchurn.panel._late import as_known

_WIDTH = 80


@dataclass(frozen=True, eq=False, repr=False)
class Panel:
    """Customers at cut-offs, and whether they churned afterwards.

    Attributes
    ----------
    frame : DataFrame
        One row a customer and cut-off: ``customer_id``, ``cutoff`` (UTC), ``group`` (the cut-off's label), ``churned`` (0/1).
    log : InteractionLog
        Where the features of these rows come from.
    definition : ChurnDefinition
        What churned means here.
    summary : DataFrame
        One row a cut-off label: ``group``, ``eligible``, ``churned``, ``rate``, ``refused`` (eligible customers left out
        because their label window runs past what was observed), ``known_late`` (left out because they had ended before the
        cut-off, though that became known only later).
    purged : int
        Rows left out by `split` because their label would reach into the test cut-offs.
    relabelled : int
        Training rows of `split` whose label is the one known at the first test cut-off, and came out differently later.
    decided : tuple of str
        What was decided when the panel was made, in words: until when outcomes were observed and why, who was left out, how
        late outcomes become known.
    """

    frame: pd.DataFrame
    log: InteractionLog
    definition: ChurnDefinition
    summary: pd.DataFrame
    purged: int = 0
    relabelled: int = 0
    decided: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.frame)

    def __repr__(self) -> str:
        groups = self.summary["group"]
        which = "no cut-off" if groups.empty else str(groups.iloc[0])
        which += f" .. {groups.iloc[-1]}" if len(groups) > 1 else ""
        rate = f", {self.frame['churned'].mean():.1%} churned" if len(self) else ""
        lines = [f"Panel({len(self):,} rows, {which}{rate})"]
        lines += [textwrap.fill(note, _WIDTH, initial_indent="  ", subsequent_indent="    ") for note in self.notes]
        return "\n".join(lines)

    @property
    def notes(self) -> tuple[str, ...]:
        """What to know about these rows, in words."""
        if not self.relabelled:
            return self.decided
        changed = (
            f"{self.relabelled:,} labels are those known at the first test cut-off; they came out differently later."
        )
        return (*self.decided, changed)

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
        left_out = {name: kept[name] for name in ("refused", "known_late") if name in kept}
        return replace(self, frame=frame, summary=summarise(frame, **left_out))

    def split(self, at: object) -> tuple[Panel, Panel]:
        """Divide forward in time: test from `at` on, train on what was finished by then.

        Rows whose label window reaches beyond the first test cut-off are in neither (they are *purged*, and counted). Training
        labels are those that were known at the first test cut-off: what happened before it but became known after it is left
        to the test labels alone (such rows are counted as ``relabelled``).

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
        past, future = self.take(train), self.take(test)
        return replace(past.known_at(cutoffs[test].min()), purged=purged), replace(future, purged=0, relabelled=0)

    def known_at(self, at: np.datetime64) -> Panel:
        """Return the panel with the labels that were known before an instant.

        Parameters
        ----------
        at : datetime64[us]
            The label windows of all rows end by then.
        """
        labels, changed = as_known(self, at)
        if not changed:
            return self
        frame, counts = self.frame.assign(churned=labels), self.summary.set_index("group")
        left_out = {name: counts[name] for name in ("refused", "known_late") if name in counts}
        return replace(self, frame=frame, summary=summarise(frame, **left_out), relabelled=changed)


def summarise(frame: pd.DataFrame, refused: pd.Series, known_late: pd.Series | None = None) -> pd.DataFrame:
    """Count the panel's rows by cut-off label.

    Parameters
    ----------
    frame : DataFrame
        As in `Panel.frame`.
    refused : Series
        Refused rows by label; also names the labels that have no row.
    known_late : Series, optional
        Rows left out by label, because it became known only later that the customer had ended.
    """
    gone = pd.Series(dtype=np.int64) if known_late is None else known_late
    refused = refused.reindex([*refused.index, *gone.index.difference(refused.index, sort=False)], fill_value=0)
    counts = frame.groupby("group", sort=False)["churned"].agg(eligible="size", churned="sum")
    order = [*refused.index, *[group for group in counts.index if group not in refused.index]]
    table = counts.reindex(order, fill_value=0)
    missing, late = (one.reindex(order, fill_value=0).astype(np.int64) for one in (refused, gone))
    rate = table["churned"] / table["eligible"].where(table["eligible"] > 0)
    return pd.DataFrame(
        {
            "group": order,
            "eligible": (table["eligible"] + missing + late).to_numpy(dtype=np.int64),
            "churned": table["churned"].to_numpy(dtype=np.int64),
            "rate": rate.to_numpy(dtype=float),
            "refused": missing.to_numpy(),
            "known_late": late.to_numpy(),
        }
    )
