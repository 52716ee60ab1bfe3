from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxchurn._core import UsageError
from cxchurn.scoring import write_scores


@pytest.fixture
def scores() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "customer_id": ["C-2", "C-1", 'Ünal, "Ö"'],
            "churn_probability": [0.1 + 0.2, 1 / 3, np.nan],
            "band": ["high", "low", "not eligible"],
            "as_of": pd.to_datetime(["2024-11-05T13:20:00"] * 3).astype("datetime64[us]"),
        }
    )


def test_parquet_comes_back_as_it_was(scores, tmp_path):
    path = write_scores(scores, tmp_path / "new" / "scores.parquet")
    assert path == tmp_path / "new" / "scores.parquet"
    pd.testing.assert_frame_equal(pd.read_parquet(path), scores, check_exact=True)


def test_csv_keeps_every_bit_of_a_probability(scores, tmp_path):
    path = write_scores(scores, str(tmp_path / "scores.csv"))
    back = pd.read_csv(path, parse_dates=["as_of"], float_precision="round_trip")
    back["as_of"] = back["as_of"].dt.tz_convert("UTC").dt.tz_localize(None)
    pd.testing.assert_frame_equal(back, scores, check_exact=True, check_dtype=False)


@pytest.mark.parametrize(
    ("timezone", "said"),
    [
        (None, "2024-11-05 13:20:00+00:00"),
        ("UTC", "2024-11-05 13:20:00+00:00"),
        ("Europe/Berlin", "2024-11-05 14:20:00+01:00"),
        ("America/St_Johns", "2024-11-05 09:50:00-03:30"),
    ],
)
def test_csv_says_the_zone_of_its_cutoff(timezone, said, scores, tmp_path):
    scores.attrs = {} if timezone is None else {"timezone": timezone}
    path = write_scores(scores, tmp_path / "scores.csv")
    assert set(pd.read_csv(path)["as_of"]) == {said}


def test_a_folder_gets_a_parquet_file(scores, tmp_path):
    assert write_scores(scores, tmp_path / "out") == tmp_path / "out" / "scores.parquet"


@pytest.mark.parametrize("name", ["scores.parquet", "scores.csv"])
def test_equal_scores_are_equal_bytes(name, scores, tmp_path):
    one, two = (write_scores(scores, tmp_path / folder / name).read_bytes() for folder in ("one", "two"))
    assert one == two


def test_an_older_file_is_replaced(scores, tmp_path):
    path = tmp_path / "scores.csv"
    path.write_text("older")
    write_scores(scores, path)
    assert path.read_text().startswith("customer_id,churn_probability")
    assert path.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("name", ["scores.parquet", "scores.csv"])
def test_a_failure_leaves_the_older_file_alone(name, scores, tmp_path, monkeypatch):
    path = tmp_path / name
    path.write_text("older")

    def half(self, target, **kwargs):
        with open(target, "w") as file:
            file.write("half of it")
        raise KeyboardInterrupt

    monkeypatch.setattr(pd.DataFrame, "to_csv", half)
    monkeypatch.setattr(pd.DataFrame, "to_parquet", half)
    with pytest.raises(KeyboardInterrupt):
        write_scores(scores, path)
    assert path.read_text() == "older"
    assert [left.name for left in tmp_path.iterdir()] == [name]


def test_where_nothing_can_be_written(scores, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"cannot write to(.|\n)*choose a folder"):
        write_scores(scores, tmp_path / "file" / "scores.csv")


def test_ids_that_a_spreadsheet_would_run_are_harmless_in_a_csv_file(scores, tmp_path):
    bad = scores.assign(customer_id=["=1+1", "-2+3", "C-1"], reason_1=["@SUM(A1)", "", "fine"], n=[-1, 2, 3])
    back = pd.read_csv(write_scores(bad, tmp_path / "scores.csv"), keep_default_na=False)
    assert back["customer_id"].tolist() == ["'=1+1", "'-2+3", "C-1"]
    assert back["reason_1"].tolist() == ["'@SUM(A1)", "", "fine"]
    assert back["n"].tolist() == [-1, 2, 3]
    assert pd.read_parquet(write_scores(bad, tmp_path / "s.parquet"))["customer_id"].tolist() == ["=1+1", "-2+3", "C-1"]


@pytest.mark.parametrize("name", ["x.duckdb", "x.xlsx", "x.csv.gz", "x.tsv", "x.json"])
def test_an_ending_that_is_not_written_is_refused(scores, tmp_path, name):
    with pytest.raises(UsageError, match=r"allowed|Allowed: a file ending in \.parquet or \.csv, or a folder"):
        write_scores(scores, tmp_path / name)
    assert not list(tmp_path.iterdir())
    # whoever means a folder says so
    assert write_scores(scores, f"{tmp_path / name}/") == tmp_path / name / "scores.parquet"


@pytest.mark.parametrize("name", ["2024.11", "run-1.2", ".scores"])
def test_a_point_in_the_name_of_a_folder_is_no_ending(scores, tmp_path, name):
    assert write_scores(scores, tmp_path / name) == tmp_path / name / "scores.parquet"
