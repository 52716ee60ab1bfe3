from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from cxchurn._core import UsageError
from cxchurn.datasets import Simulation, _sample, load_sample, sample_files


@pytest.mark.prove
def test_the_sample_is_small_and_can_be_made_again(tmp_path: Path) -> None:
    sample = load_sample()
    assert sum(path.stat().st_size for path in sample) < 3_000_000
    made = sample_files(tmp_path)
    for lying, new in zip(sample, made, strict=True):
        assert pq.read_table(lying).equals(pq.read_table(new))
    for name in ("effects.json", "schema.toml"):
        assert (sample.interactions.parent / name).read_text() == (tmp_path / name).read_text()
    assert pq.read_table(sample.interactions.parent / "truth.parquet").equals(pq.read_table(tmp_path / "truth.parquet"))


def test_the_sample_is_the_default_simulation(simulation: Simulation) -> None:
    sample = load_sample()
    assert pq.read_metadata(sample.interactions).num_rows == len(simulation.interactions)
    assert f"{len(simulation.interactions):,} interactions" in (sample.interactions.parent / "SOURCE.md").read_text()
    assert pq.read_metadata(sample.customers).num_rows == len(simulation.customers)


def test_without_the_repository_one_is_told_how_to_make_the_sample(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_sample, "_IN_CLONE", tmp_path)
    with pytest.raises(UsageError, match=r"sample_files\('data/sample'\)"):
        load_sample()
