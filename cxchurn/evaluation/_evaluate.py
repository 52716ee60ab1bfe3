"""Judge a model on later cut-offs than those it learned from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from cxchurn._core import UsageError, not_autologged, step
from cxchurn.evaluation._cautions import cautions
from cxchurn.evaluation._evaluation import Evaluation
from cxchurn.evaluation._learned import Learned
from cxchurn.evaluation._notes import notes
from cxchurn.evaluation._predictions import checked_predictions
from cxchurn.evaluation.metrics._compare import MEAN, POOLED, compare
from cxchurn.evaluation.metrics._curves import lift_curve, reliability
from cxchurn.evaluation.rivals._judged import as_panel, probabilities

_FEWEST = 20  # below it a 95 % interval is the range of the draws, or less


@not_autologged()
def evaluate(
    model: Any,
    test: Any,
    *,
    train: Any = None,
    baselines: bool = True,
    replicates: int = 500,
    random_state: int | None = 0,
) -> Evaluation:
    """Say how good a model is on customers and cut-offs it has not seen, and whether simple rules do as well.

    Where the model compares customers with customers in general, it does so as a nightly batch would have done at each
    cut-off: by tables of that week, made of everybody in the panel's log. The notes say so.

    Parameters
    ----------
    model : ChurnModel
        Or a scikit-learn pipeline that begins with a `FeatureSet`, or anything whose ``predict_proba(panel)`` returns an array
        of shape (n, 2).
    test : Panel
        The rows to judge on, from later cut-offs than those trained on; for a `ChurnModel` with a log also a frame with the
        columns customer_id, cutoff and churned. Rows that the model was trained on, and outcomes of another meaning than it
        learned, are judged too, and said in the notes.
    train : Panel, optional
        The rows from which the baselines learn. Default: those the model was fitted on.
    baselines : bool, default True
        Whether to set the model beside a recency rule and an RFM logistic.
    replicates : int, default 500
        Draws of customers for the intervals, at least 20.
    random_state : int or None, default 0
        Seed of the draws.

    Returns
    -------
    Evaluation
        Tables of metrics, differences, reliability, lift and predictions; it prints as a summary.

    Examples
    --------
    >>> evaluation = cx.evaluate(model, test, replicates=20)
    >>> evaluation.differences.query("metric == 'roc_auc'")["baseline"].unique().tolist()
    ['recency rule', 'RFM logistic']
    """
    test, train = as_panel(test, model), None if train is None else as_panel(train, model)
    if not len(test.frame):
        raise UsageError(
            "The test panel has no rows.",
            hint="choose cut-offs whose label window ends before the log does, and look at its summary.",
        )
    judged = {"model": model}
    if baselines:
        judged |= _baselines(model, train)
    own = [
        name for name in ("customer_id", "cutoff", "group", "churned", "already_silent") if name in test.frame.columns
    ]
    judged["model"], compared = _each_night(model, test)
    with step("predicting"):
        said = {name: probabilities(one, test) for name, one in judged.items()}
    frame = test.frame[own].reset_index(drop=True).assign(**said)
    found = evaluate_predictions(frame, list(judged), replicates=replicates, random_state=random_state)
    last = (compared,) if compared else ()
    told = (*cautions(model, test, train), *found.notes, *last)
    return replace(found, notes=told, learned=Learned.of(model, train))


@not_autologged()
def evaluate_predictions(
    frame: pd.DataFrame, models: Sequence[str], *, replicates: int = 500, random_state: int | None = 0
) -> Evaluation:
    """Judge probabilities that are already in a table, whoever made them.

    Parameters
    ----------
    frame : DataFrame
        customer_id, churned (0 or 1), cutoff (a time) or group (its label) or both, and one column of probabilities
        a model. A column already_silent (yes/no: had met the definition of churned at the cut-off already) has those still
        here judged apart as well.
    models : sequence of str
        The columns of probabilities. The first is the model; the others are the baselines it is compared with.
    replicates : int, default 500
        Draws of customers for the intervals, at least 20.
    random_state : int or None, default 0
        Seed of the draws.

    Returns
    -------
    Evaluation

    Examples
    --------
    >>> table = test.frame[["customer_id", "cutoff", "churned"]].assign(mine=model.predict_proba(test)[:, 1], last_year=0.1)
    >>> cx.evaluate_predictions(table, models=["mine", "last_year"]).metrics["model"].unique().tolist()
    ['mine', 'last_year']
    """
    if replicates < _FEWEST:
        raise UsageError(
            f"replicates is {replicates!r}.", allowed=f"{_FEWEST} or more", hint="500 give steady intervals."
        )
    predictions = checked_predictions(frame, models)
    with step("judging"):
        comparison = compare(predictions, models, replicates=replicates, random_state=random_state)
    differences = comparison.differences()
    return Evaluation(
        metrics=comparison.metrics(),
        differences=differences,
        reliability=_by_model(reliability, predictions, models),
        lift=_by_model(lift_curve, predictions, models),
        predictions=predictions,
        notes=notes(predictions, list(models), differences),
        still_here=_still_here(predictions, models, replicates=replicates, random_state=random_state),
    )


def _still_here(predictions: pd.DataFrame, models: Sequence[str], **draws: Any) -> pd.DataFrame | None:
    """Return the metrics of those who had not met the definition of churned already; None where that is everybody."""
    silent = predictions.get("already_silent")
    # where all or none are silent the table would be the other one again
    if silent is None or not silent.any() or silent.all():
        return None
    here = predictions[~silent].reset_index(drop=True)
    with step("judging those still here"):
        metrics = compare(here, models, **draws).metrics()
    return metrics[metrics["cutoff"].isin((POOLED, MEAN))].reset_index(drop=True)


def _baselines(model: Any, train: Any) -> dict[str, Any]:
    # here, not above: judging a table of predictions loads no features and no models
    from cxchurn.evaluation.rivals._baselines import fit_baselines

    train = getattr(model, "training_panel_", None) if train is None else train
    if train is None:
        raise UsageError(
            "The model does not hold the panel it was fitted on, so the baselines have nothing to learn from.",
            hint="pass train=, or baselines=False.",
        )
    with step("fitting the baselines"):
        return fit_baselines(train)


def _each_night(model: Any, test: Any) -> tuple[Any, str | None]:
    # here, not above, as for the baselines
    from cxchurn.model import as_each_night

    return as_each_night(model, test)


def _by_model(
    table: Callable[[Any, Any], pd.DataFrame], predictions: pd.DataFrame, models: Sequence[str]
) -> pd.DataFrame:
    tables = {name: table(predictions["churned"], predictions[name]) for name in models}
    return pd.concat(tables, names=["model"]).reset_index(level="model").reset_index(drop=True)
