"""What an experience does to the risk: the same past with that experience as it usually is, through the real features."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pyarrow as pa

from cxchurn._core import Deferred, UsageError
from cxchurn.explanation._usual import Edit, experiences_of
from cxchurn.features import References
from cxchurn.interactions import InteractionLog, with_events
from cxchurn.model import ChurnModel, with_references
from cxchurn.panel import Panel

pc = Deferred("pyarrow.compute")

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")


def as_usual(
    model: ChurnModel,
    X: Panel | pd.DataFrame,
    *,
    experiences: Mapping[str, Edit] | None = None,
    references: References | None = None,
) -> pd.DataFrame:
    """Tell for each experience how much of a customer's risk is due to it not having been as it usually is.

    The customers' interactions are edited (no wait other than usual at that touchpoint, nobody passed on, a usual tone, ...),
    the features are made again of the edited past, and the model is asked again. What the log-odds lose by it is due to the
    experience. Unlike contributions this follows an experience through every column that it shows in, and it leaves alone
    what merely lies beside it there; but the numbers of several experiences do not add up to the whole.

    Costs the features of the rows once for each experience. It is association, as the model learned it, not effect.

    Parameters
    ----------
    model : ChurnModel
    X : Panel, or DataFrame with ``customer_id`` and ``cutoff``
        Of a log in memory. What is usual is taken from all its events: give the whole log, not that of one customer.
    experiences : mapping of name to edit, optional
        What is edited: from the events' table to the table as it usually is. Default: `USUAL`, those whose roles the log has.
    references : References, optional
        Newer tables about customers in general, from `refresh`. Default: the model's own.

    Returns
    -------
    DataFrame
        With the index of the rows: ``customer_id``, ``cutoff``, and for each experience what it adds to the log-odds, 0 where
        it was as usual.

    Examples
    --------
    >>> as_usual(model, test).columns.tolist()
    ['customer_id', 'cutoff', 'waits', 'transfers', 'open_matters', 'promises', 'tone', 'scores', 'care', 'bots']
    >>> from cxchurn.explanation import USUAL
    >>> as_usual(model, test, experiences={"waits": USUAL["waits"].edit}).columns.tolist()
    ['customer_id', 'cutoff', 'waits']
    """
    asked, log = with_references(model, references), _log_of(model, X)
    rows = (X.frame if isinstance(X, Panel) else X)[["customer_id", "cutoff"]]
    edits = experiences_of(log) if experiences is None else experiences
    score, found = asked.raw_score(X), rows.copy()
    # what is usual is taken from everybody, features are made of those asked about
    for name, edit in edits.items():
        edited = with_events(log, _only_of(rows, edit(log.events)))
        found[name] = score - asked.raw_score_of(asked.features_.with_log(edited).transform(rows))
    return found


def _log_of(model: ChurnModel, X: Panel | pd.DataFrame) -> InteractionLog:
    log = X.log if isinstance(X, Panel) else model.log if model.log is not None else model.features_.log
    if log is None:
        raise UsageError(
            "the rows came without a log.",
            allowed="a Panel, or a frame and a model with a log",
            hint="model.set_params(log=log); neither files nor pickles of a model hold interactions.",
        )
    return log


def _only_of(rows: pd.DataFrame, events: pa.Table) -> pa.Table:
    asked = pa.array(rows["customer_id"].unique().tolist())
    plain = events["customer_id"].cast(asked.type)
    return events.filter(pc.is_in(plain, value_set=asked))
