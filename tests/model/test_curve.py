from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from cxchurn._core import DataError, MismatchError, UsageError
from cxchurn.features import ActiveDays, Recency, Volume
from cxchurn.interactions import InteractionLog, Schema, read_interactions
from cxchurn.model import ChurnClassifier, ChurnCurve, ChurnModel, load_curve, load_model
from cxchurn.model._curve import cumulative
from cxchurn.panel import Cancellation, Inactivity, Panel, every, make_panel

ORIGIN = np.datetime64("2024-01-01", "us")
CHURN = Cancellation(horizon="30D")
FEW = [Recency(by=()), ActiveDays(windows=("30D",)), Volume(windows=("30D",))]
TREES = ChurnClassifier(n_estimators=60, learning_rate=0.1, n_jobs=1)


def at(day: float) -> np.datetime64:
    return ORIGIN + np.timedelta64(round(day * 86_400_000_000), "us")


def log_of(rows: pd.DataFrame, until: float) -> InteractionLog:
    """Rows of customer, day and kind."""
    frame = pd.DataFrame({"customer_id": rows["customer"], "timestamp": [at(day) for day in rows["day"]]})
    schema = Schema(customer_id="customer_id", timestamp="timestamp", kind="kind", duplicates="keep")
    return read_interactions(frame.assign(kind=rows["kind"]), schema, observed_until=at(until), now="2030-01-01")


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    """A company of 700 places: who visits more seldom is likelier to cancel, and a new customer like them follows."""
    random = np.random.default_rng(0)
    frames = []
    for _ in range(700):
        risk, joined = random.uniform(0, 1), random.uniform(0, 30)
        while joined < 400:
            left = joined + random.exponential(1 / (0.002 * np.exp(1.6 * risk)))
            visits = random.uniform(joined, left, random.poisson((0.03 + 0.3 * (1 - risk)) * (left - joined)))
            kinds = ["visit"] * (1 + visits.size) + ["cancel"]
            frames.append(pd.DataFrame({"customer": len(frames), "day": [joined, *visits, left], "kind": kinds}))
            joined = left
    everything = pd.concat(frames, ignore_index=True)
    return everything[everything["day"] < 400]


@pytest.fixture(scope="module")
def log(rows: pd.DataFrame) -> InteractionLog:
    return log_of(rows, until=400)


@pytest.fixture(scope="module")
def panel(log: InteractionLog) -> Panel:
    return make_panel(log, CHURN, cutoffs=every("30D", at(60), at(360)))


@pytest.fixture(scope="module")
def curve(panel: Panel) -> ChurnCurve:
    """Learned before day 270; never to be changed by a test."""
    return ChurnCurve(CHURN, features=FEW, classifier=TREES).fit(panel.split(at(270))[0])


@pytest.fixture(scope="module")
def test(panel: Panel) -> Panel:
    """Cut-offs on the days 270, 300, 330 and 360, the log ending on day 400."""
    return panel.split(at(270))[1]


