from __future__ import annotations

import copy
import sys
from typing import ClassVar

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline

from cxchurn._core import DataError, MismatchError, MissingExtraError, UsageError
from cxchurn.features import (
    Builder,
    Column,
    Decay,
    Effort,
    FeatureSet,
    Feedback,
    Recency,
    Volume,
    features_from_plain,
    features_to_plain,
    standard,
)
from cxchurn.interactions import Schema, known_before, read_interactions, with_events
from cxchurn.panel import PanelSplit

BUILDERS = [Recency(), Volume(windows=("30D",), detail=()), Effort(windows=("60D",))]


def bits(frame: pd.DataFrame) -> np.ndarray:
    return frame.to_numpy().view(np.int64)


@pytest.fixture(scope="module")
def fitted(log, november):
    return FeatureSet(standard(log, "60D"), log=log).fit(november)


class TestManners:
    def test_clone_shares_the_log(self, log):
        features = FeatureSet(BUILDERS, log=log, horizon="30D")
        again = clone(features)
        assert again.log is log
        assert (again.builders, again.horizon) == (BUILDERS, "30D")
        assert again.builders[0] is not BUILDERS[0]
        assert copy.deepcopy(features).log is log

    def test_prints_its_builders(self):
        assert "Recency()" in repr(FeatureSet([Recency()]))

    def test_one_row_in_one_row_out(self, fitted, november):
        shuffled = november.sample(frac=1.0, random_state=3)
        features = fitted.transform(shuffled)
        assert features.index.equals(shuffled.index)
        assert list(features.columns) == list(fitted.get_feature_names_out())
        assert set(features.dtypes) == {np.dtype(np.float64)}
        assert not np.isinf(features.to_numpy()).any()

    def test_no_rows(self, fitted, november):
        assert fitted.transform(november.iloc[:0]).shape == (0, len(fitted.says_))

    @pytest.mark.parametrize("container", ["default", "pandas", "polars"])
    def test_set_output(self, container, log, november):
        features = FeatureSet([Recency(stack=1, by=())], min_customers=1, log=log).set_output(transform=container)
        out = features.fit_transform(november)
        assert type(out).__module__.startswith("polars" if container == "polars" else "pandas")
        assert (
            list(out.columns) == list(features.get_feature_names_out()) == ["recency_days_last", "recency_days_first"]
        )

    def test_polars_has_the_same_numbers(self, log, november):
        features = FeatureSet([Recency(stack=1, by=())], min_customers=1, log=log).fit(november)
        frame = features.transform(november)
        out = clone(features).set_output(transform="polars").fit(november).transform(november)
        assert out.to_numpy().tobytes() == frame.to_numpy().tobytes()

    def test_without_polars_its_extra_is_named(self, log, monkeypatch):
        monkeypatch.setitem(sys.modules, "polars", None)
        with pytest.raises(MissingExtraError, match=r"pip install 'cxchurn\[polars\]'"):
            FeatureSet([Recency()], log=log).set_output(transform="polars")

    def test_in_a_pipeline_with_another_classifier(self, train, log):
        pipeline = make_pipeline(FeatureSet(BUILDERS, log=log), HistGradientBoostingClassifier(max_iter=10))
        folds = PanelSplit(2, horizon="60D")
        scores = cross_val_score(pipeline, train.frame, train.y, cv=folds, scoring="roc_auc")
        assert len(scores) == 2
        assert scores.min() > 0.6

    def test_before_fit(self, log, november):
        with pytest.raises(NotFittedError):
            FeatureSet(BUILDERS, log=log).transform(november)
        with pytest.raises(NotFittedError):
            FeatureSet(BUILDERS, log=log).get_feature_names_out()

    def test_catalogue(self, fitted):
        table = fitted.catalogue()
        told = [
            "name",
            "driver",
            "unit",
            "window",
            "meaning",
            "roles",
            "sees",
            "expects",
            "theme",
            "actionable",
            "used",
        ]
        assert list(table.columns) == told
        assert list(table["name"]) == list(fitted.get_feature_names_out())
        assert set(table["expects"]) == {-1, 0, 1}
        table = table.set_index("name")
        assert table.loc["volume_count_60d", "window"] == "60 days"
        # what the builder needs, as in `needs`: nothing beyond what every log has; one of two
        assert table.loc["volume_count_60d", "roles"] == ""
        assert table.loc["effort_transfers_last", "roles"] == "transfers or case_id"
        assert set(table.loc[table["driver"] == "value", "roles"]) == {"value"}

    def test_the_catalogue_comes_back_with_a_saved_set(self, fitted):
        again = features_from_plain(features_to_plain(fitted))
        pd.testing.assert_frame_equal(again.catalogue(), fitted.catalogue())

    def test_integers_and_yes_or_no_become_floats(self, log, november):
        class Flags(Builder):
            """Whether customers have ever been here."""

            driver = "flags"

            def columns(self, seen):
                yield Column("flags_seen", seen.count() > 0, says="has been here: {value}")

        assert FeatureSet([Flags()], min_customers=1, log=log).fit_transform(november).dtypes.tolist() == [
            np.dtype(np.float64)
        ]


