"""On a real local session, Spark gives the scores of one machine, to the bit."""

from __future__ import annotations

import dataclasses
import logging
import sys

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import cxchurn as cx
from cxchurn._core import DataError, MismatchError, MissingExtraError, UsageError
from cxchurn.features import Effort, Recency, Volume
from cxchurn.interactions import with_customers
from cxchurn.model import ChurnClassifier, ChurnModel

AT = "2024-11-05T13:20:00"


def by_customer(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.sort_values("customer_id", ignore_index=True)


def taken(scores) -> pd.DataFrame:
    """The scores as they are on one machine: in columns of pandas, instants in UTC without a zone."""
    table = scores.toArrow()
    place = table.column_names.index("as_of")
    instants = table["as_of"].cast(pa.timestamp("us", tz="UTC")).cast(pa.timestamp("us"))
    return by_customer(table.set_column(place, "as_of", instants).to_pandas())


def assert_same(scores, local: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(taken(scores), by_customer(local), check_dtype=False, check_exact=True)


def functions():
    from pyspark.sql import functions as found

    return found


@pytest.fixture(scope="module")
def scores(model, events, company):
    return cx.score_spark(model, events, at=AT, reasons=2, customers=company.customers, buckets=3)


@pytest.fixture(scope="module")
def local(model, log):
    return cx.score(model, log, at=AT, reasons=2)


@pytest.fixture(scope="module")
def bare(log):
    """The company's log without attributes."""
    return with_customers(log, None)


@pytest.fixture(scope="module")
def quick(bare, churn) -> ChurnModel:
    """A model of few columns and no attributes, for what is not about the model."""
    panel = cx.make_panel(bare, churn, cutoffs=cx.monthly("2024-01-01", "2024-07-01"))
    builders = [Recency(by=()), Volume(windows=("60D",)), Effort(windows=("60D",))]
    return ChurnModel(churn, features=builders, classifier=ChurnClassifier(n_estimators=10)).fit(panel)


class TestScores:
    def test_are_those_of_one_machine(self, scores, local):
        assert_same(scores, local)

    def test_say_what_those_of_one_machine_say(self, scores, local):
        assert scores.attrs["summary"] == local.attrs["summary"]
        assert scores.attrs["notes"] == local.attrs["notes"]
        assert scores.attrs["buckets"]["events"].sum() == scores.attrs["validation"].rows_kept

    def test_have_types_that_do_not_depend_on_the_session(self, scores):
        assert dict(scores.dtypes) == {
            **dict.fromkeys(["customer_id", "band", "reason_1", "reason_2", "not_asked"], "string"),
            **dict.fromkeys(["subject_1", "subject_2"], "string"),
            **dict.fromkeys(["model_version", "references_version"], "string"),
            **dict.fromkeys(["churn_probability", "points_1", "points_2"], "double"),
            "already_silent": "boolean",
            "as_of": "timestamp",
        }

    @pytest.mark.prove
    def test_end_with_the_log_where_no_instant_is_given(self, quick, events, bare):
        found = cx.score_spark(quick, events, buckets=2)
        assert_same(found, cx.score(quick, bare))

    def test_are_written_whole(self, quick, events, bare, spark, tmp_path):
        for _ in range(2):
            found = cx.score_spark(
                quick, events, at=AT, bands="probability: 30%, 10%", buckets=2, out=str(tmp_path / "scores")
            )
        assert_same(found, cx.score(quick, bare, at=AT, bands="probability: 30%, 10%"))
        assert [one.name for one in (tmp_path / "scores").iterdir()] == ["night=2024-11-05T132000Z"]
        assert found.attrs["summary"].startswith("Of 300 customers")

    @pytest.mark.prove
    def test_that_are_written_say_the_zone_of_the_log(self, quick, events, tmp_path):
        schema = dataclasses.replace(quick.schemas_[0], timezone="Europe/Berlin")
        cx.score_spark(quick, events, at=AT, schema=schema, buckets=2, out=str(tmp_path))
        # the clock in Berlin is an hour before UTC in winter
        night = next(tmp_path.glob("night=2024-11-05T122000Z"))
        assert "as of 2024-11-05T13:20:00 and 2024-11-05T13:20:00 (Europe/Berlin)" in str(
            cx.compare_scores(night, night)
        )


class TestSources:
    @pytest.mark.prove
    def test_several_with_empty_buckets_and_one_customer_with_most_events(self, spark, caplog):
        log, sources, model = many_of_one(spark)
        with caplog.at_level(logging.INFO, logger="cxchurn"):
            found = cx.score_spark(model, sources, at="2024-05-30T00:00Z", reasons=1, buckets=10)
        sizes = found.attrs["buckets"]
        # 7 customers leave at least 3 of 10 buckets empty
        assert (sizes["events"] > 0).sum() <= 7
        assert sizes["customers"].sum() == 7
        most = pa.compute.sum(pa.compute.equal(log.events["customer_id"], 0)).as_py()
        assert most > 3000
        assert sizes["largest"].max() == most
        assert f"one customer has {most:,} of the 3,0" in caplog.text
        assert_same(found, cx.score(model, log, at="2024-05-30T00:00Z", reasons=1))

    def test_their_number_has_to_be_that_of_the_schemas(self, quick, events):
        with pytest.raises(UsageError, match="nothing says what the columns of source 1 mean"):
            cx.score_spark(quick, [cx.Source(events), cx.Source(events)], at=AT)


def many_of_one(spark):
    """Whole numbers as ids, times on Berlin's clock, orders and calls; customer 0 has 3,000 orders."""
    random = np.random.default_rng(5)
    start, span = np.datetime64("2023-06-01T00:00:00", "us"), 365 * 86_400
    who = np.concatenate([np.zeros(3000, dtype=np.int64), random.integers(1, 21, 400)])
    when = start + random.integers(0, span, who.size).astype("m8[s]")
    orders = pa.table({"id": who, "at": pa.array(when), "sum": random.gamma(2, 20, who.size).round(2)})
    callers = random.integers(0, 21, 150)
    calls = pa.table({"id": callers, "at": pa.array(start + random.integers(0, span, 150).astype("m8[s]"))})
    calls = calls.append_column("wait", pa.array(random.integers(0, 600, 150).astype(np.float64)))
    about = {"customer_id": "id", "timestamp": "at", "timezone": "Europe/Berlin"}
    schemas = [cx.Schema(**about, kind_is="order", value="sum"), cx.Schema(**about, kind_is="call", wait_s="wait")]
    log = cx.read_interactions([cx.Source(table, one) for table, one in zip((orders, calls), schemas, strict=True)])
    panel = cx.make_panel(log, cx.Inactivity("14D"), cutoffs=cx.monthly("2023-10-01", "2024-04-01"))
    model = ChurnModel(features=[Recency(), Volume()], classifier=ChurnClassifier(n_estimators=5)).fit(panel)
    few = [table.filter(pa.compute.less(table["id"], 7)) for table in (orders, calls)]
    frames = [
        spark.createDataFrame(table, f"id bigint, at timestamp_ntz, {number} double")
        for table, number in zip(few, ("sum", "wait"), strict=True)
    ]
    some = cx.read_interactions([cx.Source(table, one) for table, one in zip(few, schemas, strict=True)])
    return some, [cx.Source(frame) for frame in frames], model


class TestRowsThatBreakARule:
    @pytest.fixture(scope="class")
    def broken(self, rows):
        """One row twice, one without its customer, one of next year."""
        none = pa.array([None], pa.string())
        lost = rows.slice(5, 1).set_column(0, "customer_id", none)
        ahead = rows.slice(6, 1).set_column(
            1, "timestamp", pa.array([np.datetime64("2031-01-01", "us")]).cast(rows.schema.field("timestamp").type)
        )
        return pa.concat_tables([rows, rows.slice(4, 1), lost, ahead])

    def test_are_an_error_with_the_report(self, quick, broken, spark):
        with pytest.raises(DataError, match="1 x duplicate") as raised:
            cx.score_spark(quick, spark.createDataFrame(broken), at=AT, buckets=2)
        assert "14,907 rows read, 14,904 kept, 3 refused" in str(raised.value)
        assert "1 x time_in_future (timestamp)" in str(raised.value)

    def test_are_counted_and_set_aside(self, quick, broken, spark, bare, tmp_path):
        aside = str(tmp_path / "refused")
        found = cx.score_spark(
            quick, spark.createDataFrame(broken), at=AT, buckets=2, on_error="quarantine", quarantine=aside
        )
        assert_same(found, cx.score(quick, bare, at=AT))
        refused = spark.read.parquet(aside).toPandas()
        assert sorted(refused["rule"]) == ["customer_id_missing(customer_id)", "duplicate", "time_in_future(timestamp)"]
        assert list(refused.columns) == [*broken.column_names, "rule"]
        assert {one.rule: one.rows for one in found.attrs["validation"].broken} == dict.fromkeys(
            ["duplicate", "customer_id_missing", "time_in_future"], 1
        )

    def test_quarantine_without_setting_aside_is_refused(self, quick, events):
        with pytest.raises(UsageError, match="none are set aside"):
            cx.score_spark(quick, events, at=AT, quarantine="refused/")


class TestEventIds:
    def test_one_of_several_customers_is_refused(self, quick, events):
        shared = events.withColumn("event", functions().lit("e1"))
        schema = dataclasses.replace(quick.schemas_[0], event_id="event")
        with pytest.raises(DataError, match=r"rows of different customers have one event_id .* 'e1' "):
            cx.score_spark(quick, shared, at=AT, schema=schema, buckets=2)

    @pytest.mark.prove
    def test_rows_alike_in_the_columns_used_are_told_apart_by_the_others(self, quick, rows, spark, bare):
        """A copy is equal in every column of the source, also in those that the schema does not use."""
        told = pa.concat_tables([rows, rows.slice(3, 1)]).append_column("till", pa.array([*range(len(rows) + 1)]))
        found = cx.score_spark(quick, spark.createDataFrame(told), at=AT, buckets=2)
        assert [(one.rule, one.rows) for one in found.attrs["validation"].noted] == [("alike", 1)]
        schema = quick.schemas_[0]
        local = cx.score(quick, cx.read_interactions(told, schema), at=AT)
        assert_same(found, local)


class TestFeatures:
    def test_of_rows_are_those_of_one_machine(self, model, events, company, log, november):
        asked = november.iloc[::20].reset_index(drop=True)
        found = cx.features_spark(model, events, asked, customers=company.customers, buckets=2).toPandas()
        local = model.features_.with_log(log).transform(asked)
        ours = found.set_index("customer_id").loc[asked["customer_id"], list(local.columns)]
        np.testing.assert_array_equal(ours.to_numpy(), local.to_numpy())

    @pytest.mark.prove
    def test_attributes_that_come_along_with_the_events_are_those_that_are_sent(
        self, model, events, company, log, november, monkeypatch
    ):
        monkeypatch.setattr("cxchurn.scoring.spark._run._LARGE", 0)
        asked = november.iloc[::40].reset_index(drop=True)
        found = cx.features_spark(model, events, asked, customers=company.customers, buckets=2).toPandas()
        local = model.features_.with_log(log).transform(asked)
        ours = found.set_index("customer_id").loc[asked["customer_id"], list(local.columns)]
        np.testing.assert_array_equal(ours.to_numpy(), local.to_numpy())

    @pytest.mark.prove
    def test_texts_are_read_by_what_the_rows_of_all_buckets_say(self, spark):
        """That customer 1 has times with a zone makes those of the others, which have none, mistakes."""
        zoned = [("1", f"2024-03-{day:02}T10:00:00Z", "call") for day in range(1, 9)]
        naive = [(str(who), f"2024-03-{who:02}", "call") for who in range(2, 12)]
        table = pa.table([pa.array(column) for column in zip(*zoned, *naive, strict=True)], names=["who", "at", "what"])
        schema = cx.Schema(customer_id="who", timestamp="at", kind="what")
        whole = cx.read_interactions(table, schema, on_error="quarantine")
        asked = pd.DataFrame({"customer_id": ["1"], "cutoff": pd.Timestamp("2024-03-05T12:00")})
        features = cx.FeatureSet([Recency()], log=whole).fit(asked)
        found = cx.features_spark(
            features,
            spark.createDataFrame(table),
            at="2024-03-05T12:00",
            schema=schema,
            buckets=4,
            on_error="quarantine",
        )
        assert found.attrs["validation"].rows_refused == whole.validation.rows_refused == 10
        ours = found.toPandas()
        assert ours["customer_id"].tolist() == ["1"]
        np.testing.assert_array_equal(ours.iloc[:, 2:].to_numpy(), features.transform(asked).to_numpy())

    def test_of_everybody_known_before_an_instant(self, quick, events, log):
        found = cx.features_spark(quick, events, at="2023-08-01T00:00Z", buckets=2).toPandas()
        known = log.events.filter(pa.compute.less(log.events["known_at"], pa.scalar(np.datetime64("2023-08-01", "us"))))
        assert sorted(found["customer_id"]) == sorted(known["customer_id"].unique().to_pylist())

    def test_customers_unknown_everywhere_are_refused(self, quick, events):
        strangers = pd.DataFrame({"customer_id": ["x", "y", "z"], "cutoff": pd.Timestamp("2024-05-01")})
        with pytest.raises(MismatchError, match="know none of the customers"):
            cx.features_spark(quick, events, strangers, buckets=2)

    def test_need_rows_or_an_instant(self, quick, events):
        with pytest.raises(UsageError, match="one of rows= and at="):
            cx.features_spark(quick, events)


class TestErrors:
    def test_bands_for_which_everybody_has_to_be_known(self, quick, events):
        with pytest.raises(UsageError, match="bands is 'capacity: 10'"):
            cx.score_spark(quick, events, at=AT, bands="capacity: 10")

    def test_an_instant_outside_the_log(self, quick, events):
        with pytest.raises(UsageError, match="lies outside the log"):
            cx.score_spark(quick, events, at="2030-01-01", buckets=2)

    def test_attributes_that_the_model_needs(self, model, events):
        with pytest.raises(MismatchError, match="the log lacks customers, "):
            cx.score_spark(model, events, at=AT)

    def test_a_column_that_is_not_there(self, quick, events):
        with pytest.raises(DataError, match="no column 'kind'"):
            cx.score_spark(quick, events.drop("kind"), at=AT)

    def test_frames_of_other_libraries(self, quick, company):
        with pytest.raises(UsageError, match="the events are a DataFrame"):
            cx.score_spark(quick, company.interactions, at=AT)

    def test_without_pyspark_the_extra_and_java_are_named(self, quick, monkeypatch):
        monkeypatch.setitem(sys.modules, "pyspark", None)
        with pytest.raises(MissingExtraError, match=r"cxchurn\[spark\].*Java 17"):
            cx.score_spark(quick, object(), at=AT)