class TestCurve:
    @given(arrays(np.float64, (6, 5), elements=st.floats(0, 1)))
    def test_never_falls_whatever_the_hazards(self, stay):
        said = cumulative(stay)
        assert (np.diff(said, axis=1) >= 0).all()
        assert ((said >= 0) & (said <= 1)).all()

    def test_by_hand(self):
        # 1 - 0.9, 1 - 0.9 * 0.5, 1 - 0.9 * 0.5 * 1
        np.testing.assert_allclose(cumulative(np.array([[0.9, 0.5, 1.0]])), [[0.1, 0.55, 0.55]])

    def test_a_fitted_curve_never_falls(self, curve, test):
        said = curve.predict_curve(test)
        assert list(said) == ["customer_id", "cutoff", "probability_30d", "probability_60d", "probability_90d"]
        pd.testing.assert_frame_equal(said[["customer_id", "cutoff"]], test.frame[["customer_id", "cutoff"]])
        assert (said["probability_30d"] > 0).all()
        assert (said["probability_60d"] > said["probability_30d"]).all()
        assert (said["probability_90d"] > said["probability_60d"]).all()

    def test_is_made_of_the_hazards(self, curve, test):
        one, two, three = (model.predict_proba(test)[:, 1] for model in curve.models_)
        said = curve.predict_curve(test)
        np.testing.assert_allclose(said["probability_60d"], one + (1 - one) * two, rtol=1e-12)
        np.testing.assert_allclose(said["probability_90d"], 1 - (1 - one) * (1 - two) * (1 - three), rtol=1e-12)

    @pytest.mark.prove
    def test_with_one_horizon_it_is_the_model(self, panel, test):
        train = panel.take(panel.cutoffs <= at(120))
        curve = ChurnCurve(CHURN, horizons=("30D",), classifier=TREES).fit(train)
        model = ChurnModel(CHURN, classifier=TREES).fit(train)
        assert curve.models_[0].version_ == model.version_
        said = curve.predict_curve(test)
        assert list(said)[2:] == ["probability_30d"]
        np.testing.assert_allclose(said["probability_30d"], model.predict_proba(test)[:, 1], rtol=0, atol=1e-15)

    def test_a_frame_is_as_good_as_a_panel(self, curve, test):
        frame = test.frame[["cutoff", "customer_id"]].iloc[::-1]
        said = curve.predict_curve(frame)
        pd.testing.assert_frame_equal(said.iloc[::-1], curve.predict_curve(test))

    def test_every_interval_has_the_same_features(self, curve):
        names = [list(model.typical_) for model in curve.models_]
        assert names[0] == names[1] == names[2]
        assert [model.churn_ for model in curve.models_] == [
            Cancellation(horizon="30D", gap=gap, returns="any") for gap in ("0D", "30D", "60D")
        ]  # fmt: skip

    @pytest.mark.prove
    def test_twice_is_the_same(self, curve, panel):
        again = clone(curve).fit(panel.split(at(270))[0])
        assert [model.version_ for model in again.models_] == [model.version_ for model in curve.models_]


# 16 customers who visit on one of the first days; who cancels, and when
ENDS = {0: 12, 1: 19.5, 2: 20, 3: 25, 4: 33, 5: 41, 6: 9, 7: 15}


def small_log(until: float = 60) -> InteractionLog:
    rows = [(customer, customer % 3, "visit") for customer in range(16)]
    rows += [(customer, day, "cancel") for customer, day in ENDS.items()]
    return log_of(pd.DataFrame(rows, columns=["customer", "day", "kind"]), until)


