"""Making panels from a churn definition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cxchurn._core import (
    DataError,
    Deferred,
)
from cxchurn.history import histories_of
from cxchurn.interactions import InteractionLog
from cxchurn.panel._asked import Asked, asked_about
from cxchurn.panel._late import delay_words, known_late
from cxchurn.panel._notes import left_out_words, not_asked_words, reason_words, refuse_all, refused_words, who_is_not
from cxchurn.panel._observed import observed_end
from cxchurn.panel._panel import Panel
from cxchurn.panel._summary import by_group, summarise
from cxchurn.panel.churn._counted import what_counts
from cxchurn.panel.churn._definition import ChurnDefinition
from cxchurn.panel.churn._kinds import spelled_alike
from cxchurn.panel.cutoffs._cutoffs import to_cutoffs

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")


def make_panel(log: InteractionLog, churn: ChurnDefinition, *, cutoffs: Any) -> Panel:
    """Look at the customers at each cut-off: who was there, and who churned afterwards.

    What a definition leaves to the log (what ends a customer, what shows that somebody is back) is decided on the whole log,
    said in the notes, and part of the panel's definition from then on: it is the meaning of the question. `Panel.split` says
    where the log would have decided otherwise at the first test cut-off.

    Rows whose label window runs past what was observed are refused and counted: an unfinished future is not "stayed", and a
    load that stopped is not "churned". Observation ends with the log, or earlier, where what the definition counts stopped
    arriving (`observed_end`). Who had ended before the cut-off, though that became known only later, is left out and counted.

    Parameters
    ----------
    log : InteractionLog
        The interactions.
    churn : ChurnDefinition
        `Inactivity` or `Cancellation`.
    cutoffs : Cutoffs, list or instant
        `monthly`, `weekly`, `every`, `after_first`, `after_interactions`, `before`, or instants; or a list of some of these.

    Returns
    -------
    Panel
        Rows ordered by cut-off, then customer.

    Raises
    ------
    UsageError
        For cut-offs outside the log, or where no label window ends within what was observed.
    DataError
        Where nobody is eligible.

    Examples
    --------
    >>> panel = cx.make_panel(log, cx.Inactivity("60D"), cutoffs=cx.monthly("2024-01-01"))
    >>> panel.frame.columns.tolist()
    ['customer_id', 'cutoff', 'group', 'churned', 'already_silent']
    """
    churn.check(log)
    definition = churn.resolved(log)
    rows, asked = rows_at(log, definition, cutoffs)
    if not asked.asked.any():
        raise DataError(
            f"nobody is eligible at any cut-off, by {churn!r}{who_is_not(asked)}.",
            allowed="at least one customer who was active before a cut-off",
            hint="choose later cut-offs, or another churn definition (such as a longer active_within, or other kinds).",
        )
    rows = rows[asked.asked].reset_index(drop=True)
    ending = observed_end(log, definition)
    # an unfinished future is not a customer who stayed: such rows are refused and counted, never labelled
    finished = np.asarray(rows["cutoff"].to_numpy() + definition.reach <= ending.until)
    if not finished.any():
        refuse_all(log, definition, rows["cutoff"].to_numpy(), ending)
    counts = {"refused": by_group(rows, ~finished)}
    frame, aside = _labelled(rows.loc[finished].reset_index(drop=True), log, definition)
    counts |= {why: by_group(aside, (aside["why"] == why).to_numpy()) for why in ("left_out", "known_late")}
    decided = [
        *churn.decided(log),
        *spelled_alike(log, definition),
        *what_counts(log, definition),
        *not_asked_words(asked),
        *ending.said,
        *refused_words(rows, finished, ending),
        *left_out_words(counts["left_out"], counts["known_late"], definition),
        *delay_words(log, definition),
        *reason_words(frame, log, definition),
    ]
    summary = summarise(frame, **counts)
    return Panel(frame, log, definition, summary, decided=tuple(decided), aside=aside, given=churn)


def rows_at(log: InteractionLog, definition: ChurnDefinition, cutoffs: Any) -> tuple[pd.DataFrame, Asked]:
    """Return every customer known at each cut-off, by cut-off, then customer, and who of them is asked about.

    Parameters
    ----------
    log : InteractionLog
    definition : ChurnDefinition
        With everything said that it leaves to the log.
    cutoffs : Cutoffs, list or instant

    Returns
    -------
    rows : DataFrame
        ``customer_id``, ``cutoff``, ``group``, ``already_silent``.
    asked : Asked
    """
    histories = histories_of(log)
    customers, times, groups = to_cutoffs(cutoffs).rows(histories, log)
    # one order, whatever the order of cut-offs asked for: seeds then draw the same rows
    order = np.lexsort((histories.positions(customers), times))
    rows = pd.DataFrame({"customer_id": customers[order], "cutoff": times[order], "group": groups[order]})
    asked = asked_about(log, definition, customers[order], times[order])
    return rows.assign(already_silent=asked.already_silent), asked


def outcomes(rows: pd.DataFrame, log: InteractionLog, churn: ChurnDefinition) -> tuple[np.ndarray, np.ndarray]:
    """Return what became of rows: who churned (int8), and why a row is left out ("left_out", "known_late" or "")."""
    customers, times = rows["customer_id"].to_numpy(), rows["cutoff"].to_numpy()
    churned = churn.churned(log, customers, times).astype(np.int8)
    why = np.where(churn.left_out(log, customers, times), "left_out", "").astype(object)
    why[known_late(log, churn, customers, times)] = "known_late"
    return churned, why


def _labelled(rows: pd.DataFrame, log: InteractionLog, churn: ChurnDefinition) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the panel's frame, and the rows that are left out, with why.

    left_out: they neither stayed nor churned; known_late: they had ended before the cut-off, though that became known only
    later.
    """
    churned, why = outcomes(rows, log, churn)
    late, out = why == "known_late", why == "left_out"
    if late.all():
        raise DataError(
            f"all {late.size:,} rows are left out: the customers had ended by then, though that became known only later.",
            hint="choose earlier cut-offs.",
        )
    if (out | late).all():
        raise DataError(
            f"all {out.size:,} rows are left out: they neither stayed nor churned, by {churn!r}.",
            hint="name fewer reasons in but=, or choose other cut-offs.",
        )
    frame = rows.assign(churned=churned)[["customer_id", "cutoff", "group", "churned", "already_silent"]]
    aside = frame.assign(why=why)[out | late]
    return frame[~(out | late)].reset_index(drop=True), aside.reset_index(drop=True)
