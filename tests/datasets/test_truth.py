from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from cxchurn.datasets import Simulation, simulate
from cxchurn.datasets._simulation import CUSTOMER_KINDS
from cxchurn.datasets._truth import mornings, quiet_probability
from cxchurn.datasets.world._diary import Diary
from cxchurn.datasets.world._effects import BASELINE, EFFECTS, FURTHER, LEAKY
from cxchurn.datasets.world._rates import rates
from cxchurn.datasets.world._state import State

NOT_EXPERIENCE = ["recency", "tenure", "attributes", "clock", "personality"]


def _too_far(truth: pd.Series, churned: pd.Series, errors: float = 4.0) -> bool:
    allowed = errors * np.sqrt((truth * (1 - truth)).sum() + 1.0)
    return abs(churned.sum() - truth.sum()) > allowed


def test_truth_is_calibrated(eligible: pd.DataFrame) -> None:
    # every second month: windows of 60 days that do not overlap, so the binomial error holds for all rows together
    apart = eligible[eligible["cutoff"].dt.month % 2 == 1]
    assert not _too_far(apart["truth"], apart["churned"])
    for by in ("cutoff", pd.qcut(apart["truth"], 10, labels=False)):
        assert not [name for name, rows in apart.groupby(by) if _too_far(rows["truth"], rows["churned"])]
    for power in (0.85, 1.15):  # the test would see errors of this size
        assert _too_far(apart["truth"] ** power, apart["churned"])


def test_churn_is_neither_rare_nor_given_away(eligible: pd.DataFrame) -> None:
    assert 0.08 < eligible["churned"].mean() < 0.20
    gone = eligible["truth"] == 1
    assert gone.mean() < 0.04
    assert eligible.loc[gone, "churned"].all()


def test_truth_beats_recency_clearly_and_is_no_oracle(eligible: pd.DataFrame) -> None:
    truth = roc_auc_score(eligible["churned"], eligible["truth"])
    recency = roc_auc_score(eligible["churned"], eligible["silent_days"])
    assert 0.80 < truth < 0.90
    assert truth > recency + 0.08


@pytest.mark.prove
def test_experience_tells_more_than_recency_and_frequency(simulation: Simulation, eligible: pd.DataFrame) -> None:
    habits = np.log1p(eligible[["silent_days", "size"]].to_numpy())
    effects = simulation.true_effects(eligible).drop(columns=["customer_id", "cutoff", "baseline", *NOT_EXPERIENCE])
    earlier = eligible["cutoff"] < "2024-07-01"
    aucs = []
    for columns in (habits, np.column_stack([habits, effects])):
        model = make_pipeline(StandardScaler(), LogisticRegression()).fit(
            columns[earlier], eligible["churned"][earlier]
        )
        aucs.append(roc_auc_score(eligible["churned"][~earlier], model.predict_proba(columns[~earlier])[:, 1]))
    assert aucs[1] > aucs[0] + 0.03


@pytest.mark.prove
def test_exact_probability_agrees_with_drawn_futures(simulation: Simulation, eligible: pd.DataFrame) -> None:
    few = eligible[eligible["cutoff"] == "2024-09-01"].head(150)
    kinds = [kind for kind in CUSTOMER_KINDS if kind != "cancel"]
    drawn = simulation.true_probability(few, kinds=kinds, paths=300)
    exact = few["truth"].to_numpy()
    assert (np.abs(drawn - exact) < 4.5 * np.sqrt((exact * (1 - exact) + 1e-3) / 300)).all()
    assert abs(drawn.mean() - exact.mean()) < 4 * np.sqrt((exact * (1 - exact)).sum() / 300) / len(few)


@pytest.mark.prove
def test_probability_of_a_cancellation_is_calibrated(simulation: Simulation, eligible: pd.DataFrame) -> None:
    now = eligible[eligible["cutoff"] == "2024-06-01"]
    cancels = 1 - simulation.true_probability(now, horizon="120D", kinds=["cancel"], paths=20)
    rows = simulation.interactions
    when = rows["timestamp"].between("2024-06-01", pd.Timestamp("2024-06-01") + pd.Timedelta("120D"), inclusive="left")
    cancelled = now["customer_id"].isin(rows.loc[(rows["kind"] == "cancel") & when, "customer_id"])
    assert cancelled.sum() > 10
    assert not _too_far(pd.Series(cancels), cancelled)


