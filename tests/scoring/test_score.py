from __future__ import annotations

import logging
import sys

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from sklearn.base import clone

from cxchurn._core import DataError, MismatchError, MissingExtraError, UsageError
from cxchurn.explanation import explain
from cxchurn.features import Attributes, Effort, Recency
from cxchurn.interactions import known_before, with_events
from cxchurn.model import ChurnClassifier, ChurnModel
from cxchurn.panel import Panel, make_panel
from cxchurn.scoring import NOT_ELIGIBLE, compare_scores, score, write_scores

AT = "2024-11-05T13:20"


@pytest.fixture(scope="module")
def scores(model, log) -> pd.DataFrame:
    return score(model, log, at=AT, reasons=2)


@pytest.fixture(scope="module")
def alone(train, churn) -> ChurnModel:
    """A model none of whose features compares customers with each other."""
    builders = [Recency(by=()), Effort(windows=("60D",)), Attributes(("plan",))]
    return ChurnModel(churn, features=builders, classifier=ChurnClassifier(n_estimators=20)).fit(train)


@pytest.fixture(scope="module")
def panel(log, churn) -> Panel:
    """The eligible customers at the same instant, made by other code."""
    return make_panel(log, type(churn)("1D", active_within=churn.active_within), cutoffs=[AT])


def events_where(log, mask):
    return with_events(log, log.events.filter(np.asarray(mask)))


class TestPolars:
    def test_the_same_scores(self, scores, model, log, tmp_path):
        out = score(model, log, at=AT, reasons=2, output="polars")
        assert out.to_arrow().cast(pa.Table.from_pandas(scores).schema.remove_metadata()) == pa.Table.from_pandas(
            scores
        ).replace_schema_metadata(None)
        # what takes scores takes these
        assert compare_scores(scores, out).summary is not None
        assert pd.read_parquet(write_scores(out, tmp_path)).equals(
            pd.read_parquet(write_scores(scores, tmp_path / "b"))
        )

    def test_what_attrs_would_hold_is_said(self, scores, model, log, caplog):
        with caplog.at_level(logging.INFO, logger="cxchurn"):
            score(model, log, at=AT, output="polars")
        assert scores.attrs["summary"] in caplog.messages
        assert all(any(note in one for one in caplog.messages) for note in scores.attrs["notes"])

    def test_another_sort_of_frame_is_refused(self, model, log):
        with pytest.raises(UsageError, match="output is 'polar'") as error:
            score(model, log, at=AT, output="polar")
        assert "'polars'" in str(error.value)

    def test_without_polars_its_extra_is_named_before_the_work(self, model, log, monkeypatch):
        monkeypatch.setitem(sys.modules, "polars", None)
        with pytest.raises(MissingExtraError, match=r"pip install 'cxchurn\[polars\]'"):
            score(model, log, at="1999-01-01", output="polars")


