"""The panel of everybody on Spark, and that of a sample: the rows and labels of one machine."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import cxchurn as cx
from cxchurn._core import UsageError
from cxchurn.features import Recency
from cxchurn.model import ChurnClassifier, ChurnModel

CUTOFFS = cx.monthly("2023-12-01", "2024-10-01")


@pytest.fixture(scope="module")
def whole(log, churn):
    return cx.make_panel(log, churn, cutoffs=CUTOFFS)


@pytest.fixture(scope="module")
def found(events, churn, company_schema):
    return cx.panel_spark(events, churn, cutoffs=CUTOFFS, schema=company_schema, buckets=3)


@pytest.fixture(scope="module")
def sample(events, churn, company_schema):
    return cx.sample_spark(events, churn, cutoffs=CUTOFFS, share=0.4, random_state=3, schema=company_schema, buckets=3)


def in_order(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.sort_values(["cutoff", "customer_id"], ignore_index=True)


def test_everybody_has_the_rows_and_labels_of_one_machine(found, whole) -> None:
    table = found.toArrow()
    place = table.column_names.index("cutoff")
    instants = table["cutoff"].cast(pa.timestamp("us", tz="UTC")).cast(pa.timestamp("us"))
    frame = table.set_column(place, "cutoff", instants).to_pandas()
    pd.testing.assert_frame_equal(in_order(frame), in_order(whole.frame), check_dtype=False, check_exact=True)


def test_the_summary_and_the_definition_are_those_of_one_machine(found, whole) -> None:
    pd.testing.assert_frame_equal(found.attrs["summary"], whole.summary, check_dtype=False)
    assert found.attrs["definition"] == whole.definition
    assert found.attrs["definition"].ended_by == ("cancel",)
    assert set(found.attrs["notes"]) <= set(whole.decided)


def test_a_sample_has_the_labels_that_everybody_has(sample, whole) -> None:
    drawn = set(sample.frame["customer_id"])
    assert 60 < len(drawn) < 180  # 0.4 of 300
    theirs = whole.frame[whole.frame["customer_id"].isin(drawn)]
    pd.testing.assert_frame_equal(in_order(sample.frame), in_order(theirs), check_dtype=False)
    assert sample.definition == whole.definition
    assert "A sample of 0.4 of the customers, by a hash of their ids (random_state=3)" in sample.notes[0]


def test_a_sample_has_all_events_of_its_customers(sample, log) -> None:
    events = log.events.to_pandas()
    theirs = events["customer_id"].isin(set(sample.log.events["customer_id"].unique().to_pylist()))
    assert len(sample.log) == theirs.sum()
    assert (sample.log.observed_until, sample.log.start) == (log.observed_until, log.start)


def test_a_model_is_trained_on_a_sample(sample) -> None:
    model = ChurnModel(features=[Recency()], classifier=ChurnClassifier(n_estimators=5)).fit(sample)
    assert np.isfinite(model.raw_score(sample)).all()


def test_kinds_that_never_occur_are_refused(events, company_schema) -> None:
    with pytest.raises(UsageError, match="ended_by names the kind 'farewell', which never occurs"):
        cx.panel_spark(
            events, cx.Inactivity("60D", ended_by=("farewell",)), cutoffs=CUTOFFS, schema=company_schema, buckets=2
        )


@pytest.mark.parametrize("share", [0, 1.5, -0.1])
def test_a_share_is_above_0_and_at_most_1(events, churn, company_schema, share) -> None:
    with pytest.raises(UsageError, match="share is"):
        cx.sample_spark(events, churn, cutoffs=CUTOFFS, share=share, schema=company_schema)
