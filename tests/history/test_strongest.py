from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from cxchurn.history import History, as_of, strongest, where

from . import _oracle as o
from .history_questions import Worth, worth
from .history_rows import T, customers, flat, kind_of_ids, quick
from .test_laws import CUTOFF, SEVERAL


@SEVERAL
@given(drawn=customers())
def test_the_farthest_from_zero_and_the_last_of_equals(drawn):
    seen = as_of(History(quick(flat(drawn), kind_of_ids(drawn))), np.array(list(drawn)), np.full(len(drawn), CUTOFF))
    for start, window in ((None, seen), (T - 7 * o.DAY, seen.last("7D"))):
        found = strongest(window, Worth(), where(kind=("visit", "call")))
        for row, events in enumerate(drawn.values()):
            known = [e for e in o.between(events, start, T) if e["kind"] in ("visit", "call") and worth(e) is not None]
            best = max(reversed(known), key=lambda e: abs(worth(e)), default=None)
            expected = (np.nan, np.nan) if best is None else (worth(best), (T - o.place(best)) / o.DAY)
            assert (found.value[row], found.age[row]) == pytest.approx(expected, nan_ok=True)
