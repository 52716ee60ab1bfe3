"""Same model, same references: same bits; and newer references only when asked, from the log of everybody."""

from __future__ import annotations

import logging

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxchurn._core import MismatchError, UsageError
from cxchurn.explanation import explain
from cxchurn.features import Recency, read_references, vector_of
from cxchurn.interactions import known_before, read_interactions, with_events
from cxchurn.model import ChurnClassifier, ChurnModel, load_model, with_references
from cxchurn.scoring import NOT_ELIGIBLE, refresh, score

AT = "2024-11-05T13:20"


def same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(one, other, check_exact=True)


@pytest.fixture(scope="module")
def scores(model, log) -> pd.DataFrame:
    return score(model, log, at=AT, reasons=3).set_index("customer_id")


@pytest.fixture(scope="module")
def in_parts(company, company_schema):
    log = read_interactions(company.interactions, company_schema, customers=company.customers, memory_limit="20MB")
    assert len(log.parts) > 3
    return log


@pytest.fixture(scope="module")
def features(model, log, scores) -> pd.DataFrame:
    rows = pd.DataFrame({"customer_id": scores.index, "cutoff": pd.Timestamp(AT)})
    return model.features_.with_log(log).transform(rows).set_axis(scores.index)


def of(log, customers):
    """The log of some customers."""
    return with_events(log, log.events.filter(pc.is_in(log.events["customer_id"], pa.array(customers))))


class TestOneMeaning:
    """The default families, for any customers, in any order, from memory and from disk, in a batch and alone."""

    @settings(max_examples=12, deadline=None)
    @given(data=st.data())
    def test_of_any_customers_in_any_order(self, data, model, log, scores, features):
        chosen = data.draw(st.lists(st.sampled_from(sorted(scores.index)), min_size=1, max_size=20, unique=True))
        part = of(log, chosen)
        shuffled = with_events(
            log, part.events.take(pa.array(data.draw(st.randoms()).sample(range(len(part)), len(part))))
        )
        found = score(model, shuffled, at=AT, reasons=3).set_index("customer_id")
        # the type of text may be another where nobody is asked about; the numbers may not
        pd.testing.assert_frame_equal(
            found.sort_index(), scores.loc[sorted(chosen)], check_exact=True, check_dtype=False, check_index_type=False
        )
        rows = pd.DataFrame({"customer_id": chosen, "cutoff": pd.Timestamp(AT)})
        made = model.features_.with_log(shuffled).transform(rows)
        np.testing.assert_array_equal(
            made.to_numpy().view(np.int64), features.loc[chosen].to_numpy().view(np.int64), strict=True
        )

    def test_of_parts_on_disk(self, model, in_parts, scores):
        same(score(model, in_parts, at=AT, reasons=3).set_index("customer_id"), scores)

    def test_of_one_customer_as_a_service_asks(self, model, log, scores, features):
        for customer in scores.index[[0, 40, 120, -1]]:
            vector = vector_of(model.features_, customer, of(log, [customer]).events, AT)
            assert vector.view(np.int64).tolist() == features.loc[customer].to_numpy().view(np.int64).tolist()

    def test_of_a_loaded_model_and_a_longer_log(self, model, log, scores, tmp_path):
        loaded = load_model(model.save(tmp_path / "model"))
        same(score(loaded, log, at=AT, reasons=3).set_index("customer_id"), scores)
        same(score(loaded, known_before(log, AT), at=AT, reasons=3).set_index("customer_id"), scores)

    def test_the_same_with_given_references(self, model, log, in_parts):
        given = refresh(model, log, at=AT)
        assert refresh(model, in_parts, at=AT) == given
        whole = score(model, log, at=AT, reasons=2, references=given).set_index("customer_id")
        some = sorted(whole.index)[::7]
        part = score(model, of(log, some), at=AT, reasons=2, references=given).set_index("customer_id")
        same(part.sort_index(), whole.loc[some])


