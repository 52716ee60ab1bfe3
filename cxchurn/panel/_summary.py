"""A panel in numbers and words: its rows by cut-off, by the reason for leaving, and those who were silent already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxchurn._core import Deferred, html_table, span
from cxchurn.interactions import InteractionLog
from cxchurn.panel.churn._definition import ChurnDefinition
from cxchurn.words import Phrase

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")

SILENTLY = "silent"
_MOST = 36  # cut-offs in a notebook
_COUNTED = {
    "eligible": "eligible",
    "churned": "churned",
    "rate": "rate",
    "refused": "refused",
    "left_out": "left out",
    "known_late": "known late",
    "already_silent": "already silent",
}


def summarise(
    frame: pd.DataFrame,
    refused: pd.Series,
    left_out: pd.Series | None = None,
    known_late: pd.Series | None = None,
) -> pd.DataFrame:
    """Count the panel's rows by cut-off label.

    Parameters
    ----------
    frame : DataFrame
        As in `Panel.frame`.
    refused : Series
        Refused rows by label; also names the labels that have no row.
    left_out : Series, optional
        Rows whose outcome is neither stayed nor churned, by label.
    known_late : Series, optional
        Rows left out by label, because it became known only later that the customer had ended.
    """
    silent = frame["already_silent"] if "already_silent" in frame else np.zeros(len(frame), dtype=bool)
    counts = (
        frame.assign(already_silent=silent)
        .groupby("group", sort=False)
        .agg(eligible=("churned", "size"), churned=("churned", "sum"), already_silent=("already_silent", "sum"))
    )
    outside = [pd.Series(dtype=np.int64) if one is None else one for one in (refused, left_out, known_late)]
    known = dict.fromkeys([*(group for one in outside for group in one.index), *counts.index])
    table = counts.reindex(list(known), fill_value=0)
    missing, out, late = (one.reindex(list(known), fill_value=0).to_numpy(dtype=np.int64) for one in outside)
    rate = table["churned"] / table["eligible"].where(table["eligible"] > 0)
    return pd.DataFrame(
        {
            "group": list(known),
            "eligible": table["eligible"].to_numpy(dtype=np.int64) + missing + out + late,
            "churned": table["churned"].to_numpy(dtype=np.int64),
            "rate": rate.to_numpy(dtype=float),
            "refused": missing,
            "left_out": out,
            "known_late": late,
            "already_silent": table["already_silent"].to_numpy(dtype=np.int64),
        }
    )


def by_group(rows: pd.DataFrame, which: np.ndarray) -> pd.Series:
    """Count some of the rows by cut-off label."""
    return pd.Series(which).groupby(rows["group"].to_numpy(), sort=False).sum().astype(np.int64)


def by_reason(left: pd.DataFrame, log: InteractionLog, definition: ChurnDefinition) -> pd.DataFrame:
    """Count rows that churned by the reason given; see `Panel.by_reason`."""
    reasons = definition.reasons(log, left["customer_id"].to_numpy(), left["cutoff"].to_numpy())
    counts = pd.Series(np.where(reasons == "", SILENTLY, reasons), dtype=object).value_counts()
    counts = counts.sort_index().sort_values(ascending=False, kind="stable")
    shares = counts.to_numpy(dtype=float) / max(1, len(left))
    return pd.DataFrame({"reason": list(counts.index), "churned": counts.to_numpy(dtype=np.int64), "share": shares})


def silent_words(frame: pd.DataFrame, definition: ChurnDefinition) -> list[str]:
    """Say how many rows met the definition of churned already, and what became of them beside the others."""
    silent = frame["already_silent"].to_numpy() if "already_silent" in frame else np.zeros(len(frame), dtype=bool)
    if not silent.any():
        return []
    left, horizon = frame["churned"].to_numpy(), span(definition.horizon)
    beside = "" if silent.all() else Phrase("churn", "beside", left=left[~silent].mean())
    size = {"n": int(silent.sum()), "rows": silent.size, "share": silent.mean(), "left": left[silent].mean()}
    return [Phrase("churn", "silent", **size, horizon=horizon, beside=beside, typed=repr(definition.horizon))]


def html_of(summary: pd.DataFrame) -> str:
    """Return the counts of a panel as a table for a notebook, without columns in which nothing was counted."""
    names = [
        one for one in _COUNTED if one in ("eligible", "churned", "rate") or (one in summary and summary[one].any())
    ]
    rows = ([row["group"], *(_cell(row[one]) for one in names)] for row in summary.to_dict("records"))
    return html_table(["cut-off", *(_COUNTED[one] for one in names)], rows, most=_MOST)


def _cell(value: float) -> str:
    if isinstance(value, float):
        return "–" if np.isnan(value) else f"{value:.1%}"
    return f"{value:,}"
