from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxchurn._core import DataError, UsageError
from cxchurn.panel import Cancellation, Inactivity, Panel, every, make_panel, sufficiency, too_few
from cxchurn.panel._sufficiency import auc_error
from cxchurn.panel._summary import summarise

from .panel_rows import at, log_of

LOG = log_of([("a", 0, "visit"), ("b", 3, "visit")], until=100)
counts = st.integers(1, 5000)


def panel_of(churners: int, stayed: int, *, days: tuple[float, ...] = (10,), horizon: str = "5D") -> Panel:
    """So many customers who churned and who stayed, with one row at each of the cut-offs."""
    names = [f"{number}" for number in range(churners + stayed)]
    frame = pd.DataFrame(
        {
            "customer_id": names * len(days),
            "cutoff": np.repeat([at(day) for day in days], len(names)),
            "group": np.repeat([str(day) for day in days], len(names)),
            "churned": np.array(([1] * churners + [0] * stayed) * len(days), dtype=np.int8),
        }
    )
    return Panel(frame, LOG, Inactivity(horizon), summarise(frame, pd.Series(dtype=np.int64)))


class TestStandardError:
    def test_by_hand(self):
        # A = 3/4: Q1 = 3/5, Q2 = 9/14, A² = 9/16; (3/16 + 49 (3/5 - 9/16) + 49 (9/14 - 9/16)) / 2500 = 5.9625 / 2500
        assert auc_error(50, 50) == pytest.approx(math.sqrt(5.9625 / 2500), rel=1e-12)

    def test_is_exact_for_exponential_scores(self):
        # Hanley and McNeil's Q1 and Q2 are those of exponential scores; means of 3 and 1 have the AUC 3 / (3 + 1)
        random = np.random.default_rng(0)
        left, stayed = random.exponential(3, (4000, 25)), random.exponential(1, (4000, 60))
        auc = (left[:, :, None] > stayed[:, None, :]).mean(axis=(1, 2))
        assert auc.mean() == pytest.approx(0.75, abs=0.005)
        assert auc_error(25, 60) == pytest.approx(auc.std(), rel=0.04)

    @pytest.mark.parametrize(("churners", "stayed"), [(0, 5), (5, 0), (0, 0)])
    def test_there_is_none_without_both(self, churners, stayed):
        assert math.isnan(auc_error(churners, stayed))

    @given(churners=counts, stayed=counts)
    def test_falls_with_every_customer(self, churners, stayed):
        assert auc_error(churners + 1, stayed) < auc_error(churners, stayed)
        assert auc_error(churners, stayed + 1) < auc_error(churners, stayed)

    def test_the_difference_that_shows(self):
        # (1.95996 + 0.84162) sqrt(2 (1 - 0.8)) SE
        row = sufficiency(panel_of(50, 50)).table.iloc[0]
        assert row["standard_error"] == auc_error(50, 50)
        assert row["difference"] == pytest.approx(2.80158 * math.sqrt(0.4) * auc_error(50, 50), rel=1e-4)

    def test_a_difference_that_shows_is_found_four_times_in_five(self):
        # AUCs drawn normal with SE and correlation 0.8, one ahead by the difference
        error, difference = sufficiency(panel_of(300, 900)).table.loc[0, ["standard_error", "difference"]]
        random = np.random.default_rng(0)
        cov = error**2 * np.array([[1, 0.8], [0.8, 1]])
        drawn = random.multivariate_normal([0.75 + difference, 0.75], cov, size=20_000)
        z = (drawn[:, 0] - drawn[:, 1]) / (error * math.sqrt(0.4))
        assert (np.abs(z) > 1.95996).mean() == pytest.approx(0.8, abs=0.01)


@pytest.mark.parametrize(
    ("training", "test", "enough"),
    [
        ((200, 200), None, "yes"),
        ((199, 200), None, "barely"),
        ((200, 199), None, "barely"),
        ((10, 10), None, "barely"),
        ((9, 500), None, "no"),
        ((500, 9), None, "no"),
        ((500, 0), None, "no"),
        ((0, 500), None, "no"),
        ((200, 200), (200, 200), "yes"),
        ((200, 200), (199, 200), "barely"),
        ((200, 200), (0, 200), "barely"),
        ((9, 200), (200, 200), "no"),
    ],
)
def test_enough(training, test, enough):
    verdict = sufficiency(panel_of(*training), test=None if test is None else panel_of(*test))
    assert verdict.enough == enough
    assert str(verdict).splitlines()[0] == f"Enough data: {enough}"


def test_check_refuses_what_cannot_be_learned_from():
    sufficiency(panel_of(10, 10), test=panel_of(1, 10)).check()
    with pytest.raises(DataError, match=r"^3 churners; at least 10 are needed to train at all\.\nAllowed: 10 or more"):
        sufficiency(panel_of(3, 300), test=panel_of(300, 300)).check()


