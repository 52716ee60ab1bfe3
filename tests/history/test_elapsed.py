from __future__ import annotations

import numpy as np

from cxchurn.history import History, as_of, elapsed

from .history_rows import quick


def test_days_gone_by():
    cutoffs = np.array(["1970-01-03", "1970-01-11T12:00"], dtype="datetime64[us]")
    seen = as_of(History(quick([], "integer")), np.array([7, 1]), cutoffs)
    # the cut-offs are 2 and 10.5 days after the beginning of 1970
    assert elapsed(seen.last("1D"), np.array([1.0, 0.25])).tolist() == [1.0, 10.25]
    assert np.isnan(elapsed(seen, np.array([np.nan, 1.0]))).tolist() == [True, False]
