from __future__ import annotations

import pandas as pd
import pytest

from cxchurn._core import UsageError
from cxchurn.interactions import Source, validate_interactions

from .interaction_rows import NOW, row


def test_a_report_counts_and_shows_every_rule():
    frame = pd.DataFrame([row("a", value="1"), row("b", value="x"), row("b", value="x"), row(None, value="y")])
    report = validate_interactions(frame, now=NOW)
    assert (report.rows_read, report.rows_kept, report.rows_refused, report.ok) == (4, 1, 3, False)
    table = report.table.set_index(["rule", "column"])
    assert list(report.table.columns) == ["source", "rule", "column", "says", "rows", "examples"]
    # values x, x and y; the third row repeats the second; the fourth has no customer
    assert table.loc[("number_unreadable", "value"), "rows"] == 3
    assert table.loc[("duplicate", ""), "rows"] == 1
    assert table.loc[("customer_id_missing", "customer_id"), "rows"] == 1
    assert table.loc[("kind_missing", "kind"), "rows"] == 0
    assert table.loc[("duplicate", ""), "examples"] == [
        {"row": 3, "customer_id": "b", "timestamp": "2024-05-01T10:00:00", "kind": "visit"}
    ]


def test_a_log_without_fault_says_so():
    report = validate_interactions(pd.DataFrame([row()]), now=NOW)
    assert report.ok
    assert (
        str(report)
        == f"1 rows read, 1 kept, 0 refused.\nAll {sum(not one.kept for one in report.findings)} rules held."
    )
    report.raise_if_broken()


def test_reports_of_several_sources_say_which(tmp_path):
    pd.DataFrame([row("a")]).to_parquet(tmp_path / "good.parquet")
    pd.DataFrame([row("b", kind="x"), row("b", kind=None)]).to_parquet(tmp_path / "bad.parquet")
    report = validate_interactions([Source(tmp_path / "good.parquet"), Source(tmp_path / "bad.parquet")], now=NOW)
    assert "  bad.parquet:\n  1 x kind_missing (kind): the kind is missing\n      row 2: kind=None" in str(report)
    assert "good.parquet" not in str(report)


def test_rows_of_several_files_are_counted_in_each(tmp_path):
    for name, kinds in (("a", ["x", "y"]), ("b", ["x", None])):
        pd.DataFrame([row(name, kind=kind) for kind in kinds]).to_parquet(tmp_path / f"{name}.parquet")
    report = validate_interactions(tmp_path, now=NOW)
    example = report.broken[0].examples[0]
    assert (example["row"], example["file"]) == (2, "b.parquet")


def test_a_report_never_raises_for_rows_but_does_for_a_missing_file():
    assert not validate_interactions(pd.DataFrame([row(kind=None)]).astype(object), now=NOW).ok
    with pytest.raises(UsageError, match="there is no file"):
        validate_interactions("none.csv")
