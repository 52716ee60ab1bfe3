"""The careful colleague: which columns only make sense with hindsight."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple
from typing import Any

import numpy as np
import pandas as pd

from cxchurn._core import UsageError, iso
from cxchurn.checks._hindsight_customers import doubtful_attributes
from cxchurn.checks._hindsight_events import doubtful_columns
from cxchurn.checks._hindsight_table import Suspicions
from cxchurn.checks._suspicion import Suspicion
from cxchurn.interactions import InteractionLog
from cxchurn.model import still_here
from cxchurn.panel import ChurnDefinition, Panel, make_panel, observed_end

_COLUMNS = ("column", "where", "why", "evidence", "advice")
# rates and areas of suspicions need no more rows, and every column is looked at in several ways
_MOST = 20_000
# what was filled in afterwards shows at any cut-off: a few are enough, whole outcomes apart
_LOOKS = 8


def check_hindsight(
    log: InteractionLog, churn: ChurnDefinition, *, cutoffs: Any = None, random_state: int = 0
) -> pd.DataFrame:
    """Find the columns that only make sense with hindsight, before a model learns from them.

    Looks at the customers' attributes and at the columns of the interactions for: a time after the cut-off, or after the
    interaction it stands beside; the final value of a matter on all of its rows, also the first; a value that is filled in
    only for those who left; one column that alone tells who leaves, with an AUC above 0.95 among those still here (active
    within a horizon before the cut-off); the name of an outcome. Columns that only keep the customers table's books were left
    out when it was read (`CustomerTable.books`).

    Parameters
    ----------
    log : InteractionLog
        The interactions, with the customers table where there is one.
    churn : ChurnDefinition
        What churned means: those who left and the others are told apart by it.
    cutoffs : Cutoffs, list or instant, optional
        Where to look. Default: up to eight before the end of the log, each an outcome apart, so that everybody who left then
        is seen to leave.
    random_state : int, default 0
        For the rows looked at, where there are more than 20,000.

    Returns
    -------
    DataFrame
        One row a column, those proven first: ``column``, ``where`` ("customers" or "events"), ``why`` (the reasons),
        ``evidence`` (what was counted), ``advice`` (what to do). Empty where nothing was found, which is no proof: a value
        overwritten without a trace looks like any other. It prints as text, every word of it.

    Raises
    ------
    UsageError
        Where the log is too short for a cut-off with an outcome.

    Examples
    --------
    >>> print(cx.check_hindsight(log, cx.Inactivity("60D")))
    Nothing found, which is no proof: a value overwritten without a trace looks like any other.
    """
    panel = make_panel(log, churn, cutoffs=_looks(log, churn) if cutoffs is None else cutoffs)
    panel = _some(panel, np.random.default_rng(random_state))
    here = panel.take(still_here(panel))
    return _table([*doubtful_attributes(panel, here), *doubtful_columns(here)])


def _looks(log: InteractionLog, churn: ChurnDefinition) -> list[np.datetime64]:
    # a feed that stopped ends observation before the log does
    end = observed_end(log, churn.resolved(log)).until
    last = end - churn.reach
    if log.start is None or last <= log.start:
        raise UsageError(
            f"no cut-off has an outcome: the log begins on {iso(log.start) if log.start is not None else '?'} and ends on "
            f"{iso(end)}, an outcome takes {churn.horizon}.",
            hint="choose a shorter horizon.",
        )
    times = last - np.arange(_LOOKS) * churn.reach
    # of the log's first half too little is known
    half = log.start + (last - log.start) // 2
    return list(times[(times >= half) | (times == last)][::-1])


def _some(panel: Panel, rng: np.random.Generator) -> Panel:
    """The rows of as many customers as make 20,000 rows, about."""
    customers = panel.frame["customer_id"]
    who = customers.unique()
    most = max(1, len(who) * _MOST // max(len(panel), 1))
    if len(panel) <= _MOST:
        return panel
    return panel.take(customers.isin(who[rng.choice(len(who), most, replace=False)]).to_numpy())


def _table(found: Iterable[Suspicion]) -> pd.DataFrame:
    """One row a column: its reasons and their evidence, in the order found, which is that of their weight."""
    table = pd.DataFrame([astuple(one) for one in found], columns=list(_COLUMNS))
    if table.empty:
        return Suspicions(table)
    joined: dict[str, Any] = {"why": "; ".join, "evidence": "; ".join, "advice": "first"}
    return Suspicions(table.groupby(["column", "where"], sort=False, as_index=False).agg(joined)[list(_COLUMNS)])
