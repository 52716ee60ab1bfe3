"""The rows that features are asked for: customers at cut-offs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxchurn._core import UsageError, as_pandas, did_you_mean, instants, listed

ROWS = ("customer_id", "cutoff")


def rows(X: pd.DataFrame, timezone: str = "UTC") -> tuple[np.ndarray, np.ndarray]:
    """Read (customer_id, cutoff) rows: customers, and cut-offs as datetime64[us]; text is read on the clock of a zone."""
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
    return X["customer_id"].to_numpy(), instants(X["cutoff"], name="cutoff", timezone=timezone)