class TestTable:
    def test_columns(self, scores, model):
        assert list(scores.columns) == [
            *("customer_id", "churn_probability", "band"),
            *("reason_1", "points_1", "subject_1", "reason_2", "points_2", "subject_2"),
            *("already_silent", "not_asked"),
            *("as_of", "model_version", "references_version"),
        ]
        assert (scores["as_of"] == pd.Timestamp(AT)).all()
        assert (scores["model_version"] == model.version_).all()
        assert scores.index.tolist() == list(range(len(scores)))

    def test_one_row_for_every_customer_known_before(self, scores, log):
        events = log.events.select(["customer_id", "known_at"]).to_pandas()
        known = events.loc[events["known_at"] < AT, "customer_id"].unique()
        assert sorted(scores["customer_id"]) == sorted(known)

    def test_only_the_eligible_have_a_probability(self, scores, panel):
        eligible = scores["band"] != NOT_ELIGIBLE
        assert sorted(scores.loc[eligible, "customer_id"]) == sorted(panel.frame["customer_id"])
        assert 0 < (~eligible).sum() < len(scores)
        assert scores.loc[eligible, "churn_probability"].between(0, 1, inclusive="neither").all()
        assert scores.loc[~eligible, "churn_probability"].isna().all()
        assert (scores.loc[~eligible, ["reason_1", "subject_1", "reason_2", "subject_2"]] == "").all(axis=None)
        assert scores.loc[~eligible, ["points_1", "points_2"]].isna().all(axis=None)
        assert not eligible[eligible.argmin() :].any(), "those without a probability come last"
        assert ((scores["not_asked"] == "") == eligible).all()

    def test_why_somebody_is_not_asked(self, scores, log):
        # what a plain loop over the events finds: the last end, the last and the first activity
        events = log.events.select(["customer_id", "known_at", "kind", "direction", "later"]).to_pandas()
        events = events[events["known_at"] < AT]
        acts = events[(events["direction"] != "outbound") & ~events["later"] & (events["kind"] != "cancel")]
        active = acts.groupby("customer_id", observed=True)["known_at"].max()
        ended = events[events["kind"] == "cancel"].groupby("customer_id", observed=True)["known_at"].max()
        for row in scores.itertuples():
            last, end = active.get(row.customer_id, pd.NaT), ended.get(row.customer_id, pd.NaT)
            if not pd.isna(end) and not last > end:
                why = "ended"
            elif pd.isna(last):
                why = "new"
            else:
                why = "" if last >= pd.Timestamp(AT) - pd.Timedelta("90D") else "silent too long"
            assert row.not_asked == why
            assert row.already_silent == (why == "" and last < pd.Timestamp(AT) - pd.Timedelta("60D"))
        assert set(scores["not_asked"]) == {"", "ended", "silent too long", "new"}

    def test_the_summary_counts_everybody(self, scores):
        counts = scores["not_asked"].value_counts()
        silent = scores["already_silent"].sum()
        assert scores.attrs["summary"] == (
            f"Of {len(scores)} customers known before 2024-11-05T13:20:00, {counts['']} are asked about ({silent} of them "
            f"silent for longer than the horizon already, listed after the others); not asked about: {counts['ended']} ended, "
            f"{counts['silent too long']} silent too long, {counts['new']} new."
        )

    def test_the_highest_risk_comes_first(self, scores):
        asked = scores[scores["band"] != NOT_ELIGIBLE]
        pairs = list(zip(asked["already_silent"], -asked["churn_probability"], asked["customer_id"], strict=True))
        assert pairs == sorted(pairs)
        here = asked[~asked["already_silent"]]
        assert len(here) < len(asked)
        assert list(dict.fromkeys(here["band"])) == ["high", "medium", "low"]

    def test_probabilities_and_reasons_are_the_models(self, scores, model, panel):
        mine = scores.set_index("customer_id").loc[panel.frame["customer_id"]]
        np.testing.assert_array_equal(mine["churn_probability"], model.predict_proba(panel)[:, 1])
        np.testing.assert_array_equal(mine["band"], model.bands_.name(model.predict_proba(panel)[:, 1]))
        said = explain(model, panel).reasons(top=2)
        for name in ("reason_1", "subject_1", "reason_2", "subject_2"):
            assert mine[name].tolist() == said[name].tolist()
        for name in ("points_1", "points_2"):
            np.testing.assert_array_equal(mine[name], said[name])
        assert (mine["reason_1"] != "").mean() > 0.5

    def test_a_reason_says_what_it_is_about(self, scores, model, panel):
        details = explain(model, panel).details(top=2)
        told = details[details["side"] == "raises"].set_index(["customer_id", "reason"])["subject"]
        mine = scores.set_index("customer_id").loc[panel.frame["customer_id"]]
        for number in (1, 2):
            there = mine.loc[mine[f"reason_{number}"] != "", f"subject_{number}"]
            assert there.to_dict() == told.xs(number, level="reason").to_dict()
            assert (mine.loc[mine[f"reason_{number}"] == "", f"subject_{number}"] == "").all()
        assert mine["subject_1"].nunique() > 2

    def test_without_reasons(self, scores, model, log):
        plain = score(model, log, at=AT)
        pd.testing.assert_frame_equal(
            plain, scores[[name for name in scores if not name.startswith(("reason_", "points_", "subject_"))]]
        )


