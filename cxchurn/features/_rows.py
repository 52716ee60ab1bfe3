"""The rows that features are asked for: customers at cut-offs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxchurn._core import UsageError, did_you_mean, instants, listed

ROWS = ("customer_id", "cutoff")


def rows(X: pd.DataFrame) -> tuple[pd.Series, np.ndarray]:
    """Read (customer_id, cutoff) rows: customers as they came, and cut-offs as datetime64[us]."""
    if not isinstance(X, pd.DataFrame):
        raise UsageError(
            f"the rows are a {type(X).__name__}.", allowed="a DataFrame with the columns customer_id and cutoff"
        )
    missing = [name for name in ROWS if name not in X.columns]
    if missing:
        raise UsageError(
            f"the rows lack {listed(missing)}; found {listed(X.columns)}.",
            allowed="the columns customer_id and cutoff",
            hint=did_you_mean(missing[0], map(str, X.columns)),
        )
    return X["customer_id"], instants(X["cutoff"], name="cutoff")
