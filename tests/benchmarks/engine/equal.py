"""Whether two ways of computing the features agree; asked before anything is timed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow.parquet as pq


def agree(found: str, expected: str, tolerance: float) -> dict[str, int]:
    """Refuse a table of features that differs from the expected one; columns it does not have are not looked at.

    Counts must be the same. All other numbers may differ by the tolerance, relative to the number or, near zero, to 1 (a
    euro, second, day or nat): sums of numbers with signs cancel, and every engine adds in its own order.
    """
    names = [name for name in pq.read_schema(found).names if name not in ("customer_id", "cutoff")]
    have, want = (_sorted(path, names) for path in (found, expected))
    if not have.index.equals(want.index):
        raise SystemExit(f"{found} has other rows than {expected}: {len(have):,}, not {len(want):,}")
    wrong = [name for name in names if not _alike(name, have[name], want[name], tolerance)]
    if wrong or not names:
        raise SystemExit(f"{found} differs from {expected} in {len(wrong)} of {len(names)} columns: {wrong[:5]}")
    return {"rows": len(have), "columns": len(names)}


def identical(found: str, expected: str) -> dict[str, int]:
    """Refuse a table of features that differs from the expected one in any bit."""
    have, want = (_sorted(path, None) for path in (found, expected))
    pd.testing.assert_frame_equal(have, want, check_exact=True)
    return {"rows": len(have), "columns": have.shape[1]}


def _sorted(path: str, names: list[str] | None) -> pd.DataFrame:
    columns = None if names is None else ["customer_id", "cutoff", *names]
    frame = pd.read_parquet(path, columns=columns).astype({"cutoff": "datetime64[us]"})
    return frame.set_index(["cutoff", "customer_id"]).sort_index()


def _alike(name: str, have: pd.Series, want: pd.Series, tolerance: float) -> bool:
    exact = name.startswith(("count_", "touchpoint_"))
    bound = 0.0 if exact else tolerance
    a, b = (column.to_numpy(dtype=np.float64) for column in (have, want))
    return bool(np.isclose(a, b, rtol=bound, atol=bound, equal_nan=True).all())