class TestOnePast:
    def test_other_customers_change_nothing(self, alone, log):
        scores = score(alone, log, at=AT, reasons=2)
        who = log.events["customer_id"].to_pandas()
        half = score(alone, events_where(log, who.isin(sorted(who.unique())[::2])), at=AT, reasons=2)
        kept = scores[scores["customer_id"].isin(half["customer_id"])].reset_index(drop=True)
        assert 0 < len(half) < len(scores)
        pd.testing.assert_frame_equal(half, kept, check_exact=True)

    def test_the_future_changes_nothing(self, scores, model, log):
        pd.testing.assert_frame_equal(score(model, known_before(log, AT), at=AT, reasons=2), scores, check_exact=True)

    def test_at_the_end_of_the_log_by_default(self, model, log):
        end = score(model, log)
        assert (end["as_of"] == pd.Timestamp(log.observed_until)).all()
        pd.testing.assert_frame_equal(end, score(model, log, at=log.observed_until))

    def test_zones(self, scores, model, log):
        there = score(model, log, at=pd.Timestamp(AT, tz="UTC").tz_convert("Asia/Tokyo"), reasons=2)
        pd.testing.assert_frame_equal(there, scores)


class TestFew:
    @pytest.mark.parametrize("reasons", [0, 2])
    def test_nobody_is_eligible(self, reasons, model, log):
        past = log.events.filter(np.asarray(log.events["known_at"].to_pandas() < pd.Timestamp("2024-01-01")))
        table = score(model, with_events(log, past), at="2024-11-01", reasons=reasons)
        assert len(table) > 50
        assert (table["band"] == NOT_ELIGIBLE).all()
        assert table["churn_probability"].dtype == np.float64

    @pytest.mark.parametrize("reasons", [0, 2])
    def test_nobody_is_known(self, reasons, model, log):
        # the first interaction happened before the instant, but was known later
        first = log.events.slice(0, 1)
        at = pd.Timestamp(first["timestamp"][0].as_py()) + pd.Timedelta("1s")
        late = pd.Timestamp("2024-11-01").to_datetime64().astype("datetime64[us]")
        position = first.column_names.index("known_at")
        known = first.set_column(position, first.schema.field(position), [np.array([late])])
        table = score(model, with_events(log, known), at=at, reasons=reasons)
        assert len(table) == 0
        assert list(table.columns[:3]) == ["customer_id", "churn_probability", "band"]

    def test_one_customer(self, alone, log):
        scores = score(alone, log, at=AT, reasons=2)
        who = log.events["customer_id"].to_pandas()
        one = score(alone, events_where(log, who == scores["customer_id"][0]), at=AT, reasons=2)
        pd.testing.assert_frame_equal(one, scores.iloc[[0]], check_exact=True)


class TestErrors:
    @pytest.mark.parametrize(
        ("at", "words"),
        [
            ("2024-12-02", "outside the log(.|\n)*up to 2024-12-01(.|\n)*observed_until"),
            ("2023-06-01", "outside the log(.|\n)*score later"),
            ("soon", "not a time"),
            (20241105, "bare number"),
        ],
    )
    def test_an_instant_outside_the_log(self, at, words, model, log):
        with pytest.raises(UsageError, match=words):
            score(model, log, at=at)

    def test_a_log_without_events(self, model, log):
        with pytest.raises(DataError, match="no interaction"):
            score(model, with_events(log, log.events.slice(0, 0)))

    def test_a_log_that_lacks_roles(self, model, log):
        lacking = with_events(log, log.events.drop_columns(["score", "transfers"]))
        with pytest.raises(MismatchError, match="lacks score, transfers") as caught:
            score(model, lacking, at=AT)
        assert caught.value.exit_code == 3

    def test_a_model_that_was_never_fitted(self, model, log):
        with pytest.raises(ValueError, match="not fitted"):
            score(clone(model), log, at=AT)
