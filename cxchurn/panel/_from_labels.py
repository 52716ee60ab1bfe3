"""Panels from a table of one's own, of who churned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cxchurn._core import DataError, Deferred, UsageError, as_pandas, did_you_mean, instants, listed, zone
from cxchurn.history import customers_asked, histories_of
from cxchurn.interactions import InteractionLog, absent_ids
from cxchurn.panel._asked import asked_about
from cxchurn.panel._notes import not_asked_words, refuse_all, who_is_not
from cxchurn.panel._observed import observed_end
from cxchurn.panel._panel import Panel
from cxchurn.panel._summary import by_group, summarise
from cxchurn.panel.churn._definition import ChurnDefinition
from cxchurn.panel.churn._own_labels import OwnLabels
from cxchurn.panel.cutoffs._cutoffs import label

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")


def panel_from_labels(
    log: InteractionLog, labels: Any, *, horizon: str, gap: str = "0D", churn: ChurnDefinition | None = None
) -> Panel:
    """Make a panel from your own table of who churned.

    Parameters
    ----------
    log : InteractionLog
        The interactions that features come from.
    labels : DataFrame, polars DataFrame or Arrow table
        Columns ``customer_id``, ``cutoff``, ``churned`` (0/1 or bool), one row a customer and cut-off.
    horizon, gap : str
        How far after the cut-off the labels look: needed to keep training and test apart.
    churn : ChurnDefinition, optional
        Says who is asked about, what ends a customer and what counts as activity: for who is eligible, for features that
        compare with everybody, and for the baselines. Its own horizon says who is silent already. Default: everybody known is
        asked about, and all own acts count.

    Returns
    -------
    Panel
        The rows in the order of `labels`; ``frame["position"]`` is each one's place in it. Customers of whom the log knows
        nothing before their cut-off are left out, so are those `churn` does not ask about and labels whose window runs past
        the end of the log: counted as ``refused``, and said in the notes.
    """
    frame = _checked(labels, log)
    given = OwnLabels(horizon, gap=gap, churn=churn)
    given.check(log)
    definition = given.resolved(log)
    asked = asked_about(log, definition, frame["customer_id"].to_numpy(), frame["cutoff"].to_numpy())
    if not asked.asked.any():
        raise DataError(
            f"no labelled customer is asked about at their cut-off{who_is_not(asked)}."
            if churn is not None
            else "no labelled customer has an interaction before their cut-off.",
            allowed="customer_id values and cut-offs that fit the log",
            hint=f"the log's customers look like {histories_of(log).ids.tolist()[0]!r}; "
            f"the labels' like {as_pandas(labels)['customer_id'].tolist()[0]!r}.",
        )
    kept = asked.asked & (frame["cutoff"].to_numpy() + definition.reach <= log.observed_until)
    if not kept.any():
        refuse_all(log, definition, frame["cutoff"].to_numpy()[asked.asked], observed_end(log, definition))
    refused = by_group(frame, ~kept).sort_index()
    frame = frame.assign(already_silent=asked.already_silent)
    frame = frame[["customer_id", "cutoff", "group", "churned", "already_silent", "position"]]
    frame = frame[kept].reset_index(drop=True)
    decided = (*given.decided(log), *not_asked_words(asked))
    return Panel(frame, log, definition, summarise(frame, refused), decided=decided)


def _checked(labels: Any, log: InteractionLog) -> pd.DataFrame:
    labels = as_pandas(labels)
    if not isinstance(labels, pd.DataFrame):
        raise UsageError(f"the labels are a {type(labels).__name__}.", allowed="a frame of pandas, polars or Arrow")
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
        (absent_ids(frame["customer_id"], what="the labels"), "rows lack the customer_id."),
    ):
        problems += [f"{rows.sum()} {says}"] if rows.any() else []
    try:
        frame["cutoff"] = instants(frame["cutoff"], name="cutoff", timezone=log.timezone)
    except UsageError as error:
        problems.append(error.found)
    if not problems:
        frame["customer_id"] = customers_asked(log, frame["customer_id"], what="the labels")
    twice = int(frame.duplicated(["customer_id", "cutoff"]).sum())
    problems += [f"{twice} rows repeat a customer and cut-off."] if twice else []
    if problems:
        raise DataError(
            "the labels cannot be used:\n" + "\n".join(f"  {problem}" for problem in problems),
            allowed="one row a customer and cut-off; churned 0 or 1, or False or True",
        )
    frame["churned"] = values.astype(np.int8)
    frame.insert(2, "group", [label(at, zone(log.timezone)) for at in frame["cutoff"].to_numpy(dtype="datetime64[us]")])
    return frame.assign(position=np.arange(len(frame)))
