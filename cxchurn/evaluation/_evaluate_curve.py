"""Judge a churn curve, horizon by horizon, on the customers whose outcome is known by then."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cxchurn._core import UsageError
from cxchurn.evaluation._evaluate import evaluate_predictions
from cxchurn.panel import ChurnDefinition, check_panel, observed_end

_METRICS = ("roc_auc", "log_loss", "calibration_error")
_COLUMNS = [name + end for name in _METRICS for end in ("", "_low", "_high")]


def evaluate_curve(curve: Any, test: Any, *, replicates: int = 500, random_state: int | None = 0) -> pd.DataFrame:
    """Say how good a `ChurnCurve` is at each of its horizons, on customers and cut-offs it has not seen.

    A row whose horizon runs past the end of the log is left out at this horizon, and counted: an unfinished future is not
    "stayed". Customers are compared with customers in general as a nightly batch would have done at each cut-off.

    Parameters
    ----------
    curve : ChurnCurve
        Fitted.
    test : Panel
        Rows from later cut-offs than those trained on, made with the curve's definition; of any horizon, the shortest keeps
        the most rows.
    replicates : int, default 500
        Draws of customers for the intervals, at least 20.
    random_state : int or None, default 0
        Seed of the draws.

    Returns
    -------
    DataFrame
        One row a horizon: ``horizon``, ``at_risk`` (rows under contract at their cut-off whose horizon is finished),
        ``churned`` (of them, by the horizon), ``unfinished`` (rows left out), and for each of ``roc_auc``, ``log_loss`` and
        ``calibration_error`` the value with its 95 % interval over draws of customers: ``roc_auc``, ``roc_auc_low``,
        ``roc_auc_high``, and so on. Not a number where nothing can be measured.

    Examples
    --------
    >>> leaving = cx.Cancellation(kind="cancel", horizon="30D")
    >>> months = cx.monthly("2024-01-01", "2024-10-01")
    >>> train, test = cx.make_panel(log, leaving, cutoffs=months).split("2024-07-01")
    >>> curve = cx.ChurnCurve(leaving, horizons=["30D", "60D"], features=[cx.Recency()]).fit(train)
    >>> cx.evaluate_curve(curve, test, replicates=20)["horizon"].tolist()
    ['30D', '60D']
    """
    # here, not above: judging a table of predictions loads no models
    from cxchurn.model import as_each_night

    _check(curve, test)
    said = as_each_night(curve, test)[0].predict_curve(test)
    rows = []
    for horizon, column, definition in zip(curve.horizons, curve.columns, curve.definitions_, strict=True):
        finished = test.cutoffs + definition.reach <= observed_end(test.log, definition).until
        frame = test.frame.loc[finished, ["customer_id", "cutoff", "group"]].assign(model=said.loc[finished, column])
        frame["churned"] = definition.churned(test.log, frame["customer_id"].to_numpy(), test.cutoffs[finished])
        counts = {"at_risk": len(frame), "churned": int(frame["churned"].sum()), "unfinished": int((~finished).sum())}
        rows.append({"horizon": horizon, **counts, **_measured(frame, replicates, random_state)})
    return pd.DataFrame(rows)


def _measured(frame: pd.DataFrame, replicates: int, random_state: int | None) -> dict[str, float]:
    if frame.empty:
        return dict.fromkeys(_COLUMNS, np.nan)
    metrics = evaluate_predictions(frame, ["model"], replicates=replicates, random_state=random_state).metrics
    pooled = metrics[metrics["cutoff"] == "pooled"].set_index("metric")[["value", "low", "high"]]
    return dict(zip(_COLUMNS, pooled.loc[list(_METRICS)].to_numpy().ravel().tolist(), strict=True))


def _check(curve: Any, test: Any) -> None:
    check_panel(test, "test")
    if not len(test.frame):
        raise UsageError("The test panel has no rows.", hint="choose other cut-offs, and look at its summary.")
    if not _same_but_horizon(curve.definitions_[0].resolved(test.log), test.definition):
        raise UsageError(
            f"the test panel's outcomes follow {test.definition!r}, the curve's definition is {curve.definitions_[0]!r}.",
            allowed="one meaning of churned, horizons aside",
            hint="make the panel with the curve's definition.",
        )


def _same_but_horizon(churn: ChurnDefinition, other: ChurnDefinition) -> bool:
    if type(churn) is not type(other):
        return False
    return {**churn.get_params(), "horizon": None} == {**other.get_params(), "horizon": None}
