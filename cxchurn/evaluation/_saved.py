"""How good a saved model is, by a log: on what came since it learned, or else by its recipe on its own later cut-offs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cxchurn._core import UsageError, instant, iso, not_autologged, step
from cxchurn.evaluation._evaluate import evaluate
from cxchurn.evaluation._evaluation import Evaluation

# fewer of either outcome give no interval worth the name
_LEAST = 20
# of a model of one cut-off nobody knows how often it looks: once a month is the usual
_MONTH = np.timedelta64(30, "D").astype("timedelta64[us]")


def learned_panel(model: Any, log: Any, *, at: Any = None) -> Any:
    """Return the rows that a saved model learned from, made again from a log.

    Parameters
    ----------
    model : ChurnModel
    log : InteractionLog
    at : instant, optional
        Outcomes count that were known by then. Default: the end of the log.

    Returns
    -------
    Panel

    Raises
    ------
    UsageError
        Where the model does not remember its cut-offs (it had more than 100, or fewer than ten rows at each), or where the log
        does not hold them.
    """
    from cxchurn.panel import make_panel

    times, moment = _learned_at(model), _moment(log, at)
    known = times[times + model.churn_.reach <= moment]
    if not known.size:
        raise UsageError(
            f"the model remembers no cut-off whose outcomes were known by {iso(moment)}.",
            hint="make_panel(log, model.churn_, cutoffs=...) with cut-offs of your own.",
        )
    return make_panel(log, model.churn_, cutoffs=list(known)).known_at(moment)


@not_autologged()
def evaluate_saved(
    model: Any,
    log: Any,
    *,
    at: Any = None,
    test_from: Any = None,
    replicates: int = 500,
    random_state: int | None = 0,
) -> Evaluation:
    """Say how good a saved model is, by the outcomes in a log.

    Where enough outcomes became known since the model learned, the model itself is judged on them. Where they did not, its
    recipe is judged: a model told to learn alike, from the earlier of its cut-offs, on the later ones, as before training.
    ``evaluation.learned`` says which model was judged and what it had learned from.

    Parameters
    ----------
    model : ChurnModel
    log : InteractionLog
        Of everybody.
    at : instant, optional
        Outcomes count that were known by then. Default: the end of the log.
    test_from : instant, optional
        From which of its own cut-offs on the recipe is judged. Default: the last sixth of them, at least two. Given, the recipe
        is judged in any case.
    replicates, random_state
        As in `evaluate`.

    Returns
    -------
    Evaluation

    Raises
    ------
    UsageError
        Where neither can be judged.

    Examples
    --------
    >>> print(cx.evaluate_saved(cx.load_model("churn-model"), log, replicates=20))
    Evaluation: 445 rows, 234 customers, 2 cut-offs; 62 rows churned (13.9%)
    ...
    """
    chance: dict[str, Any] = {"replicates": replicates, "random_state": random_state}
    if test_from is None:
        since = _since(model, log, _moment(log, at))
        if since is not None:
            train = _learned_or_none(model, log, at)
            return evaluate(model, since, train=train, baselines=train is not None, **chance)
    panel = learned_panel(model, log, at=at)
    past, test = panel.split(_first_test(panel) if test_from is None else test_from)
    with step("training the recipe on the earlier cut-offs"):
        judged = _recipe(model).fit(past)
    return evaluate(judged, test, **chance)


def _recipe(model: Any) -> Any:
    """Return a model told to learn like another: with its parameters, and the meaning of churned that it settled on."""
    return type(model)(**{**model.get_params(deep=False), "churn": model.churn_, "log": None})


def _learned_or_none(model: Any, log: Any, at: Any) -> Any:
    try:
        return learned_panel(model, log, at=at)
    except UsageError:
        return None


def _since(model: Any, log: Any, moment: np.datetime64) -> Any:
    """Return the rows at cut-offs after all that the model learned, whose outcomes were known by then; None where too few."""
    from cxchurn.panel import make_panel

    own = _learned_at(model)
    gap = np.median(np.diff(own)).astype("timedelta64[us]") if own.size > 1 else _MONTH
    first = instant(model.learned_from_.until)
    times = np.arange(own[-1] if own.size else first, moment - model.churn_.reach + np.timedelta64(1, "us"), gap)
    times = times[times >= first]
    if not times.size:
        return None
    try:
        panel = make_panel(log, model.churn_, cutoffs=list(times)).known_at(moment)
    except UsageError:
        # outcomes that were not observed
        return None
    left = panel.frame.groupby("customer_id")["churned"].max()
    return panel if min(int(left.sum()), int((left == 0).sum())) >= _LEAST else None


def _first_test(panel: Any) -> pd.Timestamp:
    """Return the first of the last sixth of the cut-offs that have rows, of the last two at least."""
    times = np.unique(panel.cutoffs)
    return pd.Timestamp(times[-max(2, round(times.size / 6)) :][0])


def _learned_at(model: Any) -> np.ndarray:
    return np.array(sorted(model.learned_from_.checksums), dtype="datetime64[us]")


def _moment(log: Any, at: Any) -> np.datetime64:
    return log.observed_until if at is None else min(instant(at, name="at", timezone=log.timezone), log.observed_until)
