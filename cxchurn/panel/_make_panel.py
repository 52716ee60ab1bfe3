"""Making panels: from a churn definition, or from labels of one's own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cxchurn._core import DataError, UsageError, did_you_mean, instants, iso, listed, zone
from cxchurn.history import Seen, answered, histories_of
from cxchurn.interactions import InteractionLog
from cxchurn.panel._cutoffs import label, to_cutoffs
from cxchurn.panel._definition import ChurnDefinition
from cxchurn.panel._late import delay_words, known_late
from cxchurn.panel._observed import Ending, observed_end
from cxchurn.panel._own_labels import OwnLabels
from cxchurn.panel._panel import Panel, summarise


def make_panel(log: InteractionLog, churn: ChurnDefinition, *, cutoffs: Any) -> Panel:
    """Look at the customers at each cut-off: who was there, and who churned afterwards.

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
        `monthly`, `weekly`, `every`, `after_first`, or instants.

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
    >>> panel = make_panel(log, Inactivity("60D"), cutoffs=monthly("2024-01-01"))  # doctest: +SKIP
    """
    churn.check(log)
    histories = histories_of(log)
    customers, times, groups = to_cutoffs(cutoffs).rows(histories, log)
    order = np.lexsort((histories.positions(customers), times))
    customers, times, groups = customers[order], times[order], groups[order]
    who = answered(log, customers, times, churn.eligible)
    if not who.any():
        raise DataError(
            f"nobody is eligible at any cut-off, by {churn!r}.",
            allowed="at least one customer who was active before a cut-off",
            hint="choose later cut-offs, or another churn definition (such as a longer active_within, or other kinds).",
        )
    customers, times, groups = customers[who], times[who], groups[who]
    ending = observed_end(log, churn)
    finished = times + churn.reach <= ending.until
    if not finished.any():
        _refuse_all(log, churn, times, ending)
    refused = _counted(groups, ~finished)
    customers, times, groups = customers[finished], times[finished], groups[finished]
    late = known_late(log, churn, customers, times)
    if late.all():
        raise DataError(
            f"all {late.size:,} rows are left out: the customers had ended by then, though that became known only later.",
            hint="choose earlier cut-offs.",
        )
    gone = _counted(groups, late)
    customers, times, groups = customers[~late], times[~late], groups[~late]
    churned = churn.churned(log, customers, times).astype(np.int8)
    frame = pd.DataFrame({"customer_id": customers, "cutoff": times, "group": groups, "churned": churned})
    decided = (*ending.said, *_late_words(late), *delay_words(log, churn))
    return Panel(frame, log, churn, summarise(frame, refused, gone), decided=decided)


def panel_from_labels(log: InteractionLog, labels: pd.DataFrame, *, horizon: str, gap: str = "0D") -> Panel:
    """Make a panel from your own table of who churned.

    Parameters
    ----------
    log : InteractionLog
        The interactions that features come from.
    labels : DataFrame
        Columns ``customer_id``, ``cutoff``, ``churned`` (0/1 or bool), one row a customer and cut-off.
    horizon, gap : str
        How far after the cut-off the labels look: needed to keep training and test apart.

    Returns
    -------
    Panel
        Customers of whom the log knows nothing before their cut-off are left out of it, and counted as ``refused``; so are
        labels whose window runs past the end of the log.
    """
    frame = _checked(labels, log.timezone)
    definition = OwnLabels(horizon, gap=gap)
    known = answered(log, frame["customer_id"].to_numpy(), frame["cutoff"].to_numpy(), Seen.count) > 0
    if not known.any():
        raise DataError(
            "no labelled customer has an interaction before their cut-off.",
            allowed="customer_id values and cut-offs that fit the log",
            hint=f"the log's customers look like {histories_of(log).ids.tolist()[0]!r}; "
            f"the labels' like {frame['customer_id'].tolist()[0]!r}.",
        )
    kept = known & (frame["cutoff"].to_numpy() + definition.reach <= log.observed_until)
    if not kept.any():
        _refuse_all(log, definition, frame["cutoff"].to_numpy()[known], observed_end(log, definition))
    refused = _counted(frame["group"].to_numpy(), ~kept)
    frame = frame[kept].reset_index(drop=True)
    return Panel(frame, log, definition, summarise(frame, refused))


def _counted(groups: np.ndarray, rows: np.ndarray) -> pd.Series:
    return pd.Series(rows).groupby(groups, sort=False).sum().astype(np.int64)


def _late_words(late: np.ndarray) -> tuple[str, ...]:
    if not late.any():
        return ()
    return (f"{late.sum():,} rows are left out: the customer had ended by then, though that became known only later.",)


def _refuse_all(log: InteractionLog, churn: ChurnDefinition, times: np.ndarray, ending: Ending) -> None:
    earliest = times.min() + churn.reach
    raise UsageError(
        f"no label window is finished: the first ends on {iso(earliest)}, {ending}.",
        allowed=f"a cut-off, a gap ({churn.gap}) and a horizon ({churn.horizon}) that end within what was observed"
        f" ({iso(log.start)} to {iso(ending.until)})",
        hint="choose earlier cut-offs or a shorter horizon."
        if ending.probability is None
        else "load what is missing, or read the log with observed_until= if it is complete; or choose earlier cut-offs.",
    )


def _checked(labels: pd.DataFrame, timezone: str) -> pd.DataFrame:
    wanted = ("customer_id", "cutoff", "churned")
    missing = [name for name in wanted if name not in labels.columns]
    if missing:
        raise DataError(
            f"the labels lack {listed(missing)}; found the columns {listed(labels.columns)}.",
            allowed=listed(wanted),
            hint=did_you_mean(missing[0], map(str, labels.columns)),
        )
    frame = labels.loc[:, list(wanted)].reset_index(drop=True)
    values = pd.to_numeric(frame["churned"], errors="coerce")
    problems = [] if len(frame) else ["there is no row."]
    for rows, says in (
        (~values.isin([0, 1]), "labels are neither 0 nor 1."),
        (frame["customer_id"].isna(), "rows lack the customer_id."),
    ):
        problems += [f"{rows.sum()} {says}"] if rows.any() else []
    try:
        frame["cutoff"] = instants(frame["cutoff"], name="cutoff", timezone=timezone)
    except UsageError as error:
        problems.append(error.found)
    twice = int(frame.duplicated(["customer_id", "cutoff"]).sum())
    problems += [f"{twice} rows repeat a customer and cut-off."] if twice else []
    if problems:
        raise DataError(
            "the labels cannot be used:\n" + "\n".join(f"  {problem}" for problem in problems),
            allowed="one row a customer and cut-off; churned 0 or 1, or False or True",
        )
    frame["churned"] = values.astype(np.int8)
    frame = frame.sort_values(["cutoff", "customer_id"], kind="stable").reset_index(drop=True)
    frame.insert(2, "group", [label(at, zone(timezone)) for at in frame["cutoff"].to_numpy(dtype="datetime64[us]")])
    return frame
