from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxchurn._core import UsageError
from cxchurn.features import BUILDERS, FeatureSet, Volume, every_family, small, standard
from cxchurn.features._standard import OFF
from cxchurn.interactions import Schema, read_interactions
from cxchurn.model import ChurnClassifier, ChurnModel
from cxchurn.panel import make_panel


def volume_of(log, horizon: str) -> Volume:
    return next(builder for builder in standard(log, horizon) if isinstance(builder, Volume))


def test_windows_follow_the_horizon(log):
    volume = volume_of(log, "60D")
    assert (volume.windows, volume.detail) == (("15D", "30D", "60D", "120D", "240D"), ("60D", "240D"))
    assert volume.measures == ("items", "discount")
    # a quarter of 12 hours is 3 hours; 2 days halved once and twice are 1 day and 12 hours, of which days stay
    assert volume_of(log, "12h").windows == ("3h", "6h", "12h", "1D", "2D")
    assert volume_of(log, "2D").windows == ("1D", "2D", "4D", "8D")


@pytest.mark.parametrize("choose", [every_family, standard, small])
def test_no_window_is_another_than_the_horizons(choose, log):
    """A quarter (in whole days), a half, once, twice and four times."""
    asked = ("windows", "detail", "half_lives", "horizons", "rates", "window", "quiet")
    for builder in choose(log, "30D"):
        for name in set(asked) & set(builder.get_params()):
            value = getattr(builder, name)
            given = {value} if isinstance(value, str) else set(value)
            assert given <= {"8D", "15D", "30D", "60D", "120D"}, (builder, name)


@pytest.mark.parametrize("horizon", ["1D", "7D", "60D", "12h", "3h"])
@pytest.mark.parametrize("choose", [every_family, standard, small])
@pytest.mark.sampled(5)
def test_every_horizon_makes_columns_once(choose, horizon, log, november):
    names = FeatureSet(choose(log, horizon), log=log).fit(november).get_feature_names_out()
    assert len(set(names)) == len(names)
    assert len(names) > (30 if choose is small else 100)


def test_every_family_is_there_once(log):
    drivers = [type(builder) for builder in every_family(log)]
    assert sorted(drivers, key=lambda cls: cls.__name__) == sorted(BUILDERS, key=lambda cls: cls.__name__)
    assert len({cls.driver for cls in drivers}) == len(drivers)


def test_the_standard_set_is_all_but_those_that_are_off(log):
    everything = every_family(log, "30D")
    assert standard(log, "30D") == [one for one in everything if not isinstance(one, OFF)]


def test_families_that_are_off_have_a_room_of_their_own():
    assert {one for one in BUILDERS if ".by_name." in one.__module__} == set(OFF)


def test_only_roles_that_are_there(log_of):
    builders = {builder.driver: builder for builder in standard(log_of([{"ago": 3}]), "60D")}
    assert builders["decay"].measures == ()
    assert builders["attributes"].names == ()
    with pytest.raises(UsageError, match="bare int"):
        standard(log_of([{"ago": 3}]), 60)


@pytest.mark.parametrize(
    ("events", "on", "off"),
    [
        ({}, {"activity", "recency", "standing", "prior", "disruption"}, {"effort", "feedback", "value", "balance"}),
        ({"transfers": 1}, {"effort"}, {"feedback", "value", "balance"}),
        ({"score": 9.0, "score_type": "nps"}, {"feedback", "balance"}, {"effort", "value"}),
        ({"direction": "outbound"}, {"attention", "after_sale"}, {"effort", "value", "balance"}),
    ],
)
def test_families_follow_the_roles(events, on, off, log_of):
    log = log_of([{"ago": 3, **events}, {"ago": 40, **events}])
    rows = pd.DataFrame({"customer_id": ["a"], "cutoff": ["2024-04-01"]})
    families = FeatureSet(every_family(log), log=log).fit(rows).families_.set_index("driver")
    assert on <= set(families.index[families["on"]])
    assert off <= set(families.index[~families["on"]])
    assert (families.loc[~families["on"], "why"].str.startswith("the log lacks ")).all()


class TestSmall:
    def test_is_about_forty_columns(self, log, november):
        assert 35 <= len(FeatureSet(small(log, "60D"), log=log).fit(november).says_) <= 45

    def test_is_a_part_of_the_standard_families(self, log):
        assert {one.driver for one in small(log)} < {one.driver for one in standard(log)}


class TestFewRows:
    """With few rows to learn from, many columns lose to a few good ones."""

    @pytest.fixture(scope="class")
    def rows(self, november) -> pd.DataFrame:
        moments = pd.date_range("2024-02-01", periods=4, freq="30D")
        many = november.merge(pd.DataFrame({"at": moments}), how="cross")
        return many.assign(cutoff=many["at"])[["customer_id", "cutoff"]]

    @pytest.mark.parametrize(("count", "choose"), [(999, small), (1000, standard)])
    def test_are_fewer_than_a_thousand(self, count, choose, log, churn, rows):
        features = FeatureSet(log=log, churn=churn, horizon="30D").fit(rows.iloc[:count])
        expected = [one for one in choose(log, "30D") if not one.lacks(features.roles_)]
        assert features.builders_ == expected

    def test_builders_given_are_kept(self, log, november):
        assert FeatureSet([Volume()], log=log).fit(november).builders_ == [Volume()]


def test_a_log_of_three_columns_has_a_standard_and_a_small_set(company):
    names = {role: role for role in ("customer_id", "timestamp", "kind")}
    frame = company.interactions[list(names)]
    log = read_interactions(frame, Schema(**names, duplicates="keep"))
    rows = pd.DataFrame({"customer_id": log.events["customer_id"].unique().to_pylist()[:50], "cutoff": "2024-11-05"})
    for choose, least in ((standard, 60), (small, 15)):
        assert len(FeatureSet(choose(log), log=log).fit(rows).says_) >= least


@pytest.mark.prove
def test_of_hundreds_of_measures_the_first_fifty_are_taken(company, churn):
    names = [f"m{number}" for number in range(60)]
    amounts = pd.DataFrame(np.random.default_rng(0).gamma(2, 1, (len(company.interactions), 60)), columns=names)
    rows = pd.concat(
        [company.interactions[["customer_id", "timestamp", "kind"]].reset_index(drop=True), amounts], axis=1
    )
    schema = Schema(
        customer_id="customer_id", timestamp="timestamp", kind="kind", measures=tuple(names), levels=("m3", "m55")
    )
    log = read_interactions(rows, schema)
    volume = next(one for one in standard(log) if isinstance(one, Volume))
    assert (volume.measures, volume.levels) == (tuple(names[:50]), ("m3",))
    panel = make_panel(log, churn, cutoffs=["2024-04-01", "2024-07-01"])
    notes = ChurnModel(churn, classifier=ChurnClassifier(n_estimators=5)).fit(panel).notes_
    assert any(note.startswith("10 of 60 measures left out: a model takes the first 50") for note in notes)
    own = ChurnModel(churn, features=[Volume(measures=tuple(names))], classifier=ChurnClassifier(n_estimators=5))
    assert not any("measures left out" in note for note in own.fit(panel).notes_)
