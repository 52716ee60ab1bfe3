"""The value that stands out, time gone by, and the state matters are in."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from cxchurn.history import History, as_of, elapsed, strongest, where

from . import _oracle as o
from .history_questions import Worth, worth
from .history_rows import T, customers, flat, kind_of_ids, quick
from .test_laws import CUTOFF, SEVERAL


@SEVERAL
@given(drawn=customers())
def test_the_farthest_from_zero_and_the_last_of_equals(drawn):
    seen = as_of(History(quick(flat(drawn), kind_of_ids(drawn))), np.array(list(drawn)), np.full(len(drawn), CUTOFF))
    for days, window in ((None, seen), (7, seen.last("7D"))):
        found = strongest(window, Worth(), where(kind=("visit", "call")))
        for row, events in enumerate(drawn.values()):
            known = o.between(events, None if days is None else T - days * o.DAY, T)
            chosen = [e for e in known if e["kind"] in ("visit", "call") and worth(e) is not None]
            best = max(reversed(chosen), key=lambda e: abs(worth(e)), default=None)
            expected = (np.nan, np.nan) if best is None else (worth(best), (T - o.place(best)) / o.DAY)
            assert (found.value[row], found.age[row]) == pytest.approx(expected, nan_ok=True)


def test_days_gone_by():
    log = quick([], "integer")
    cutoffs = np.array(["1970-01-03", "1970-01-11T12:00"], dtype="datetime64[us]")
    seen = as_of(History(log), np.array([7, 1]), cutoffs)
    assert elapsed(seen.last("1D"), np.array([1.0, 0.25])).tolist() == [1.0, 10.25]
    assert np.isnan(elapsed(seen, np.array([np.nan, 1.0]))).tolist() == [True, False]
