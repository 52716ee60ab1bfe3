"""The panel: customers at cut-offs, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cxchurn._core import UsageError, instant, iso
from cxchurn.interactions import InteractionLog
from cxchurn.panel._definition import ChurnDefinition


@dataclass(frozen=True, eq=False)
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
        because their label window runs past the end of the log).
    purged : int
        Rows left out by `split` because their label would reach into the test cut-offs.
    """

    frame: pd.DataFrame
    log: InteractionLog
    definition: ChurnDefinition
    summary: pd.DataFrame
    purged: int = 0

    def __len__(self) -> int:
        return len(self.frame)

    def __repr__(self) -> str:
        groups = self.summary["group"]
        which = "no cut-off" if groups.empty else str(groups.iloc[0])
        which += f" .. {groups.iloc[-1]}" if len(groups) > 1 else ""
        rate = f", {self.frame['churned'].mean():.1%} churned" if len(self) else ""
        return f"Panel({len(self):,} rows, {which}{rate})"

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
        kept = self.summary[self.summary["group"].isin(frame["group"].unique())]
        return replace(self, frame=frame, summary=summarise(frame, kept.set_index("group")["refused"]))

    def split(self, at: object) -> tuple[Panel, Panel]:
        """Divide forward in time: test from `at` on, train on what was finished by then.

        Rows whose label window reaches beyond the first test cut-off are in neither (they are *purged*, and counted).

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
        return replace(self.take(train), purged=purged), replace(self.take(test), purged=0)


def summarise(frame: pd.DataFrame, refused: pd.Series) -> pd.DataFrame:
    """Count the panel's rows by cut-off label.

    Parameters
    ----------
    frame : DataFrame
        As in `Panel.frame`.
    refused : Series
        Refused rows by label; also names the labels that have no row.
    """
    counts = frame.groupby("group", sort=False)["churned"].agg(eligible="size", churned="sum")
    order = [*refused.index, *[group for group in counts.index if group not in refused.index]]
    table = counts.reindex(order, fill_value=0)
    missing = refused.reindex(order, fill_value=0).astype(np.int64)
    rate = table["churned"] / table["eligible"].where(table["eligible"] > 0)
    return pd.DataFrame(
        {
            "group": order,
            "eligible": (table["eligible"] + missing).to_numpy(dtype=np.int64),
            "churned": table["churned"].to_numpy(dtype=np.int64),
            "rate": rate.to_numpy(dtype=float),
            "refused": missing.to_numpy(),
        }
    )
