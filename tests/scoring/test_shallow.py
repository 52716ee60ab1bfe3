"""A log that reaches back less far than the one the model learned from is said, and refused where it is too short."""

from __future__ import annotations

import logging

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from cxchurn._core import MismatchError
from cxchurn.datasets import simulate
from cxchurn.features import Activity, Recency
from cxchurn.interactions import read_interactions, with_events
from cxchurn.model import ChurnClassifier, ChurnModel, load_model
from cxchurn.panel import after_first, make_panel
from cxchurn.scoring import score

DAY = pd.Timedelta("1D")
AT = pd.Timestamp("2024-11-05")


def of_last(log, days, *, customers=None):
    """What a job reads that asks for the last days only (of some customers)."""
    events = log.events
    known = pc.greater_equal(events["known_at"], pa.scalar((AT - days * DAY).to_datetime64()))
    if customers is not None:
        known = pc.and_(known, pc.is_in(events["customer_id"].cast(pa.string()), pa.array(customers)))
    return with_events(log, events.filter(known))


def heard(caplog):
    return [
        record.getMessage()
        for record in caplog.records
        if record.name == "cxchurn" and record.levelno >= logging.WARNING
    ]


@pytest.fixture(scope="module")
def lean(train, churn) -> ChurnModel:
    """Trained at seven cut-offs, the first five months after the log's start, the last eleven."""
    return ChurnModel(churn, features=[Recency(by=()), Activity()], classifier=ChurnClassifier(n_estimators=10)).fit(
        train
    )


def test_how_deep_the_training_cutoffs_were_is_kept(lean, train, tmp_path):
    cutoffs = pd.to_datetime(train.frame["cutoff"])
    start = pd.Timestamp("2023-07-01")
    depths = lean.features_.depths_
    assert pd.Timestamp(depths.log_start, unit="us") == start
    # customers active within 90 days whose histories reach back to the first days of the log: nearly as deep as it is
    first, last = ((at - start).days for at in (cutoffs.min(), cutoffs.max()))
    assert first - 3 <= depths.shallowest <= first
    assert last - 3 <= depths.deepest <= last
    assert load_model(lean.save(tmp_path / "model")).features_.depths_ == depths


def test_the_training_log_is_deep_enough(lean, log, caplog):
    assert score(lean, log, at=AT).attrs["notes"] == []
    assert heard(caplog) == []


def test_between_the_shallowest_and_the_deepest_it_is_said(lean, log, caplog):
    scores = score(lean, of_last(log, 200), at=AT)
    short = lean.features_.depths_.deepest - 200
    (note,) = scores.attrs["notes"]
    assert (
        f"customers' histories reach back 200 days from 2024-11-05, {short} fewer than at the deepest training" in note
    )
    assert heard(caplog) == [f"{note[:-1]}: what is counted over all of the past is less than the model has learned."]


def test_below_the_shallowest_it_is_refused(lean, log, caplog):
    short = of_last(log, 100)
    with pytest.raises(MismatchError, match=r"reach back 100 days .* and fewer than at the shallowest") as refused:
        score(lean, short, at=AT)
    assert refused.value.exit_code == 3
    assert f"{lean.features_.depths_.shallowest} days or more" in str(refused.value)
    assert "allow_shallow=True (--allow-shallow)" in str(refused.value)
    scores = score(lean, short, at=AT, allow_shallow=True)
    assert len(scores.attrs["notes"]) == len(heard(caplog)) == 1


@pytest.mark.parametrize("count", [1, 4, 20])
def test_one_or_a_few_customers_may_all_be_new(lean, log, caplog, count):
    ids = pc.unique(of_last(log, 20).events["customer_id"].cast(pa.string())).to_pylist()[:count]
    assert len(score(lean, of_last(log, 20, customers=ids), at=AT)) == count
    assert heard(caplog) == []


def test_an_early_cutoff_of_a_whole_log_is_shallow_too(lean, log):
    with pytest.raises(MismatchError, match="fewer than at the shallowest"):
        score(lean, log, at="2023-10-01")


