from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from cxchurn._core import UsageError
from cxchurn.datasets import Simulation, monthly_truth, simulate, write_simulation
from cxchurn.interactions import Schema, read_interactions


@pytest.fixture(scope="module")
def small() -> Simulation:
    return simulate(120, "2024-01-01", "2024-07-01", random_state=2)


def test_files_hold_the_tables(small: Simulation, tmp_path: Path) -> None:
    files = write_simulation(small, tmp_path / "new" / "folder")
    for path, frame in ((files.interactions, small.interactions), (files.customers, small.customers)):
        read = pd.read_parquet(path)
        assert list(read.columns) == list(frame.columns)
        assert len(read) == len(frame)
        for name in frame.columns:
            assert read[name].isna().equals(frame[name].isna()), name
            assert (read[name].dropna().astype(object) == frame[name].dropna().astype(object)).all(), name
    effects = json.loads(files.effects.read_text())
    assert [row["driver"] for row in effects] == small.effects["driver"].tolist()
    assert effects[-1]["half_life_days"] is None
    assert sorted(path.name for path in files.schema.parent.iterdir()) == sorted(path.name for path in files)


def test_a_folder_with_the_log_of_others_is_refused(small: Simulation, tmp_path: Path) -> None:
    (tmp_path / "customers.parquet").write_bytes(b"theirs")
    with pytest.raises(UsageError, match=r"holds customers\.parquet, and no earlier simulation"):
        write_simulation(small, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["customers.parquet"]
    assert write_simulation(small, tmp_path / "own") == write_simulation(small, tmp_path / "own")


def test_two_writings_give_equal_bytes(small: Simulation, tmp_path: Path) -> None:
    one, two = write_simulation(small, tmp_path / "one"), write_simulation(small, tmp_path / "two")
    assert all(a.read_bytes() == b.read_bytes() for a, b in zip(one, two, strict=True))


def test_the_log_reads_them_with_and_without_the_schema(small: Simulation, tmp_path: Path) -> None:
    files = write_simulation(small, tmp_path)
    schema = Schema.from_toml(files.schema)
    assert schema.measures == ("items", "discount")
    for given in (schema, None):
        log = read_interactions(files.interactions, given, customers=files.customers)
        assert len(log) == len(small.interactions)
        assert log.validation.ok
        assert log.observed_until == small.end


def test_truth_is_asked_about_the_active_at_the_first_of_the_month(small: Simulation) -> None:
    truth = monthly_truth(small, horizon="30D", active_within="60D")
    # 60 days from 2024-01-01 are over on 2024-03-01 (2024 is a leap year); the end is a cut-off too
    assert truth["cutoff"].dt.strftime("%Y-%m").unique().tolist() == [
        "2024-03", "2024-04", "2024-05", "2024-06", "2024-07",
    ]  # fmt: skip
    rows = small.interactions
    own = rows[(rows["direction"] == "inbound") & (rows["kind"] != "cancel")]
    active = own[(own["known_at"] >= "2024-03-02") & (own["known_at"] < "2024-05-01")]
    assert truth.loc[truth["cutoff"] == "2024-05-01", "customer_id"].tolist() == sorted(set(active["customer_id"]))
    pairs = truth[["customer_id", "cutoff"]]
    np.testing.assert_allclose(truth["true_probability"], small.true_probability(pairs, horizon="30D"), atol=5e-7)


def test_a_period_too_short_for_a_cutoff_gives_an_empty_table() -> None:
    truth = monthly_truth(simulate(3, "2024-01-10", "2024-04-20", random_state=1), active_within="100D")
    assert list(truth.columns) == ["customer_id", "cutoff", "true_probability"]
    assert len(truth) == 0


def test_a_failed_writing_leaves_the_old_file_and_no_half_one(
    small: Simulation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = {path: path.read_bytes() for path in write_simulation(small, tmp_path)}

    def fail(table: object, part: Path, **_: object) -> None:
        part.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pq, "write_table", fail)
    with pytest.raises(UsageError, match="No space left on device"):
        write_simulation(small, tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == old