class TestAtRisk:
    def test_by_hand(self):
        churn = Cancellation(horizon="10D")
        panel = make_panel(small_log(), churn, cutoffs=[at(10), at(20), at(30)])
        curve = ChurnCurve(churn, horizons=("10D", "20D"), features=FEW, classifier=TREES).fit(panel)
        # The last outcome is known on day 40.
        # Day 10: all but 6 (9), so 15; by day 20 leave 0 (12), 1 (19.5), 7 (15), but not 2, on day 20 itself: 3.
        # Day 20: 12, as 2 leaves then; by day 30 leave 2 (20) and 3 (25): 2. Day 30: 10; by day 40 leaves 4 (33): 1.
        # Second interval: of day 10 the 12 left, of whom 2 and 3 leave in [20, 30); of day 20 the 10 left, of whom 4 leaves
        # in [30, 40); of day 30 nobody's is finished by day 40, which are 10 rows.
        expected = pd.DataFrame(
            {"interval": ["0D to 10D", "10D to 20D"], "rows": [37, 22], "churned": [6, 3], "unfinished": [0, 10]}
        )
        pd.testing.assert_frame_equal(curve.at_risk_, expected)
        assert [len(model.training_panel_) for model in curve.models_] == [37, 22]
        assert curve.models_[1].training_panel_.frame.query("churned == 1")["customer_id"].tolist() == [2, 3, 4]

    def test_gap_and_longer_panel(self):
        churn = Cancellation(horizon="20D", gap="5D")
        panel = make_panel(small_log(), churn, cutoffs=[at(10)])
        curve = ChurnCurve(churn, horizons=("10D", "20D"), features=FEW, classifier=TREES).fit(panel)
        # [15, 25): 1, 2 and 7 of 14 (0 left in the gap, which is no answer); [25, 35): 3 and 4 of the other 11
        assert curve.at_risk_[["rows", "churned", "unfinished"]].to_numpy().tolist() == [[14, 3, 0], [11, 2, 0]]
        assert curve.models_[1].churn_ == Cancellation(horizon="10D", gap="15D", returns="any")

    def test_an_interval_nobody_cancels_in(self):
        churn = Cancellation(horizon="10D")
        panel = make_panel(small_log(100), churn, cutoffs=[at(10), at(20), at(60)])
        # [30, 31) for day 10 with 10 left and [40, 41) for day 20 with 9 left; of day 60 it is not finished by day 70
        with pytest.raises(DataError, match="nobody or everybody cancels:\n  20D to 21D: 0 of 19 at risk\nAllowed"):
            ChurnCurve(churn, horizons=("10D", "20D", "21D", "40D"), features=FEW).fit(panel)


class TestLeakFree:
    def test_nothing_after_the_first_test_cutoff_matters(self, curve, rows, panel, test):
        """All that happens from day 270 on is taken out of the log, or made up."""
        before = rows[rows["day"] < 270]
        made_up = before.drop_duplicates("customer").assign(day=270.0 + before["customer"] % 90, kind="cancel")
        for other in (log_of(before, until=270), log_of(pd.concat([before, made_up]), until=400)):
            whole = make_panel(other, CHURN, cutoffs=every("30D", at(60), at(240)))
            train = whole.take(whole.cutoffs + CHURN.reach <= at(270))
            again = clone(curve).fit(train)
            pd.testing.assert_frame_equal(again.at_risk_, curve.at_risk_)
            assert [model.version_ for model in again.models_] == [model.version_ for model in curve.models_]

    def test_no_label_looks_further_than_the_panel(self, curve, panel):
        for model in curve.models_:
            part = model.training_panel_
            assert (part.cutoffs + part.definition.reach).max() == at(270)


