"""Models of all sorts behind one way to ask: ours, and pipelines of features and somebody's own classifier."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cxchurn._core import UsageError, as_pandas, did_you_mean, listed
from cxchurn.panel import panel_of_outcomes

_COLUMNS = ("customer_id", "cutoff", "churned")


def as_panel(rows: Any, model: Any) -> Any:
    """Return what is judged on as a panel: it is one, or a frame whose features come from the log that the model holds.

    Parameters
    ----------
    rows : Panel or DataFrame
        A frame has the columns customer_id, cutoff and churned.
    model : ChurnModel or other estimator
    """
    rows = as_pandas(rows)
    if not isinstance(rows, pd.DataFrame):
        if hasattr(rows, "frame"):
            return rows
        raise UsageError(
            f"the rows to judge on are a {type(rows).__name__}.",
            allowed="a Panel, or a frame with the columns customer_id, cutoff and churned",
            hint="make_panel(...), panel_from_labels(...) or panel.split(...) make panels.",
        )
    missing = [name for name in _COLUMNS if name not in rows]
    if missing:
        raise UsageError(
            f"the rows to judge on lack {listed(missing)}; found {listed(rows.columns)}.",
            allowed=listed(_COLUMNS),
            hint=did_you_mean(missing[0], map(str, rows.columns)),
        )
    definition = next(
        (one for one in (getattr(model, name, None) for name in ("churn_", "churn")) if one is not None), None
    )
    log = _log_of(model)
    if definition is None or log is None:
        raise UsageError(
            "a plain frame says neither where its features come from nor what churned means, and the model does not know "
            + ("its log." if definition is not None else "either."),
            allowed="a Panel, or a frame and a ChurnModel with a log",
            hint="model.set_params(log=log), or panel_from_labels(log, frame, horizon=...).",
        )
    return panel_of_outcomes(rows["customer_id"], rows["cutoff"], rows["churned"], log=log, definition=definition)


def fitted(model: Any, train: Any) -> Any:
    """Fit a model on a panel, and return it: a pipeline of features gets the panel's log, rows and outcomes."""
    holders = _feature_sets(model)
    if not holders:
        return model.fit(train)
    model.set_params(**{f"{name}__log": train.log for name in holders})
    return model.fit(_rows(train), train.y)


def probabilities(model: Any, panel: Any) -> np.ndarray:
    """Return a model's probability to churn of each row of a panel; float64, shape ``(n,)``."""
    holders = _feature_sets(model)
    for name, features in holders.items():
        if features.log is not panel.log:
            raise UsageError(
                f"the features of the pipeline come from {'no log' if features.log is None else 'another log'},"
                " the rows to judge on from theirs.",
                allowed="one log, read once",
                hint=f"pipeline.set_params({name}__log=panel.log)",
            )
    said = np.asarray(model.predict_proba(_rows(panel) if holders else panel))
    if said.shape != (len(panel.frame), 2):
        raise UsageError(
            f"predict_proba gave an array of shape {said.shape}.",
            allowed=f"the probabilities to stay and to churn of each row, shape ({len(panel.frame)}, 2)",
        )
    return said[:, 1]


def _rows(panel: Any) -> pd.DataFrame:
    # without the outcome: what learns from every column it is given would learn that one
    return panel.frame.drop(columns="churned")


def _feature_sets(model: Any) -> dict[str, Any]:
    """Return the feature sets inside an estimator by the name of their parameter; none for what takes panels itself."""
    # here, not above: judging a table of predictions loads no features
    from cxchurn.features import FeatureSet

    parts = model.get_params(deep=True) if hasattr(model, "get_params") else {}
    return {name: part for name, part in parts.items() if isinstance(part, FeatureSet)}


def _log_of(model: Any) -> Any:
    own = getattr(model, "log", None)
    return own if own is not None else getattr(getattr(model, "features_", None), "log", None)
