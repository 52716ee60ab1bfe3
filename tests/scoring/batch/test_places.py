"""What a path or an address means as a place for scores."""

from __future__ import annotations

import numpy as np
import pytest

from cxchurn._core import UsageError
from cxchurn.scoring.batch import place_of
from cxchurn.scoring.batch._duckdb import InDuckDB
from cxchurn.scoring.batch._files import InFile
from cxchurn.scoring.batch._postgres import InPostgres

NIGHT = np.datetime64("2025-01-01", "us")


@pytest.mark.parametrize(
    ("out", "kind", "target", "keeps_others"),
    [
        ("s.parquet", InFile, "s.parquet", False),
        ("S.CSV", InFile, "S.CSV", False),
        ("nights", InFile, "nights/scores.parquet", False),
        # a point in a folder's name is no ending, and a sharp is one only behind a database
        ("2024.11", InFile, "2024.11/scores.parquet", False),
        ("a#b.csv", InFile, "a#b.csv", False),
        ("w.duckdb#t", InDuckDB, "w.duckdb", True),
        ("W.DUCKDB#t", InDuckDB, "W.DUCKDB", True),
        ("w.ddb#t", InDuckDB, "w.ddb", True),
        ("w.db#t", InDuckDB, "w.db", True),
        ("postgresql://anna@localhost/shop#t", InPostgres, None, True),
    ],
)
def test_what_a_place_is(out, kind, target, keeps_others):
    place = place_of(out, NIGHT)
    assert type(place) is kind
    assert (None if place.target is None else str(place.target)) == target
    assert place.keeps_others is keeps_others


@pytest.mark.parametrize("out", ["w.duckdb", "w.duckdb#", "s.xlsx", "s.json"])
def test_what_is_no_place(out):
    with pytest.raises(UsageError, match=r"no table|cannot be written"):
        place_of(out, NIGHT)