def test_counts_by_hand():
    # a visits on days 0 and 20, b on 0, 5 and 25, c once on day 8; silence of 10 days; cut-offs on days 4, 12, 20 and 28
    rows = [("a", 0, "visit"), ("a", 20, "visit"), ("b", 0, "visit"), ("b", 5, "visit"), ("b", 25, "visit")]
    log = log_of([*rows, ("c", 8, "visit")], until=31)
    panel = make_panel(log, Inactivity("10D"), cutoffs=every("8D", at(4), at(28)))
    # day 4: a silent in [4, 14), b not. 12: a not (20), b silent in [12, 22), c silent. 20: a not, b not, c silent.
    # 28: unfinished. So a, b and c churned once, and a and b stayed once.
    (row,) = sufficiency(panel).table.to_dict("records")
    assert {name: row[name] for name in ("part", "rows", "customers", "churners", "stayed")} == {
        "part": "training", "rows": 8, "customers": 3, "churners": 3, "stayed": 2,
    }  # fmt: skip
    # before day 20, the last finished cut-off: a once (not on day 20 itself), b twice, c once
    assert (row["interactions"], row["cutoffs"], row["finished"]) == (4, 4, 3)
    # only day 20 has a finished past, day 4 with [4, 14): a silent, b not; on day 20 c is silent, a and b not
    assert row["folds"] == 1


def test_folds_need_both_outcomes_on_both_sides():
    one_sided = panel_of(20, 20, days=(10, 20, 30))
    assert sufficiency(one_sided).table.loc[0, "folds"] == 2
    early = one_sided.take((one_sided.cutoffs > at(10)) | (one_sided.y == 0))
    assert sufficiency(early).table.loc[0, "folds"] == 1
    assert sufficiency(panel_of(20, 20)).table.loc[0, "folds"] == 0


class TestWords:
    def test_few_churners(self):
        said = sufficiency(panel_of(41, 300)).sentences
        assert said[0] == "41 churners; as a rule about 200 are needed to tell a model from the recency rule."
        assert said[1].startswith(
            "With 41 churners and 300 customers who stayed to judge on, two models that differ by 0.0"
        )

    @pytest.mark.parametrize(
        ("churners", "stayed", "words"),
        [
            (1, 300, "1 churner;"),
            (300, 1, "1 customer who stayed;"),
            (300, 4, "4 customers who stayed;"),
            (0, 0, "0 ch"),
        ],
    )
    def test_the_rarer_is_named(self, churners, stayed, words):
        assert (too_few(churners, stayed) or "").startswith(words)

    def test_none_where_there_are_enough(self):
        assert too_few(200, 200) is None
        assert len(sufficiency(panel_of(200, 200, days=(10, 20))).sentences) == 1

    def test_parts_are_told_apart(self):
        said = sufficiency(panel_of(41, 300), test=panel_of(30, 900)).sentences
        assert (
            said[0]
            == "In the training rows: 41 churners; as a rule about 200 are needed to tell a model from the recency rule."
        )
        assert (
            said[1]
            == "In the test rows: 30 churners; as a rule about 200 are needed to tell a model from the recency rule."
        )
        assert said[2].startswith("With 30 churners and 900 customers who stayed to judge on")

    def test_too_few_to_train(self):
        said = sufficiency(panel_of(3, 300), test=panel_of(300, 300)).sentences
        assert said[0] == "3 churners; at least 10 are needed to train at all."
        assert not any("training rows" in one for one in said)

    def test_no_ranking_without_both(self):
        said = sufficiency(panel_of(300, 300), test=panel_of(0, 300)).sentences
        assert "With 0 churners and 300 customers who stayed to judge on, no ranking can be judged." in said

    def test_not_even_a_perfect_model(self):
        assert any("not even a perfect model" in one for one in sufficiency(panel_of(2, 3)).sentences)

    @pytest.mark.parametrize(
        ("horizon", "words"), [("3D", "1 of 3 cut-offs is left"), ("10D", "2 of 3 cut-offs are left")]
    )
    def test_unfinished_cutoffs(self, horizon, words):
        # the log ends on day 18: the last window ends on day 19, or the last two on days 21 and 26
        log = log_of([("a", 0, "visit"), ("b", 1, "cancel")], until=18)
        panel = make_panel(log, Cancellation(horizon=horizon), cutoffs=[at(5), at(11), at(16)])
        assert any(one.startswith(words) for one in sufficiency(panel).sentences)

    def test_fits_a_terminal(self):
        verdict = sufficiency(panel_of(41, 300, days=(10, 20)), test=panel_of(3, 900))
        lines = str(verdict).splitlines()
        assert max(map(len, lines)) <= 80
        assert next(line for line in lines if line.startswith("churners")).split() == ["churners", "41", "3"]
        assert repr(verdict) == str(verdict)


def test_no_row():
    panel = panel_of(5, 5)
    empty = panel.take(np.zeros(len(panel), dtype=bool))
    with pytest.raises(UsageError, match="training panel has no row"):
        sufficiency(empty)
    with pytest.raises(UsageError, match="test panel has no row"):
        sufficiency(panel, test=empty)
