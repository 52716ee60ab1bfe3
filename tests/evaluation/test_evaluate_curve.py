from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxchurn._core import UsageError
from cxchurn.evaluation import evaluate_curve, evaluate_predictions
from cxchurn.interactions import Schema, read_interactions
from cxchurn.panel import Cancellation, Inactivity, Panel, make_panel

ORIGIN = np.datetime64("2024-01-01", "us")
CHURN = Cancellation(horizon="10D")


def at(day: int) -> np.datetime64:
    return ORIGIN + np.timedelta64(day, "D")


class Curve:
    """Says of customer number n that they cancel within 10 days with n percent, and within 20 days with 2 n percent."""

    churn = CHURN
    horizons = ("10D", "20D")
    columns = ("probability_10d", "probability_20d")
    definitions_ = (CHURN, Cancellation(horizon="20D"))

    def predict_curve(self, panel: Panel) -> pd.DataFrame:
        number = panel.frame["customer_id"]
        return pd.DataFrame({"probability_10d": number / 100, "probability_20d": number / 50})


@pytest.fixture(scope="module")
def panel() -> Panel:
    """40 customers at two cut-offs, days 10 and 20; the log ends on day 32."""
    rows = [(number, 0, "visit") for number in range(1, 41)]
    # 31 to 36 leave on day 12, 37 and 1 on day 22, 38 on day 30, on the edge of [10, 30) and [20, 30)
    rows += [(number, 12, "cancel") for number in range(31, 37)] + [(37, 22, "cancel"), (1, 22, "cancel")]
    rows += [(38, 30, "cancel")]
    frame = pd.DataFrame(rows, columns=["customer_id", "day", "kind"])
    frame["timestamp"] = [at(day) for day in frame.pop("day")]
    schema = Schema(customer_id="customer_id", timestamp="timestamp", kind="kind")
    log = read_interactions(frame, schema, observed_until=at(32), now="2030-01-01")
    return make_panel(log, CHURN, cutoffs=[at(10), at(20)])


def test_at_risk_by_hand(panel: Panel) -> None:
    table = evaluate_curve(Curve(), panel, replicates=20)
    # 10 days: 40 rows of day 10, of whom 6 leave, and 34 of day 20, of whom 2. 20 days: of day 10, 8 leave by day 30;
    # of day 20 it is finished on day 40 only.
    assert table[["horizon", "at_risk", "churned", "unfinished"]].to_numpy().tolist() == [
        ["10D", 74, 8, 0], ["20D", 40, 8, 34],
    ]  # fmt: skip


def test_metrics_are_those_of_the_predictions(panel: Panel) -> None:
    table = evaluate_curve(Curve(), panel, replicates=30, random_state=7)
    number = np.arange(1, 41)
    left = np.isin(number, [*range(31, 38), 1]).astype(int)
    frame = pd.DataFrame({"customer_id": number, "group": "2024-01-11", "churned": left, "p": number / 50})
    metrics = evaluate_predictions(frame, ["p"], replicates=30, random_state=7).metrics.query("cutoff == 'pooled'")
    metrics = metrics.set_index("metric")
    for name in ("roc_auc", "log_loss", "calibration_error"):
        found = table.loc[1, [name, f"{name}_low", f"{name}_high"]].tolist()
        assert found == metrics.loc[name, ["value", "low", "high"]].tolist()
    # of 8 * 32 pairs: 31 to 37 are above 29 of the 32 (not 38, 39, 40), 1 above none
    assert table.loc[1, "roc_auc"] == pytest.approx(7 * 29 / (8 * 32))


def test_a_panel_of_another_horizon_serves(panel: Panel) -> None:
    longer = make_panel(panel.log, Cancellation(horizon="20D"), cutoffs=[at(10), at(20)])
    table = evaluate_curve(Curve(), longer, replicates=20)
    assert table[["at_risk", "churned", "unfinished"]].to_numpy().tolist() == [[40, 6, 0], [40, 8, 0]]


def test_where_nothing_is_finished(panel: Panel) -> None:
    table = evaluate_curve(Curve(), panel.take(panel.cutoffs == at(20)), replicates=20)
    assert table[["at_risk", "churned", "unfinished"]].to_numpy().tolist() == [[34, 2, 0], [0, 0, 34]]
    assert table.iloc[1, 4:].isna().all()
    assert table.iloc[0, 4:].notna().all()


@pytest.mark.parametrize(
    "definition", [Inactivity("10D"), Cancellation(horizon="10D", gap="1D"), Cancellation("visit", horizon="10D")]
)
def test_another_meaning_of_churned(panel: Panel, definition: object) -> None:
    other = Panel(panel.frame, panel.log, definition, panel.summary)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="one meaning of churned"):
        evaluate_curve(Curve(), other)


def test_no_row(panel: Panel) -> None:
    with pytest.raises(UsageError, match="no rows"):
        evaluate_curve(Curve(), panel.take(np.zeros(len(panel), dtype=bool)))
