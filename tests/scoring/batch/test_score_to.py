"""Scores into files: the rows that score gives, whole or not at all."""

from __future__ import annotations

import json
import os
import threading

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow.dataset
import pyarrow.parquet as pq
import pytest

from cxchurn._core import UsageError, locked
from cxchurn.interactions import known_before
from cxchurn.scoring import score, score_to
from cxchurn.scoring.batch import _files

from .conftest import AT, below

pytestmark = pytest.mark.usefixtures("small_batches")


def same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(one, other, check_exact=True)


@pytest.fixture(scope="module")
def scores(model, log) -> pd.DataFrame:
    return score(model, log, at=AT, reasons=2)


class TestFiles:
    def test_hold_what_score_says(self, model, log, divided, scores, tmp_path):
        summary = score_to(model, divided, tmp_path / "new" / "s.parquet", at=AT, reasons=2)
        same(pd.read_parquet(tmp_path / "new" / "s.parquet"), scores)
        assert below(tmp_path) == {"new", "new/s.parquet"}
        assert (summary.rows, summary.known, summary.parts) == (len(scores), len(scores), len(divided.parts))

    def test_have_the_same_bytes_each_time_and_however_the_log_is_held(self, model, log, divided, tmp_path):
        for k, one in enumerate((log, divided, divided)):
            for ending in ("parquet", "csv"):
                score_to(model, one, tmp_path / f"{k}.{ending}", at=AT, reasons=2)
        for ending in ("parquet", "csv"):
            contents = {(tmp_path / f"{k}.{ending}").read_bytes() for k in range(3)}
            assert len(contents) == 1

    def test_blocks_make_no_difference(self, model, log, tmp_path, monkeypatch):
        score_to(model, log, tmp_path / "one.csv", at=AT, reasons=1)
        monkeypatch.setattr("cxchurn.scoring.batch._listing.BLOCK", 17)
        score_to(model, log, tmp_path / "two.csv", at=AT, reasons=1)
        assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()
        same(score(model, log, at=AT, reasons=1), pd.read_parquet(_as_parquet(model, log, tmp_path)))

    def test_csv_is_what_a_frame_would_write(self, model, log, scores, tmp_path):
        score_to(model, log, tmp_path / "s.csv", at=AT, reasons=2)
        said = scores.assign(as_of=scores["as_of"].dt.tz_localize("UTC"))
        assert (tmp_path / "s.csv").read_text() == said.to_csv(index=False)

    def test_folders_of_nights_stand_side_by_side(self, model, log, scores, tmp_path):
        nights = tmp_path / "nights"
        for at in (AT, "2024-11-12"):
            summary = score_to(model, log, nights, at=at, reasons=2, partitioned=True)
        assert summary.out.endswith("night=2024-11-12T000000Z/part-0000.parquet")
        assert sorted(path.name for path in nights.iterdir()) == [
            "night=2024-11-05T132000Z",
            "night=2024-11-12T000000Z",
        ]
        together = pd.read_parquet(nights)
        assert set(together["night"]) == {"2024-11-05T132000Z", "2024-11-12T000000Z"}
        first = pd.read_parquet(nights / "night=2024-11-05T132000Z" / "part-0000.parquet")
        same(first, scores)
        # once more: replaced, not added
        score_to(model, log, nights, at=AT, reasons=2, partitioned=True)
        assert len(pd.read_parquet(nights)) == len(together)

    def test_nights_are_read_back_as_they_were(self, model, log, scores, tmp_path):
        """Whatever reads the folder as one table finds instants in `as_of`, and what was asked of a night in `night`."""
        nights = tmp_path / "nights"
        for at in (AT, "2024-11-12"):
            score_to(model, log, nights, at=at, reasons=2, partitioned=True)
        files = f"{nights}/**/*.parquet"
        read = {
            "pandas": lambda: pd.read_parquet(nights),
            "pyarrow": lambda: pyarrow.dataset.dataset(nights, partitioning="hive").to_table().to_pandas(),
            "duckdb": lambda: duckdb.sql(f"SELECT * FROM read_parquet('{files}', hive_partitioning = true)").df(),
            "polars": lambda: pl.scan_parquet(nights, hive_partitioning=True).collect().to_pandas(),
        }
        for name, make in read.items():
            found = make()
            assert found["as_of"].dtype.kind == "M", name
            assert set(found["as_of"]) == {pd.Timestamp(AT), pd.Timestamp("2024-11-12")}, name
            assert found["night"].nunique() == 2, name
            first = found.loc[found["as_of"] == pd.Timestamp(AT), scores.columns.to_list()].reset_index(drop=True)
            pd.testing.assert_frame_equal(first, scores, check_exact=True, check_dtype=False)

    def test_nights_of_an_older_form_are_not_mixed_with_new_ones(self, model, log, tmp_path):
        (tmp_path / "nights" / "as_of=2024-11-05T132000Z").mkdir(parents=True)
        with pytest.raises(UsageError, match="whose files do not say the cut-off"):
            score_to(model, log, tmp_path / "nights", at=AT, partitioned=True)

    def test_only_the_first(self, model, log, scores, tmp_path):
        summary = score_to(model, log, tmp_path / "s.parquet", at=AT, reasons=2, top=7)
        same(pd.read_parquet(tmp_path / "s.parquet"), scores.head(7))
        assert (summary.rows, summary.known) == (7, len(scores))
        same(score(model, log, at=AT, reasons=2, top=10_000), scores)

    def test_nobody_to_ask_about_is_a_file_without_probabilities(self, model, log, tmp_path):
        gone = score(model, log, at=AT)
        gone = gone.loc[gone["not_asked"] == "ended", "customer_id"]
        everybody = log.events["customer_id"].unique().to_pylist()
        out = tmp_path / "s.parquet"
        summary = score_to(model, log, out, at=AT, reasons=1, exclude=[c for c in everybody if c not in set(gone)])
        found = pd.read_parquet(out)
        assert sorted(found["customer_id"]) == sorted(gone)
        assert found["churn_probability"].isna().all()
        assert (summary.asked, summary.mean_probability) == (0, None)

    def test_formulas_are_harmless_in_csv(self, model, company, company_schema, tmp_path):
        from cxchurn.interactions import read_interactions

        name = {"C-000001": "=cmd|' /C calc'!A0", "C-000002": "@sum", "C-000003": "+1"}
        events = company.interactions.assign(customer_id=company.interactions["customer_id"].replace(name))
        people = company.customers.assign(customer_id=company.customers["customer_id"].replace(name))
        strange = read_interactions(events, company_schema, customers=people)
        score_to(model, strange, tmp_path / "s.csv", at=AT)
        score_to(model, strange, tmp_path / "s.parquet", at=AT)
        assert not any(pd.read_csv(tmp_path / "s.csv")["customer_id"].str.startswith(("=", "@", "+")))
        assert set(name.values()) <= set(pd.read_parquet(tmp_path / "s.parquet")["customer_id"])


