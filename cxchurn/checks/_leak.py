"""The proof that features do not know the future."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cxchurn._core import CxchurnError, UsageError, instants, iso, listed
from cxchurn.features import Builder, FeatureSet, standard
from cxchurn.history import histories_of
from cxchurn.interactions import InteractionLog, known_before, with_events
from cxchurn.panel import ChurnDefinition


class LeakError(CxchurnError):
    """A feature changed when only the future did."""


def check_no_leak(
    builders: Builder | Sequence[Builder] | None,
    log: InteractionLog,
    *,
    cutoffs: Any,
    customers: int = 1000,
    horizon: str = "60D",
    churn: ChurnDefinition | None = None,
    random_state: int = 0,
) -> pd.DataFrame:
    """Prove that nothing at or after a cut-off moves a feature by one bit.

    At each cut-off the features are made three times: from the whole log, from the log cut off there, and from a log whose
    future was forged (events shuffled among customers and columns, and moved in time, all at or after the cut-off). The
    labels known are learned anew each time. All three must agree bit for bit.

    Parameters
    ----------
    builders : Builder, list of Builder, or None
        What to check; None for the `standard` set.
    log : InteractionLog
        Any log.
    cutoffs : list of instants
        Where to check.
    customers : int, default 1000
        How many customers to look at, at most.
    horizon : str, default "60D"
        The horizon that the standard set's windows follow.
    churn : ChurnDefinition, optional
        Who is asked about and what became of them, for builders that compare with everybody.
    random_state : int, default 0

    Returns
    -------
    DataFrame
        One row a cut-off: ``cutoff``, ``rows``, ``columns``, ``future_events`` (events at or after it).

    Raises
    ------
    LeakError
        Naming the columns that changed.

    Examples
    --------
    >>> check_no_leak(Effort(), log, cutoffs=["2024-06-01"])  # doctest: +SKIP
    """
    rng = np.random.default_rng(random_state)
    if builders is None:
        builders = standard(log, horizon)
    chosen = [builders] if isinstance(builders, Builder) else builders
    table = []
    for cutoff in instants(cutoffs if np.ndim(cutoffs) else [cutoffs]):
        past = known_before(log, cutoff)
        rows = _rows(past, cutoff, customers, rng)
        whole = _features(chosen, log, rows, churn)
        for what, other in (("is cut off", past), ("has another future", forged_future(log, cutoff, rng))):
            _compare(whole, _features(chosen, other, rows, churn), what, cutoff)
        table.append((cutoff, len(rows), whole.shape[1], log.events.num_rows - past.events.num_rows))
    return pd.DataFrame(table, columns=["cutoff", "rows", "columns", "future_events"])


def forged_future(log: InteractionLog, cutoff: np.datetime64, rng: np.random.Generator) -> InteractionLog:
    """Return the log with the same past and an invented future of events at or after the cut-off."""
    events = log.events
    past = events.filter(pc.less(events["known_at"], pa.scalar(cutoff.astype(object), pa.timestamp("us"))))
    size = max(1, events.num_rows - past.num_rows)
    forged = {name: events[name].take(pa.array(rng.integers(0, events.num_rows, size))) for name in events.column_names}
    later = cutoff.astype(np.int64) + np.sort(rng.integers(0, 90 * 86_400_000_000, size))
    later[0] = cutoff.astype(np.int64)
    forged["known_at"] = pa.chunked_array([pa.array(later, pa.int64()).cast(pa.timestamp("us"))])
    forged["timestamp"] = forged["known_at"]
    return with_events(log, pa.concat_tables([past, pa.table(forged, schema=events.schema)]))


def _rows(past: InteractionLog, cutoff: np.datetime64, most: int, rng: np.random.Generator) -> pd.DataFrame:
    ids = histories_of(past).ids
    if not len(ids):
        raise UsageError(f"nobody is known before {iso(cutoff)}.", hint="check at later cut-offs.")
    chosen = np.sort(rng.choice(len(ids), min(most, len(ids)), replace=False))
    return pd.DataFrame({"customer_id": ids[chosen], "cutoff": np.full(len(chosen), cutoff)})


def _features(
    builders: Sequence[Builder], log: InteractionLog, rows: pd.DataFrame, churn: ChurnDefinition | None
) -> pd.DataFrame:
    return FeatureSet(builders, log=log, churn=churn).fit_transform(rows)


def _compare(whole: pd.DataFrame, other: pd.DataFrame, what: str, cutoff: np.datetime64) -> None:
    if list(whole.columns) != list(other.columns):
        changed = sorted(set(whole.columns) ^ set(other.columns))
        raise LeakError(f"the columns {listed(changed)} come and go when the log {what} at {iso(cutoff)}.")
    same = whole.to_numpy().view(np.int64) == other.to_numpy().view(np.int64)
    if not same.all():
        changed = [str(name) for name, ok in zip(whole.columns, same.all(axis=0), strict=True) if not ok]
        raise LeakError(
            f"{len(changed)} columns change when the log {what} at {iso(cutoff)}: {listed(changed)}.",
            allowed="features of events before the cut-off alone",
            hint="ask only the window that the builder is handed, and keep measures to one event at a time.",
        )
