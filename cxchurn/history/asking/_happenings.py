"""What happened to customers between two instants, event by event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cxchurn._core import Deferred
from cxchurn.history.asking._asking import Which, each_history
from cxchurn.history.asking._depth import ranges
from cxchurn.history.asking.measures._measure import Measure
from cxchurn.history.data._columns import EventColumn, Labels, Times
from cxchurn.history.data._history import History
from cxchurn.history.data._run import run
from cxchurn.history.kernels import _kernels
from cxchurn.interactions import InteractionLog

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")


def happenings(
    log: InteractionLog,
    customers: np.ndarray,
    since: np.ndarray,
    until: np.ndarray,
    *,
    columns: Sequence[str] = (),
    measures: Mapping[str, Measure] | None = None,
) -> pd.DataFrame:
    """Return what became known of customers between two instants, in the order in which features see it.

    Parameters
    ----------
    log : InteractionLog
        In memory or on disk.
    customers : ndarray, shape (n,)
        Their ids, each once.
    since, until : ndarray of datetime64[us], shape (n,)
        Events known in ``[since, until)``.
    columns : sequence of str
        Columns of the events that are wanted; those that the log lacks are missing everywhere.
    measures : mapping of name to Measure, optional
        Numbers that are worked out for each event.

    Returns
    -------
    DataFrame
        One row an event, by customer, then time: ``row`` (which of `customers`), ``number`` (1 for the customer's first event
        of all), ``known_at``, the columns and the measures.
    """
    begin, end = (np.asarray(one, dtype="datetime64[us]").astype(np.int64) for one in (since, until))
    wanted = measures or {}

    def look(rows: Which, history: History, local: np.ndarray) -> pd.DataFrame:
        first, stop = ranges(history, local)
        lo, hi = (
            run(_kernels.search, local.size, history.place, first, stop, at[rows], dtype=np.int64)
            for at in (begin, end)
        )
        sizes = np.maximum(hi - lo, 0)
        within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        events = within + np.repeat(lo, sizes)
        asked = np.arange(begin.size)[rows]
        table: dict[str, Any] = {
            "row": np.repeat(asked, sizes),
            "number": events - np.repeat(first, sizes) + 1,
            "known_at": history.place[events].view("datetime64[us]"),
        }
        table |= {name: _plain(history.columns.get(name), events) for name in columns}
        table |= {name: measure.column(history).values[events] for name, measure in wanted.items()}
        return pd.DataFrame(table)

    found = pd.concat(list(each_history(log, np.asarray(customers), look)), ignore_index=True)
    return found.sort_values(["row", "number"], ignore_index=True)


def _plain(column: EventColumn | None, events: np.ndarray) -> Any:
    if column is None:
        return pd.Series([None] * events.size, dtype=object)
    if isinstance(column, Labels):
        # said to be objects, lest it depend on the labels and on the version of pandas what they are
        return pd.Series(np.array([*column.levels, None], dtype=object)[column.values[events]], dtype=object)
    return column.values[events].view("datetime64[us]") if isinstance(column, Times) else column.values[events]