def _as_parquet(model, log, folder):
    score_to(model, log, folder / "as.parquet", at=AT, reasons=1)
    return folder / "as.parquet"


class TestOneAtATime:
    def test_two_runs_into_one_place_are_refused(self, model, log, tmp_path):
        (tmp_path / ".s.parquet.work").mkdir()
        with locked(tmp_path / ".s.parquet.work"), pytest.raises(UsageError, match="another run is scoring into"):
            score_to(model, log, tmp_path / "s.parquet", at=AT)
        assert not (tmp_path / "s.parquet").exists()
        score_to(model, log, tmp_path / "s.parquet", at=AT)
        assert below(tmp_path) == {"s.parquet"}

    def test_of_several_at_once_some_write_and_the_others_are_told(self, model, divided, scores, tmp_path):
        told: list[str] = []

        def run() -> None:
            try:
                score_to(model, divided, tmp_path / "s.parquet", at=AT, reasons=2)
                told.append("written")
            except UsageError as error:
                told.append("refused" if "another run" in error.found else str(error))

        threads = [threading.Thread(target=run) for _ in range(4)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        assert "written" in told
        assert len(told) == 4
        assert set(told) <= {"written", "refused"}
        same(pd.read_parquet(tmp_path / "s.parquet"), scores)
        assert below(tmp_path) == {"s.parquet"}

    def test_other_places_in_the_same_folder_are_free(self, model, log, tmp_path):
        (tmp_path / ".s.parquet.work").mkdir()
        with locked(tmp_path / ".s.parquet.work"):
            score_to(model, log, tmp_path / "other.parquet", at=AT)
        assert (tmp_path / "other.parquet").exists()


class TestGoingOn:
    @pytest.fixture
    def stopped(self, model, divided, tmp_path, monkeypatch):
        """A run that was stopped after three batches."""
        from cxchurn.scoring.batch._work import Work

        keep = Work.keep

        def keep_three(self: Work, number: int, table: object) -> None:
            if number == 3:
                raise KeyboardInterrupt
            keep(self, number, table)

        with monkeypatch.context() as patch:
            patch.setattr(Work, "keep", keep_three)
            with pytest.raises(KeyboardInterrupt):
                score_to(model, divided, tmp_path / "s.parquet", at=AT, reasons=2)
        work = tmp_path / ".s.parquet.work"
        assert below(work) == {"run.json", *(f"part-{k:05}.arrow" for k in range(3))}
        assert not (tmp_path / "s.parquet").exists()
        return work

    def test_does_the_rest_and_gives_the_same_bytes(self, stopped, model, divided, tmp_path):
        summary = score_to(model, divided, tmp_path / "s.parquet", at=AT, reasons=2, resume=True)
        assert (summary.resumed, summary.parts) == (3, len(divided.parts))
        score_to(model, divided, tmp_path / "whole.parquet", at=AT, reasons=2)
        assert (tmp_path / "s.parquet").read_bytes() == (tmp_path / "whole.parquet").read_bytes()
        assert below(tmp_path) == {"s.parquet", "whole.parquet"}

    def test_begins_anew_unless_asked(self, stopped, model, divided, tmp_path):
        assert score_to(model, divided, tmp_path / "s.parquet", at=AT, reasons=2).resumed == 0
        assert below(tmp_path) == {"s.parquet"}

    def test_without_anything_to_go_on_with(self, model, divided, tmp_path):
        assert score_to(model, divided, tmp_path / "s.parquet", at=AT, resume=True).resumed == 0

    @pytest.mark.parametrize(
        ("change", "says"),
        [
            ({"reasons": 3}, "reasons 2 instead of 3"),
            ({"at": "2024-11-05T13:21"}, "as_of"),
            ({"intervals": True}, "intervals None instead of 0.9"),
            ({"bands": "capacity: 5"}, "bands None instead of capacity: 5"),
            ({"top": 3}, "top None instead of 3"),
            ({"exclude": ["C-000001"]}, "customers"),
            ({"value": "household"}, "value"),
        ],
    )
    def test_with_other_options_is_refused(self, stopped, change, says, model, divided, tmp_path):
        with pytest.raises(UsageError, match="are of another run") as caught:
            score_to(model, divided, tmp_path / "s.parquet", **({"at": AT, "reasons": 2, "resume": True} | change))
        assert says in str(caught.value)
        assert len(below(stopped)) == 4, "what is finished stays"

    def test_with_another_log_is_refused(self, stopped, model, divided, log, tmp_path):
        for other, says in ((known_before(divided, "2024-11-30"), "another log"), (log, "another division of the log")):
            with pytest.raises(UsageError, match=says):
                score_to(model, other, tmp_path / "s.parquet", at=AT, reasons=2, resume=True)

    def test_with_another_model_is_refused(self, stopped, model, divided, tmp_path):
        import copy

        other = copy.copy(model)
        other.version_ = "0123456789ab"
        with pytest.raises(UsageError, match=f"model {model.version_} instead of 0123456789ab"):
            score_to(other, divided, tmp_path / "s.parquet", at=AT, reasons=2, resume=True)


class TestFolderOfParts:
    def test_of_somebody_is_never_emptied(self, model, divided, tmp_path):
        mine = tmp_path / "mine"
        mine.mkdir()
        (mine / "thesis.docx").write_text("years of work")
        for resume in (False, True):
            with pytest.raises(UsageError, match=r"holds thesis\.docx, which no run of scores put there"):
                score_to(model, divided, tmp_path / "s.parquet", at=AT, work=mine, resume=resume)
        assert below(tmp_path) == {"mine", "mine/thesis.docx"}

    def test_on_another_disk(self, model, divided, scores, tmp_path):
        other = tmp_path / "disk"
        other.mkdir()
        if os.system(f"mount -t tmpfs -o size=64m tmpfs '{other}' 2>/dev/null"):
            pytest.skip("no disk may be made here")
        try:
            score_to(model, divided, tmp_path / "s.parquet", at=AT, reasons=2, work=other / "parts")
            assert below(other) == set()
        finally:
            os.system(f"umount '{other}'")
        same(pd.read_parquet(tmp_path / "s.parquet"), scores)


class TestRoom:
    def test_a_full_disk_is_said_and_nothing_is_half_made(self, model, divided, tmp_path, monkeypatch):
        (tmp_path / "s.parquet").write_bytes(b"of yesterday")

        def full(*_: object, **__: object) -> None:
            raise OSError(28, os.strerror(28))

        with monkeypatch.context() as patch:
            patch.setattr(_files.pq.ParquetWriter, "write_table", full)
            with pytest.raises(UsageError, match="No space left on device") as caught:
                score_to(model, divided, tmp_path / "s.parquet", at=AT)
        assert "go on with resume=True" in str(caught.value)
        assert (tmp_path / "s.parquet").read_bytes() == b"of yesterday"
        assert {one for one in below(tmp_path / ".s.parquet.work") if "part-" not in one} == {"run.json"}
        assert score_to(model, divided, tmp_path / "s.parquet", at=AT, resume=True).rows > 0

    def test_a_place_that_cannot_be_made(self, model, log, tmp_path):
        (tmp_path / "taken").write_text("")
        with pytest.raises(UsageError, match="cannot write to"):
            score_to(model, log, tmp_path / "taken" / "s.parquet", at=AT)
        (tmp_path / "s.csv").mkdir()
        with pytest.raises(UsageError, match="Is a directory"):
            score_to(model, log, tmp_path / "s.csv", at=AT)
        assert below(tmp_path) == {"taken", "s.csv"}


class TestDuckDB:
    def test_nights_are_kept_and_a_night_again_replaces_itself(self, model, log, scores, tmp_path):
        place = f"{tmp_path / 'w.duckdb'}#nightly"
        for at in ("2024-11-12", AT, AT):
            score_to(model, log, place, at=at, reasons=2)
        with duckdb.connect(str(tmp_path / "w.duckdb"), read_only=True) as connection:
            counts = connection.execute("SELECT as_of, count(*) FROM nightly GROUP BY 1 ORDER BY 1").fetchall()
            night = connection.execute("SELECT * FROM nightly WHERE as_of = ?", [pd.Timestamp(AT)]).df()
        assert counts == [(pd.Timestamp(AT), len(scores)), (pd.Timestamp("2024-11-12"), counts[1][1])]
        order = ["customer_id"]
        pd.testing.assert_frame_equal(
            night.sort_values(order, ignore_index=True), scores.sort_values(order, ignore_index=True), check_dtype=False
        )
        assert below(tmp_path) == {"w.duckdb"}

    def test_of_some_customers_leave_the_others(self, model, log, scores, tmp_path):
        place, few = f"{tmp_path / 'w.duckdb'}#t", sorted(scores["customer_id"])[:5]
        score_to(model, log, place, at=AT)
        score_to(model, log, place, at=AT, exclude=[c for c in scores["customer_id"] if c not in few])
        with duckdb.connect(str(tmp_path / "w.duckdb"), read_only=True) as connection:
            assert connection.execute("SELECT count(*), count(DISTINCT customer_id) FROM t").fetchall() == [
                (len(scores), len(scores))
            ]

    def test_a_table_with_other_columns_is_refused(self, model, log, tmp_path):
        place = f"{tmp_path / 'w.duckdb'}#t"
        score_to(model, log, place, at=AT, reasons=1)
        before = (tmp_path / "w.duckdb").read_bytes()
        with pytest.raises(UsageError, match=r"it lacks reason_2"):
            score_to(model, log, place, at=AT, reasons=2)
        with pytest.raises(UsageError, match=r"it has reason_1, points_1, subject_1 too"):
            score_to(model, log, place, at=AT)
        assert (tmp_path / "w.duckdb").read_bytes() == before

    def test_what_is_no_database(self, model, log, tmp_path):
        (tmp_path / "w.duckdb").write_text("something else entirely, and long enough to be looked at as a header")
        with pytest.raises(UsageError, match="cannot write to"):
            score_to(model, log, f"{tmp_path / 'w.duckdb'}#t", at=AT)


def test_the_summary_says_what_came_of_it(model, log, scores, tmp_path):
    summary = score_to(
        model, log, tmp_path / "s.parquet", at=AT, reasons=2, bands="capacity: 20, 30", value="household"
    )
    said = json.loads(summary.to_json())
    asked = scores[scores["not_asked"] == ""]
    assert said["asked"] == len(asked)
    assert said["not_asked"] == scores.loc[scores["not_asked"] != "", "not_asked"].value_counts().to_dict()
    assert said["bands"] | {"by": ""} == {
        "high": 20,
        "medium": 30,
        "low": len(asked) - 50,
        "not eligible": len(scores) - len(asked),
        "by": "",
    }
    assert said["mean_probability"] == pytest.approx(asked["churn_probability"].mean())
    written = pd.read_parquet(tmp_path / "s.parquet")
    assert said["expected_loss"] == pytest.approx(written["expected_loss"].sum())
    assert set(said["seconds"]) == {"preparing", "scoring", "writing"}
    assert said["cpu_seconds"]["features"] > 0
    assert said["cpu_seconds"]["words"] > 0
    assert said["peak_memory_mb"] > 50
    assert said["versions"]["numpy"] == np.__version__
    assert said["model_version"] == model.version_
    assert pq.read_metadata(tmp_path / "s.parquet").num_rows == said["rows"]
    assert "20 high, 30 medium" in repr(summary)
    file = summary.write(tmp_path / "s.summary.json")
    assert json.loads(file.read_text()) == said


def test_labels_that_the_model_never_met_are_counted(model, company, company_schema, tmp_path):
    from cxchurn.interactions import read_interactions

    events = company.interactions.astype({"kind": str})
    before = (events["kind"] == "chat") & (
        events["timestamp"] < pd.Timestamp("2024-11-01", tz=events["timestamp"].dt.tz)
    )
    events.loc[before, "kind"] = "séance"
    strange = read_interactions(events, company_schema, customers=company.customers)
    summary = score_to(model, strange, tmp_path / "s.parquet", at=AT)
    known = strange.events.filter(np.asarray(strange.events["known_at"].to_numpy() < np.datetime64(AT)))
    rows = known["kind"].cast("string").to_pandas().eq("séance").sum()
    assert summary.unseen["kind"] == {"labels": 1, "rows": rows, "such_as": ["séance"]}
    assert score_to(model, strange, tmp_path / "s.parquet", at="2024-01-05", allow_shallow=True).rows > 0