def test_a_lookback_needs_no_more_than_itself(train, churn, log, caplog):
    model = ChurnModel(
        churn, features=[Recency(by=())], classifier=ChurnClassifier(n_estimators=10), lookback="90D"
    ).fit(train)
    assert score(model, of_last(log, 91), at=AT).attrs["notes"] == []
    assert heard(caplog) == []
    whole, short = (
        score(model, one, at=AT).set_index("customer_id")["churn_probability"] for one in (log, of_last(log, 91))
    )
    pd.testing.assert_series_equal(whole.reindex(short.index)[short.notna()], short[short.notna()], check_exact=True)
    with pytest.raises(
        MismatchError, match=r"reach back 50 days .*, 40 fewer than at the deepest training cut-off \(90 days\)"
    ):
        score(model, of_last(log, 50), at=AT)


def test_cutoffs_soon_after_the_first_interaction_need_little(log, churn, caplog):
    """Who asks 20 days after each customer's first interaction has never seen more than 20 days."""
    panel = make_panel(log, churn, cutoffs=after_first("20D"))
    model = ChurnModel(churn, features=[Recency(by=())], classifier=ChurnClassifier(n_estimators=10), folds=2).fit(
        panel
    )
    assert (model.features_.depths_.shallowest, model.features_.depths_.deepest) == (20, 20)
    score(model, of_last(log, 30), at=AT)
    assert heard(caplog) == []


def test_a_stray_row_is_no_beginning_of_a_log():
    from cxchurn.features.fitting._depths import reach

    began = np.arange(2000) * 1_000_000  # seconds after 1970
    began[0] = -(10**15)
    at = np.full(2000, 30 * 86_400_000_000)
    assert reach(began, at).tolist() == [30]  # from the third second of the first day on
    assert reach(began[:999], at[:999]).tolist() == [30 + 11_575]  # of fewer than 1,000 none is a stray


def test_a_log_that_began_slowly_and_goes_on_begins_where_it_did():
    from cxchurn.features.fitting._depths import Depths, started

    day = 86_400_000_000
    few, many = np.arange(0, 100, 10), np.repeat(np.arange(100, 1200), 30)
    known = np.sort(np.concatenate([few, many])) * day
    trained = started(known[known < 300 * day])
    assert trained == 60 * day  # six of six thousand are strays
    assert started(known) == 100 * day  # and all ten of thirty-three thousand
    depths = Depths(trained, 240, 900, ())
    assert depths.start_in(known) == 60 * day
    # what is read of the last 300 days alone begins with them, but for strays
    last = known[known >= 900 * day]
    assert depths.start_in(last) == depths.start_in(np.append(last, [0, day])) == 900 * day


@pytest.fixture(scope="module")
def two_years(company_schema):
    company = simulate(150, "2022-07-01", "2024-12-01", random_state=4)
    return read_interactions(company.interactions, company_schema, customers=company.customers)


@pytest.mark.parametrize(("lookback", "notes"), [(None, 1), ("150D", 0)])
def test_a_log_that_moves_on_with_its_depth_is_said(two_years, churn, caplog, lookback, notes):
    """A job that reads the last so many days, as many as there were in training: nothing is too short, but tenures are."""
    caplog.set_level(logging.INFO, "cxchurn")
    panel = make_panel(two_years, churn, cutoffs=["2022-12-01", "2023-02-01"])
    classifier = ChurnClassifier(n_estimators=10)
    model = ChurnModel(churn, features=[Recency(by=())], classifier=classifier, lookback=lookback).fit(panel)
    assert score(model, two_years, at=AT).attrs["notes"] == []
    said = score(model, of_last(two_years, 300), at=AT).attrs["notes"]
    assert len(said) == notes
    if notes:
        # 300 days before 2024-11-05, and a horizon of 60 days after that
        assert said[0].startswith("the log begins on 2024-01-10, that of training on 2022-07-01")
        assert "first seen before 2024-03-10 may be older than the log shows" in said[0]
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.INFO and "begins" in r.getMessage()] == said