def kaplan_meier(test: Panel, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the share that has left by 30, 60 and 90 days among some rows, and its standard error (Greenwood)."""
    part = test.take(rows)
    alive, stay, greenwood, found = np.ones(len(part), dtype=bool), 1.0, 0.0, []
    for gap in ("0D", "30D", "60D"):
        interval = Cancellation(horizon="30D", gap=gap)
        left = interval.churned(part.log, part.frame["customer_id"].to_numpy(), part.cutoffs)
        asked = alive & (part.cutoffs + interval.reach <= part.log.observed_until)
        n, d = asked.sum(), (asked & left).sum()
        stay *= 1 - d / n
        greenwood += (d + 0.5) / (n * (n - d + 0.5))
        found.append((1 - stay, stay * np.sqrt(greenwood)))
        alive &= ~left
    share, error = zip(*found, strict=True)
    return np.array(share), np.array(error)


def farthest(test: Panel, said: np.ndarray) -> float:
    """Return the greatest distance, in standard errors, of the mean probability from the rate in tenths of the rows."""
    tenths = np.array_split(np.argsort(said[:, -1], kind="stable"), 10)
    worst = 0.0
    for rows in tenths:
        share, error = kaplan_meier(test, rows)
        worst = max(worst, float((np.abs(said[rows].mean(axis=0) - share) / error).max()))
    return worst


def test_calibrated_in_every_tenth_at_every_horizon(curve, test):
    # [270, 360) and [360, 390) do not overlap, so an end is counted once; day 360 is finished for the first interval alone
    apart = test.take(np.isin(test.cutoffs, [at(270), at(360)]))
    said = curve.predict_curve(apart)[curve.columns].to_numpy()
    assert farthest(apart, said) < 3.5  # the greatest of 30
    assert farthest(apart, 1 - (1 - said) ** 1.5) > 4
    tenths = np.array_split(np.argsort(said[:, -1], kind="stable"), 10)
    # a tenth is 280 rows: its rates are known to about a seventh
    assert (kaplan_meier(apart, tenths[-1])[0] > 1.3 * kaplan_meier(apart, tenths[0])[0]).all()


class TestErrors:
    @pytest.mark.parametrize(
        ("churn", "horizons", "words"),
        [
            (
                Inactivity("30D"),
                ("30D", "60D"),
                r"silence for 60 days contains silence for 30(.|\n)*ChurnModel for each",
            ),
            (None, ("30D", "60D"), "needs a cancellation, not None"),
            (CHURN, (), r"horizons is \(\)"),
            (CHURN, "30D", "horizons is '30D'"),
            (CHURN, ("60D", "30D"), "horizons is 60D, 30D(.|\n)*rise"),
            (CHURN, ("30D", "30D"), "horizons is 30D, 30D(.|\n)*rise"),
            (CHURN, (30, 60), "horizons is 30, a bare int"),
            (CHURN, ("60D", "90D"), "30D, is none of the curve's(.|\n)*60D, 90D"),
            (Cancellation(horizon="30D", gap="1D"), ("30D",), r"gap='1D'"),
        ],
    )
    def test_wrong_calls(self, panel, churn, horizons, words):
        with pytest.raises(UsageError, match=words):
            ChurnCurve(churn, horizons=horizons).fit(panel)

    def test_a_frame_cannot_be_learned_from(self, panel):
        with pytest.raises(UsageError, match="a DataFrame"):
            ChurnCurve(CHURN).fit(panel.frame)

    def test_no_row(self, panel):
        with pytest.raises(DataError, match="no row"):
            ChurnCurve(CHURN).fit(panel.take(np.zeros(len(panel), dtype=bool)))

    def test_unfitted(self, test):
        with pytest.raises(NotFittedError):
            ChurnCurve(CHURN).predict_curve(test)

    def test_prints_as_typed(self):
        assert repr(ChurnCurve(CHURN)) == "ChurnCurve(churn=Cancellation(horizon='30D'))"


class TestSaved:
    @pytest.fixture
    def folder(self, curve, tmp_path):
        return curve.save(tmp_path / "curve")

    def test_everything_comes_back(self, curve, folder, test):
        again = load_curve(folder)
        pd.testing.assert_frame_equal(again.predict_curve(test), curve.predict_curve(test))
        assert again.get_params(deep=False).keys() == curve.get_params(deep=False).keys()
        assert (again.churn, again.horizons, again.definitions_) == (curve.churn, curve.horizons, curve.definitions_)
        assert again.at_risk_.equals(curve.at_risk_)
        assert [one.version_ for one in again.models_] == [one.version_ for one in curve.models_]
        assert [one.churn_ for one in again.models_] == [one.churn_ for one in curve.models_]

    def test_it_is_written_the_same_again(self, folder, tmp_path):
        again = load_curve(folder).save(tmp_path / "again")
        assert {one.name: one.read_bytes() for one in again.iterdir()} == {
            one.name: one.read_bytes() for one in folder.iterdir()
        }

    def test_it_is_not_taken_for_a_model(self, curve, folder, tmp_path):
        with pytest.raises(MismatchError, match=r"holds a curve(.|\n)*load_curve"):
            load_model(folder)
        with pytest.raises(MismatchError, match=r"holds a model(.|\n)*load_model"):
            load_curve(curve.models_[0].save(tmp_path / "model"))
