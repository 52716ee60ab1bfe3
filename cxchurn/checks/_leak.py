"""The proof that features do not know the future."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from cxchurn._core import CxchurnError, UsageError, instants, iso, listed
from cxchurn.checks._forged import forged_future
from cxchurn.features import Attributes, Builder, FeatureSet, screen, standard
from cxchurn.history import histories_of
from cxchurn.interactions import InteractionLog, known_before
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
    customers table is cut off and forged likewise: rows that begin later are gone or others, ends that come later are open or
    elsewhere, and what says whether a row is the current one is as it was. The labels known are learned anew each time. All
    three must agree bit for bit.

    What an undated attribute was at a cut-off cannot be made again from the table. An undated date after the cut-off is a
    proof that it was another: whoever asks for it fails. Of others only the outcome can tell: see `check_hindsight`.

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
    >>> cx.check_no_leak(cx.Effort(), log, cutoffs=["2024-06-01"])
          cutoff  rows  columns  future_events
    0 2024-06-01   257       38           6499
    """
    rng = np.random.default_rng(random_state)
    by_default = builders is None
    if builders is None:
        builders = standard(log, horizon)
    chosen = [builders] if isinstance(builders, Builder) else builders
    table = []
    for cutoff in instants(cutoffs if np.ndim(cutoffs) else [cutoffs]):
        past = known_before(log, cutoff)
        rows = _rows(past, cutoff, customers, rng)
        foreseen = _foreseen(chosen, log, rows, refuse=not by_default)
        whole = _features(foreseen, log, rows, churn)
        for what, other in (("is cut off", past), ("has another future", forged_future(log, cutoff, rng))):
            _compare(whole, _features(foreseen, other, rows, churn), what, cutoff)
        table.append((cutoff, len(rows), whole.shape[1], log.events.num_rows - past.events.num_rows))
    return pd.DataFrame(table, columns=["cutoff", "rows", "columns", "future_events"])


def _foreseen(
    builders: Sequence[Builder], log: InteractionLog, rows: pd.DataFrame, *, refuse: bool
) -> Sequence[Builder]:
    """Return the builders without undated dates that lie ahead; where they were asked for by name, that is a leak."""
    screened = screen(list(builders), log, rows["customer_id"].to_numpy(), rows["cutoff"].to_numpy())
    asked = {name for builder in builders if isinstance(builder, Attributes) for name in builder.names}
    wrong = [why for name, why in screened.impossible.items() if name in asked]
    if refuse and wrong:
        raise LeakError(
            f"{len(wrong)} attributes could not have been known at {iso(rows['cutoff'].iloc[0])}: {wrong[0]}."
        )
    return screened.builders


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
    # as bits: missing values are equal so, and 0 and -0 are not
    same = whole.to_numpy().view(np.int64) == other.to_numpy().view(np.int64)
    if not same.all():
        changed = [str(name) for name, ok in zip(whole.columns, same.all(axis=0), strict=True) if not ok]
        raise LeakError(
            f"{len(changed)} columns change when the log {what} at {iso(cutoff)}: {listed(changed)}.",
            allowed="features of events before the cut-off alone",
            hint="ask only the window that the builder is handed, and keep measures to one event at a time.",
        )
