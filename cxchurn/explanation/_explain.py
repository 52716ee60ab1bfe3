"""Explaining a model's risks for rows: from a panel, from a frame and a log, or from features that were built already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sklearn.utils.validation import check_is_fitted

from cxchurn._core import Deferred, UsageError
from cxchurn.explanation._explanation import Explanation
from cxchurn.features import References, rows
from cxchurn.interactions import InteractionLog
from cxchurn.model import ChurnModel, with_references
from cxchurn.panel import Panel, check_inside

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")

_GIVE_A_LOG = "explain(model, rows, log=log); neither files nor pickles of a model hold interactions."


def explain(
    model: ChurnModel,
    X: Panel | pd.DataFrame,
    *,
    references: References | None = None,
    log: InteractionLog | None = None,
) -> Explanation:
    """Explain a model's risks for panel rows.

    Contributions add up to the risk, and say what the model makes of what goes together. What a risk would be had one
    experience been as it usually is asks the model again: `cxchurn.explanation.as_usual`. Neither is the risk without an
    interaction, whose sign of life would be gone with it: docs/truth.md holds all three against the truth.

    Parameters
    ----------
    model : ChurnModel
    X : Panel, or DataFrame with ``customer_id`` and ``cutoff``
    references : References, optional
        Newer tables about customers in general, from `refresh`. Default: the model's own.
    log : InteractionLog, optional
        What the features of a plain frame are made from. Default: the log that the model holds; a loaded model holds none.

    Examples
    --------
    >>> cx.explain(model, test).reasons(top=1).columns.tolist()
    ['customer_id', 'cutoff', 'churn_probability', 'reason_1', 'points_1', 'subject_1']
    """
    model = with_references(model, references)
    if isinstance(X, Panel):
        return explain_features(model, X.frame, model.features_of(X), log=X.log)
    _check_rows(model, X, log)
    features = model.features_of(X) if log is None else model.features_.with_log(log).transform(X)
    return explain_features(model, X, features, log=model.log if log is None else log)


def _check_rows(model: ChurnModel, X: Any, log: InteractionLog | None) -> None:
    check_is_fitted(model, "version_")
    if isinstance(X, InteractionLog):
        raise UsageError(
            "a log does not say who is explained, and as of when.",
            allowed="a Panel, or a frame with customer_id and cutoff",
            hint="explain_customer(model, log, 'C-1') for one customer; explain(model, rows, log=log) for many.",
        )
    over = next((one for one in (log, model.log, model.features_.log) if one is not None), None)
    if over is None:
        raise UsageError("the rows came without a log.", allowed="a Panel, or a frame and a log", hint=_GIVE_A_LOG)
    check_inside(rows(X, over.timezone)[1], over)


def explain_features(
    model: ChurnModel, rows: pd.DataFrame, features: pd.DataFrame, *, log: InteractionLog | None = None
) -> Explanation:
    """Explain a model's risks for features that were built already; see `explain`.

    Parameters
    ----------
    model : ChurnModel
    rows : DataFrame
        ``customer_id`` and ``cutoff``.
    features : DataFrame
    log : InteractionLog, optional
        What the features were made of, for customers' own usual. Default: the log that the model has at hand.
    """
    over = model.features_ if log is None else model.features_.with_log(log)
    raw, parts = model.explained(features)
    contributions = pd.DataFrame(parts[:, :-1], columns=features.columns, index=features.index, copy=False)
    base = float(parts[0, -1]) if len(parts) else 0.0
    says, typical = model.features_.says_, model.typical_
    return Explanation(rows, features, contributions, base, says, typical, raw, model.present_, over, model.bands_)