class TestRefresh:
    def test_changes_the_references_and_not_the_model(self, model, log, scores):
        before = model.features_.references_.version(AT)
        given = refresh(model, log, at=AT)
        fresh = score(model, log, at=AT, references=given).set_index("customer_id")
        assert (scores["references_version"] == before).all()
        assert (fresh["references_version"] == given.version(AT)).all()
        assert given.version(AT)[:10] == "2024-11-04"
        assert model.features_.references_.version(AT) == before != given.version(AT)
        assert set(fresh["model_version"]) == set(scores["model_version"]) == {model.version_}
        asked = fresh[fresh["band"] != NOT_ELIGIBLE].index
        assert not np.array_equal(fresh.loc[asked, "churn_probability"], scores.loc[asked, "churn_probability"])

    def test_whoever_makes_them_makes_the_same(self, model, log, tmp_path):
        loaded = load_model(model.save(tmp_path / "model"))
        given = refresh(loaded, known_before(log, "2024-11-04"), at="2024-11-04")
        assert given == refresh(model, log, at="2024-11-10T23:00")
        # the model's own of a training week are what a refresh of that week gives
        own = model.features_.references_
        for at in own.crowd:
            monday = pd.Timestamp(at, unit="us")
            assert refresh(model, log, at=monday).version(monday) == own.version(monday)

    def test_the_model_carries_those_of_training(self, model, train):
        """Of the weeks of its cut-offs, and of the week in which the last outcome was known."""
        cutoffs = pd.to_datetime(train.frame["cutoff"].unique())
        known = cutoffs.max() + pd.Timedelta("60D")
        mondays = {(at - pd.Timedelta(days=at.weekday())).normalize() for at in [*cutoffs, known]}
        assert {pd.Timestamp(at, unit="us") for at in model.features_.references_.crowd} == mondays

    def test_is_written_where_told(self, model, log, tmp_path):
        given = refresh(model, log, at=AT, to=tmp_path / "scores")
        assert read_references(tmp_path / "scores") == given
        fresh = score(model, log, at=AT, references=given)
        same(score(model, log, at=AT, references=tmp_path / "scores" / "references.json"), fresh)
        same(score(model, log, at=AT, references=str(tmp_path / "scores")), fresh)

    def test_at_the_end_of_the_log_by_default(self, model, log):
        assert refresh(model, log) == refresh(model, log, at=log.observed_until)
        both = refresh(model, log, at=["2024-11-05", "2024-11-26"])
        assert [pd.Timestamp(at, unit="us").day for at in both.crowd] == [4, 25]

    def test_a_log_of_some_is_refused(self, model, log, scores):
        some = of(log, sorted(scores.index)[::5])
        with pytest.raises(MismatchError, match=r"the model learned from \d+: it hardly holds everybody") as caught:
            refresh(model, some, at=AT)
        assert caught.value.exit_code == 3
        assert refresh(model, some, at=AT, at_least=0).version(AT) != refresh(model, log, at=AT).version(AT)

    def test_those_of_another_model_are_refused(self, model, log, train):
        other = ChurnModel(folds=2, classifier=ChurnClassifier(n_estimators=5), features=[Recency(by=())]).fit(train)
        with pytest.raises(MismatchError, match="made for another model"):
            score(model, log, at=AT, references=refresh(other, log, at=AT))
        with pytest.raises(MismatchError, match="made for another model"):
            score(other, log, at=AT, references=refresh(model, log, at=AT))

    @pytest.mark.parametrize("at", ["2023-06-01", "2024-12-02"])
    def test_outside_the_log(self, at, model, log):
        with pytest.raises(UsageError, match="outside the log"):
            refresh(model, log, at=at)


class TestSaid:
    def test_old_tables(self, model, log, caplog):
        """The newest are of the week in which the last outcome was known, in summer; in late November that is long ago."""
        with caplog.at_level(logging.WARNING, logger="cxchurn"):
            table = score(model, log, at="2024-11-28")
        (record,) = caplog.records
        assert table.attrs["notes"] == [record.getMessage()]
        assert "weeks before 2024-11-28: refresh" in record.getMessage()
        caplog.clear()
        table = score(model, log, at="2024-11-28", references=refresh(model, log, at="2024-11-28"))
        assert not caplog.records
        assert table.attrs["notes"] == []

    def test_given_tables_of_after_the_cut_off(self, model, log, scores):
        """They cannot serve: what they know had not happened yet."""
        table = score(model, log, at=AT, reasons=3, references=refresh(model, log, at="2024-11-28"))
        assert "are of after 2024-11-05T13:20:00: the model's own serve" in table.attrs["notes"][0]
        same(table.set_index("customer_id"), scores)

    def test_nothing_of_a_model_that_compares_nobody(self, log, train, caplog):
        alone = ChurnModel(folds=2, classifier=ChurnClassifier(n_estimators=5), features=[Recency(by=())]).fit(train)
        table = score(alone, log, at="2024-11-28")
        assert not caplog.records
        assert (table["references_version"] == "none").all()


def test_the_same_probabilities_as_the_model_with_them(model, log, test):
    given = refresh(model, log, at=np.unique(test.cutoffs))
    newer = with_references(model, given)
    assert newer.version_ == model.version_
    explained = explain(model, test, references=given)
    np.testing.assert_allclose(explained.probability, newer.predict_proba(test)[:, 1], rtol=0, atol=1e-9)
    assert not np.array_equal(newer.predict_proba(test), model.predict_proba(test))