@pytest.mark.prove
def test_the_truth_about_one_customer_does_not_depend_on_who_else_is_asked_about(
    simulation: Simulation, eligible: pd.DataFrame
) -> None:
    some = eligible.sample(200, random_state=1)
    np.testing.assert_array_equal(simulation.true_probability(some), some["truth"])
    assert len(simulation.true_probability(some.head(0))) == 0


@pytest.mark.prove
def test_a_longer_silence_is_never_likelier(simulation: Simulation, eligible: pd.DataFrame) -> None:
    some = eligible[eligible["cutoff"] == "2024-01-01"]
    by_horizon = [simulation.true_probability(some, horizon=horizon) for horizon in ("1D", "60D", "120D")]
    assert all((longer <= shorter).all() for shorter, longer in pairwise(by_horizon))


@pytest.mark.prove
def test_true_effects_add_up_to_the_hazard(simulation: Simulation) -> None:
    people, calendar = simulation._people, simulation._calendar
    for day, state in mornings(people, calendar, simulation.random_state, Diary(), 300):
        if day == 300:
            leave = rates(people, state, calendar, day).leave
            here = np.flatnonzero(state.here & (people.signup < day))
    ids = [f"C-{place + 1:06d}" for place in here]
    pairs = pd.DataFrame({"customer_id": ids, "cutoff": simulation.start + np.timedelta64(300, "D")})
    table = simulation.true_effects(pairs)
    assert (table["baseline"] == BASELINE).all()
    np.testing.assert_allclose(
        table.drop(columns=["customer_id", "cutoff"]).sum(axis=1), np.log(leave[here]), rtol=1e-12
    )


@pytest.fixture(scope="module")
def morning(simulation: Simulation) -> tuple[int, State]:
    *_, last = mornings(simulation._people, simulation._calendar, simulation.random_state, Diary(), 120)
    return last


@pytest.mark.parametrize("driver", [driver for driver in LEAKY if driver not in FURTHER])
def test_every_experience_moves_the_truth_the_way_its_coefficient_says(
    simulation: Simulation, morning: tuple[int, State], driver: str
) -> None:
    people, calendar = simulation._people, simulation._calendar
    day, state = morning
    here = np.flatnonzero(state.here)
    as_is, moved = state.take(here), state.take(here)
    moved.move(driver, np.arange(len(here)), 0.5)
    before = quiet_probability(people.take(here), as_is, calendar, day, 60)
    after = quiet_probability(people.take(here), moved, calendar, day, 60)
    sign = next(np.sign(effect.coefficient) for effect in EFFECTS if effect.driver == driver)
    assert (sign * (after - before) >= 0).all()
    assert (after != before).mean() > 0.9


def test_effects_name_each_driver_once(simulation: Simulation) -> None:
    effects = simulation.effects
    assert list(effects.columns) == ["driver", "coefficient", "half_life_days", "says"]
    assert effects["driver"].is_unique
    raises = set(effects.loc[effects["coefficient"] > 0, "driver"])
    assert raises == {"effort", "speed", "overdrawn", "recency", "attributes", "clock", "personality"}


def test_a_driver_that_is_switched_off_drives_nobody() -> None:
    period = ("2024-01-01", "2024-07-01")
    whole, without = (simulate(150, *period, without=off, random_state=4) for off in ((), ("recovery", "basics")))
    assert whole.effects.set_index("driver")["coefficient"]["basics"] == -0.45
    assert without.effects.set_index("driver")["coefficient"][["basics", "recovery"]].tolist() == [0, 0]
    pairs = pd.DataFrame(
        {"customer_id": whole.customers["customer_id"].unique()[:60], "cutoff": pd.Timestamp("2024-06-25")}
    )
    there, here = (one.true_effects(pairs).drop(columns=["customer_id", "cutoff"]) for one in (whole, without))
    assert (there[["basics", "recovery"]] != 0).any().all()
    assert (here[["basics", "recovery"]] == 0).all().all()
    # the same people in the same season live on otherwise than they would
    pd.testing.assert_series_equal(there["personality"], here["personality"])
    assert not whole.interactions.equals(without.interactions)
    # late deliveries and open complaints still happen, and weigh on goodwill
    assert (without.interactions["delivered_at"] > without.interactions["promised_at"]).sum() > 20
