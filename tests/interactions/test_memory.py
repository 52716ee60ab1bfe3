"""A memory limit below what is possible is said before the work begins, and that more was held, after it."""

from __future__ import annotations

import logging

import duckdb
import pandas as pd
import pytest

from cxchurn._core import DataError, memory_mb, peak_memory_mb
from cxchurn.interactions import read_interactions, say_what_was_exceeded
from cxchurn.interactions.reading._engine import said_plainly

ROWS = pd.DataFrame({"customer_id": ["A"], "timestamp": pd.to_datetime(["2024-05-01T10:00"]), "kind": ["call"]})


def said(caplog: pytest.LogCaptureFixture, limit: str) -> list[str]:
    caplog.clear()
    with caplog.at_level(logging.WARNING, logger="cxchurn"):
        read_interactions(ROWS, memory_limit=limit)
    return [text for text in caplog.messages if "memory_limit" in text]


def test_a_limit_that_cannot_be_kept_is_said_first(caplog):
    (text,) = said(caplog, "60MiB")
    assert text.startswith("memory_limit is 60 MB, and this process holds ")
    assert said(caplog, "1TB") == []
    # what the process holds, 350 MB more, and some
    assert said(caplog, f"{int(memory_mb() + 450)}MiB") == []


@pytest.mark.parametrize("name", ["log.jsonl", "log.json", "log.csv", "log.parquet"])
def test_the_smallest_limit_reads_a_small_log_of_any_form(name, tmp_path):
    write = {"csv": ROWS.to_csv, "parquet": ROWS.to_parquet}.get(name.rpartition(".")[2])
    text = ROWS.astype({"timestamp": str}).to_json(orient="records", lines=True)
    (tmp_path / name).write_text(text) if write is None else write(tmp_path / name, index=False)
    assert len(read_interactions(tmp_path / name, memory_limit="1KB")) == 1


def test_too_little_memory_is_not_said_to_be_the_data_s_fault():
    with pytest.raises(DataError, match="cannot be read in as little memory") as raised, said_plainly("log.csv", "no"):
        raise duckdb.OutOfMemoryException("Out of Memory Error: failed to allocate data of size 32.0 MiB")
    assert raised.value.hint == "give a larger memory_limit, or free some memory."


@pytest.mark.parametrize(("limit", "peak", "count"), [("1GiB", 1023.9, 0), ("1GiB", 1024.1, 1), ("1GiB", None, 0)])
def test_a_limit_that_was_exceeded_is_said_after(limit, peak, count, caplog):
    with caplog.at_level(logging.WARNING, logger="cxchurn"):
        say_what_was_exceeded(limit, peak)
    assert len(caplog.messages) == count


def test_what_is_held_now_is_no_more_than_what_was_held_at_most():
    assert 0 < memory_mb() <= peak_memory_mb() + 1
