"""The rows that features are asked for: customers at cut-offs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxchurn._core import Deferred, UsageError, as_pandas, did_you_mean, instants, listed
from cxchurn.history import customers_asked
from cxchurn.interactions import InteractionLog

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")

ROWS = ("customer_id", "cutoff")


def rows(X: pd.DataFrame, timezone: str = "UTC") -> tuple[pd.Series, np.ndarray]:
    """Read (customer_id, cutoff) rows: customers as they came, and cut-offs as datetime64[us]; text is on a zone's clock."""
    X = as_pandas(X)
    if not isinstance(X, pd.DataFrame):
        raise UsageError(
            f"the rows are a {type(X).__name__}.",
            allowed="a DataFrame with the columns customer_id and cutoff",
            hint="panel.frame" if hasattr(X, "frame") else None,
        )
    missing = [name for name in ROWS if name not in X.columns]
    if missing:
        raise UsageError(
            f"the rows lack {listed(missing)}; found {listed(X.columns)}.",
            allowed="the columns customer_id and cutoff",
            hint=did_you_mean(missing[0], map(str, X.columns)),
        )
    return X["customer_id"], instants(X["cutoff"], name="cutoff", timezone=timezone)


def rows_on(log: InteractionLog, X: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Read (customer_id, cutoff) rows as a log has them: customers by its ids, and cut-offs on the clock of its zone."""
    given, cutoffs = rows(X, log.timezone)
    return customers_asked(log, given, what="the rows"), cutoffs