class TestOnePastAlone:
    """A row's features depend on that customer's own past and nothing else."""

    @settings(max_examples=15, deadline=None)
    @given(data=st.data())
    def test_any_rows_in_any_order(self, data, fitted, november):
        whole = fitted.transform(november)
        chosen = data.draw(st.lists(st.integers(0, len(november) - 1), min_size=1, max_size=6))
        np.testing.assert_array_equal(bits(fitted.transform(november.iloc[chosen])), bits(whole.iloc[chosen]))

    def test_alone_in_the_log(self, fitted, log, november):
        events = log.events
        mask = np.asarray(events["customer_id"].to_pandas() == november["customer_id"].iloc[7])
        alone = fitted.with_log(with_events(log, events.filter(mask))).transform(november.iloc[[7]])
        np.testing.assert_array_equal(bits(alone), bits(fitted.transform(november.iloc[[7]])))

    def test_nothing_later(self, fitted, log, november):
        past = fitted.with_log(known_before(log, november["cutoff"].iloc[0]))
        np.testing.assert_array_equal(bits(past.transform(november)), bits(fitted.transform(november)))

    def test_another_log_leaves_the_first_alone(self, fitted, log):
        past = known_before(log, "2024-01-01")
        assert fitted.with_log(past).log is past
        assert fitted.log is log

    def test_not_the_order_of_the_file(self, fitted, company, company_schema, november):
        shuffled = company.interactions.sample(frac=1.0, random_state=5)
        other = read_interactions(shuffled, company_schema, customers=company.customers.iloc[::-1])
        np.testing.assert_array_equal(
            bits(fitted.with_log(other).transform(november)), bits(fitted.transform(november))
        )


class TestFamilies:
    def test_off_with_the_reason(self, log_of):
        log = log_of([{"ago": 3, "transfers": 1}, {"ago": 2, "transfers": 0}])
        features = FeatureSet(standard(log), log=log).fit(
            pd.DataFrame({"customer_id": ["a"], "cutoff": ["2024-04-01"]})
        )
        families = features.families_.set_index("driver")
        off = families[~families["on"]]["why"].to_dict()
        expected = {
            "value": "the log lacks value",
            "attributes": "the log lacks customers",
            "feedback": "the log lacks score",
            "balance": "the log lacks sentiment or score or resolved",
        }
        assert off.items() >= expected.items()
        assert ((families["why"] == "") == families["on"]).all()
        assert (families.loc[list(off), "columns"] == 0).all()
        assert families["columns"].sum() == len(features.says_)
        assert families.loc["effort", "idea"].startswith("How hard customers had to work")

    def test_nothing_left(self, log_of):
        rows = pd.DataFrame({"customer_id": ["a"], "cutoff": ["2024-04-01"]})
        with pytest.raises(DataError, match="no builder makes a column"):
            FeatureSet([Feedback()], min_customers=1, log=log_of([{"ago": 3}])).fit(rows)

    def test_a_column_twice(self, log, november):
        with pytest.raises(UsageError, match="two builders make the column 'recency_days_last'"):
            FeatureSet([Recency(), Recency()], min_customers=1, log=log).fit(november)


