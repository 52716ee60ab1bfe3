"""Money in several currencies is refused on every way in."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pytest

from cxchurn._core import DataError
from cxchurn.interactions import Schema, Source, read_interactions, validate_interactions

FRAME = pd.DataFrame(
    {
        "customer_id": ["a", "a", "b", "c"],
        "timestamp": ["2024-01-01", "2024-02-01", "2024-03-01", "2024-03-02"],
        "kind": ["purchase", "purchase", "purchase", "visit"],
        "value": [1.0, 2.0, 3.0, None],
        "currency": ["EUR", "USD", "eur ", "CHF"],
    }
)
ONE = FRAME.assign(currency=["EUR", " eur", None, "CHF"])  # a visit has no money


def ways(frame: pd.DataFrame, folder):
    frame.to_csv(folder / "log.csv", index=False)
    frame.to_parquet(folder / "log.parquet")
    frame.to_json(folder / "log.jsonl", orient="records", lines=True)
    return [frame, pa.table(frame), *(folder / name for name in ("log.csv", "log.parquet", "log.jsonl"))]


@pytest.mark.parametrize("more", [{}, {"on_error": "quarantine"}, {"memory_limit": "300MB"}, {"only": ["value"]}])
@pytest.mark.sampled(2)
def test_several_currencies_are_refused(more, tmp_path):
    # by every way in as usual, and read otherwise from the frame and from text
    every = slice(None) if not more else slice(0, 3, 2)
    for data in ways(FRAME, tmp_path)[every]:
        with pytest.raises(DataError, match=r"value is in 2 currencies \(EUR 2, USD 1 rows\)(.|\n)*convert it"):
            read_interactions(data, **more)
    for data in ways(ONE, tmp_path)[every]:
        assert len(read_interactions(data, **more)) == 4


def test_over_all_sources_together():
    schema = Schema(**{name: name for name in FRAME.columns})
    two = [Source(FRAME.iloc[[k]], schema) for k in (0, 1)]
    with pytest.raises(DataError, match="EUR 1, USD 1"):
        read_interactions(two)


def test_without_money_currencies_are_labels_like_others():
    log = read_interactions(FRAME.drop(columns="value"))
    assert {"currency"} <= log.roles


def test_checking_reports_it():
    found = validate_interactions(FRAME)
    assert [(one.rule, one.rows) for one in found.broken] == [("currency_mixed", 1)]
    assert "value is in 2 currencies" in str(found)
    assert validate_interactions(ONE).ok
