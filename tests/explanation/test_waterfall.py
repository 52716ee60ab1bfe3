"""From the base to one customer's probability, step by step, and what matters over all."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxchurn._core import UsageError
from cxchurn.explanation import Explanation, importance, waterfall
from cxchurn.features import Says

DRIVERS = ("effort", "speed", "recency", "my_calls")
THEMES = ("experience", "experience", "rhythm", "money")


def made(contributions: list[list[float]], base: float = -1.0) -> Explanation:
    """An explanation of one column a driver, a customer a row but for the last two, who are one."""
    n = len(contributions)
    names = [f"{driver}_n" for driver in DRIVERS]
    says = [
        Says(name, driver, "had {value:.0f}", theme=theme)
        for name, driver, theme in zip(names, DRIVERS, THEMES, strict=True)
    ]
    customers = [f"C-{min(place, max(n - 2, 0))}" for place in range(n)]
    rows = pd.DataFrame({"customer_id": customers, "cutoff": pd.date_range("2024-10-01", periods=n)})
    features = pd.DataFrame(np.arange(4.0 * n).reshape(n, 4), columns=names)
    return Explanation(
        rows, features, pd.DataFrame(contributions, columns=names), base, says, dict.fromkeys(names, 0.0)
    )


@given(
    st.lists(st.lists(st.floats(-3, 3), min_size=4, max_size=4), min_size=1, max_size=5),
    st.sampled_from(["driver", "theme", "column"]),
    st.floats(-3, 3),
    st.integers(1, 5),
)
def test_steps_lead_from_the_base_to_the_probability(contributions, by, base, most):
    explanation = made(contributions, base)
    row = len(contributions) - 1
    table = waterfall(explanation, explanation.rows["customer_id"].iloc[row], by=by, most=most)
    steps = table.iloc[1:-1]
    assert table["part"].iloc[0] == "base"
    assert table["part"].iloc[-1] == "probability"
    assert table["ends"].iloc[0] == pytest.approx(100 / (1 + np.exp(-base)))
    assert table["points"].iloc[-1] == pytest.approx(100 * explanation.probability[row])
    assert table["ends"].iloc[-2] == pytest.approx(100 * explanation.probability[row], abs=1e-6)
    np.testing.assert_allclose(steps["ends"] - steps["begins"], steps["points"], atol=1e-9)
    np.testing.assert_allclose(steps["begins"], table["ends"].iloc[:-2], atol=1e-9)
    assert len(steps) <= most + 1
    shown = steps[steps["part"] != "others"]["points"].abs()
    assert shown.is_monotonic_decreasing
    assert (steps["points"] != 0).all() or "others" in set(steps["part"])


def test_steps_are_called_by_words():
    table = waterfall(made([[1.0, 0.5, -0.5, 0.2]]), "C-0")
    # largest first: effort, then speed and recency as they stand, then the driver of somebody's own
    assert table["words"].tolist() == [
        "customers in general", "how hard it was", "how quickly we answer", "how long ago they were here", "my calls",
        "customer C-0",
    ]  # fmt: skip
    assert waterfall(made([[1.0, 0.5, -0.5, 0.2]]), "C-0", by="column")["words"].iloc[1] == "had 0"
    themes = waterfall(made([[1.0, 0.5, -0.5, 0.2]]), "C-0", by="theme")
    assert themes["part"].tolist() == ["base", "experience", "rhythm", "money", "probability"]


def test_the_last_row_of_a_customer_or_the_one_asked_for():
    explanation = made([[1.0, 0, 0, 0], [0, 1.0, 0, 0], [0, 0, 1.0, 0]])  # the last two are of C-1
    assert waterfall(explanation, "C-1")["part"].iloc[1] == "recency"
    assert waterfall(explanation, "C-1", cutoff="2024-10-02")["part"].iloc[1] == "speed"
    with pytest.raises(UsageError, match="does not have 'C-1' at '2025-01-01'"):
        waterfall(explanation, "C-1", cutoff="2025-01-01")
    with pytest.raises(UsageError, match="the explanation has no customer 'C-7'"):
        waterfall(explanation, "C-7")
    with pytest.raises(UsageError, match=r"did you mean 'driver'"):
        waterfall(explanation, "C-1", by="drivers")


def test_importance_by_hand():
    # in the middle, where the slope is that of the base, points are about 100 x 1/4 x log-odds; here exactly symmetric rows
    explanation = made([[0.4, 0, 0, 0], [-0.4, 0, 0, 0], [0.4, 0, 0, 0], [0.0, 0, 0, 0]], base=0.0)
    table = importance(explanation).set_index("driver")
    size = 100 * (1 / (1 + np.exp(-0.4)) - 0.5)
    assert table.loc["effort", ["points", "share", "raises", "lowers"]].tolist() == pytest.approx(
        [0.75 * size, 1.0, 0.5 * size, -0.25 * size]
    )
    assert table.index[0] == "effort"
    # customers C-0, C-1, C-2 (twice): sizes 1, 1, 1 + 0; mean .75; apart: .25, .25, -.5; squared .375, x 3 / 2, root / 4
    assert (table.loc["effort", "high"] - table.loc["effort", "low"]) / 2 == pytest.approx(
        1.959964 * np.sqrt(0.375 * 1.5) / 4 * size, rel=1e-5
    )
    assert table.loc["effort", "words"] == "how hard it was"


@given(st.lists(st.lists(st.floats(-3, 3), min_size=4, max_size=4), min_size=2, max_size=6))
def test_importance_adds_up(contributions):
    explanation = made(contributions)
    for by in ("driver", "theme"):
        table = importance(explanation, by=by)
        moved = 100 * (explanation.probability - 1 / (1 + np.exp(1.0)))
        assert (table["raises"] + table["lowers"]).sum() == pytest.approx(moved.mean(), abs=1e-6)
        np.testing.assert_allclose(table["raises"] - table["lowers"], table["points"], atol=1e-9)
        assert table["points"].is_monotonic_decreasing
        for side in ("", "raises_", "lowers_"):
            middle = table["points" if not side else side[:-1]]
            assert (table[f"{side}low"].isna() | (table[f"{side}low"] <= middle + 1e-9)).all()
            assert (table[f"{side}high"].isna() | (table[f"{side}high"] >= middle - 1e-9)).all()


def test_importance_is_by_driver_or_theme():
    with pytest.raises(UsageError, match="by is 'columns'"):
        importance(made([[0.0] * 4]), by="columns")