class TestLabels:
    EVENTS: ClassVar = [
        *({"ago": ago, "kind": "visit"} for ago in (9, 8, 7)),
        *({"ago": ago, "kind": "call"} for ago in (6, 5)),
        {"ago": 0, "kind": "chat"},
        *({"ago": -ago, "kind": "chat"} for ago in range(1, 9)),
    ]

    def _rows(self, *cutoffs: str) -> pd.DataFrame:
        return pd.DataFrame({"customer_id": "a", "cutoff": pd.to_datetime(list(cutoffs))})

    def test_come_from_before_the_last_training_cut_off(self, log_of):
        # chat first occurs at the last cut-off itself
        features = FeatureSet([Recency()], min_customers=1, log=log_of(self.EVENTS)).fit(
            self._rows("2024-03-28", "2024-04-01")
        )
        assert features.known_["kind"] == ("visit", "call")

    def test_new_ones_change_no_column(self, log_of):
        features = FeatureSet([Volume(windows=(), detail=("30D",))], min_customers=1, log=log_of(self.EVENTS)).fit(
            self._rows("2024-04-01")
        )
        later = features.transform(self._rows("2024-04-12"))
        counts = later.filter(like="volume_count_")
        assert list(counts) == ["volume_count_life", "volume_count_kind_visit_30d", "volume_count_kind_call_30d"]
        assert counts.iloc[0].tolist() == [14.0, 3.0, 2.0]
        assert list(later.columns) == list(features.get_feature_names_out())


@pytest.fixture(scope="module")
def without_transfers(company, log):
    names = {role: role for role in ("customer_id", "timestamp", "kind", "value", "case_id")}
    return read_interactions(company.interactions.drop_duplicates(list(names)), Schema(**names, duplicates="keep"))


class TestErrors:
    def test_a_log_that_lacks_roles(self, log, november, without_transfers):
        features = FeatureSet([Effort()], min_customers=1, log=log).fit(november)
        with pytest.raises(MismatchError, match=r"lacks(.|\n)*transfers") as caught:
            features.with_log(without_transfers).transform(november)
        assert caught.value.exit_code == 3

    def test_no_log(self, november):
        with pytest.raises(UsageError, match="no log"):
            FeatureSet([Decay()]).fit(november)

    @pytest.mark.parametrize(
        ("rows", "words"),
        [
            ([("a", "2024-01-01")], "rows are a list"),
            (pd.DataFrame({"customer": ["a"], "cutoff": ["2024-01-01"]}), "lack customer_id"),
            (
                pd.DataFrame({"customer_id": ["a"], "cut_off": ["2024-01-01"]}),
                r"lack cutoff(.|\n)*did you mean 'cut_off'",
            ),
            (pd.DataFrame({"customer_id": ["a"], "cutoff": [None]}), "missing"),
            (pd.DataFrame({"customer_id": ["a"], "cutoff": [20240101]}), "bare number"),
        ],
    )
    def test_bad_rows(self, rows, words, log):
        with pytest.raises(UsageError, match=words):
            FeatureSet(BUILDERS, log=log).fit(rows)

    def test_no_row_to_learn_from(self, log, november):
        with pytest.raises(DataError, match="no row to learn from"):
            FeatureSet(BUILDERS, log=log).fit(november.iloc[:0])

    def test_cut_offs_in_another_zone_and_as_text(self, log, november):
        features = FeatureSet([Recency()], min_customers=1, log=log).fit(november)
        zoned = november.assign(cutoff=november["cutoff"].dt.tz_localize("UTC").dt.tz_convert("Asia/Tokyo"))
        text = november.assign(cutoff="2024-11-05T13:20:00")
        for rows in (zoned, text):
            np.testing.assert_array_equal(bits(features.transform(rows)), bits(features.transform(november)))
