"""Time to churn: how likely a contract is to be ended by each of several horizons."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from cxchurn._core import DataError, UsageError, as_pandas, listed, span, step
from cxchurn.features import Builder, rows, standard
from cxchurn.model._churn_model import ChurnModel
from cxchurn.model.boosting._classifier import ChurnClassifier
from cxchurn.model.files._save import save_curve
from cxchurn.panel import Cancellation, ChurnDefinition, Panel

_UNITS = {"D": 86_400_000_000, "h": 3_600_000_000, "min": 60_000_000, "s": 1_000_000}


class ChurnCurve(BaseEstimator):
    """Tells how likely each customer is to have cancelled after 30, 60 and 90 days: a curve that never falls.

    The time up to the last horizon is cut into intervals. For each one a `ChurnModel` learns the hazard, the probability to
    cancel in this interval given not before, from the customers still at risk when it begins: those whose earlier intervals
    are finished and without a cancellation. With hazards ``h_1 ... h_k`` the probability to cancel within the first ``k``
    intervals is ``1 - (1 - h_1) ... (1 - h_k)`` (discrete-time survival [1]_).

    An interval learns only from rows whose outcome in it is known no later than the panel's own last outcome, so a panel that
    was split forward in time stays apart from its test part, whatever the horizon of its definition.

    Parameters
    ----------
    churn : Cancellation
        What ends a contract; its horizon is one of `horizons`. The shortest keeps the most rows in the panel.
    horizons : tuple of str, default ("30D", "60D", "90D")
        Spans after the cut-off (and the gap of `churn`), rising.
    features : list of Builder, optional
        The same for every interval. Default: the `standard` families for the log, with windows that follow the first horizon.
    classifier : ChurnClassifier, optional
        Default: as in `ChurnModel`.
    random_state : int, default 0

    Attributes
    ----------
    models_ : list of ChurnModel
        One an interval.
    definitions_ : list of Cancellation
        "Cancels within the horizon", one a horizon.
    at_risk_ : DataFrame
        One row an interval: ``interval``, ``rows`` (at risk), ``churned`` (of them, in the interval), ``unfinished`` (rows left
        out because the interval ends after the panel's last outcome).

    References
    ----------
    .. [1] Singer, Willett (1993). It's about time: using discrete-time survival analysis to study duration and the timing
       of events. Journal of Educational Statistics 18, 155-195.

    Examples
    --------
    >>> leaving = cx.Cancellation(kind="cancel", horizon="30D")
    >>> train, test = cx.make_panel(log, leaving, cutoffs=cx.monthly("2024-01-01")).split("2024-10-01")
    >>> cx.ChurnCurve(leaving, features=[cx.Recency()]).fit(train).predict_curve(test).columns.tolist()
    ['customer_id', 'cutoff', 'probability_30d', 'probability_60d', 'probability_90d']
    """

    def __init__(
        self,
        churn: Cancellation,
        *,
        horizons: tuple[str, ...] = ("30D", "60D", "90D"),
        features: list[Builder] | None = None,
        classifier: ChurnClassifier | None = None,
        random_state: int = 0,
    ) -> None:
        self.churn = churn
        self.horizons = horizons
        self.features = features
        self.classifier = classifier
        self.random_state = random_state

    def fit(self, X: Panel, y: Any = None) -> Self:
        """Train one model an interval on a panel.

        Parameters
        ----------
        X : Panel
            Made with `churn`.
        y : None
            Not looked at: outcomes come from the panel's log.
        """
        _check(self.churn, self.horizons)
        _check_panel(X, self.churn)
        self.definitions_ = [_with(X.definition, horizon=one) for one in self.horizons]  # type: ignore[arg-type]
        parts = _at_risk(X, self.definitions_)
        self.at_risk_ = _table(X, self.horizons, parts)
        _check_outcomes(self.at_risk_)
        builders = standard(X.log, self.horizons[0]) if self.features is None else self.features
        self.models_ = []
        for part, interval in zip(parts, self.at_risk_["interval"], strict=True):
            with step(f"training {interval}"):
                model = ChurnModel(features=builders, classifier=self.classifier, random_state=self.random_state)
                self.models_.append(model.fit(part))
        return self

    def predict_curve(self, X: Panel | pd.DataFrame) -> pd.DataFrame:
        """Return each row's probability to have cancelled by each horizon.

        Parameters
        ----------
        X : Panel, or DataFrame with ``customer_id`` and ``cutoff``
            A frame is looked up in the log of training.

        Returns
        -------
        DataFrame
            ``customer_id``, ``cutoff``, and one column a horizon, such as ``probability_30d``, never falling.
        """
        check_is_fitted(self, "models_")
        stay = np.column_stack([model.predict_proba(X)[:, 0] for model in self.models_])
        frame = as_pandas(X.frame if isinstance(X, Panel) else X)
        customers, cutoffs = rows(frame, self.models_[0].features_.timezone_)
        said = dict(zip(self.columns, cumulative(stay).T, strict=True))
        return pd.DataFrame({"customer_id": customers.to_numpy(), "cutoff": cutoffs, **said}, index=frame.index)

    def save(self, path: str | Path) -> Path:
        """Write the curve to a folder of plain files; see `load_curve`.

        Parameters
        ----------
        path : str or Path
            The folder to make. An older curve in its place is replaced, in one step; anything else there is an error.
        """
        check_is_fitted(self, "models_")
        return save_curve(self, path)

    @property
    def columns(self) -> list[str]:
        """The columns of probabilities, one a horizon."""
        return [f"probability_{span(one, name='horizons')}" for one in self.horizons]


def cumulative(stay: np.ndarray) -> np.ndarray:
    """Return the probability of an end by each interval from those to last through each; shape ``(n, intervals)``."""
    # staying through a horizon is staying through each interval of it: by products the curve cannot fall
    return 1.0 - np.cumprod(stay, axis=1)


def _with(churn: Cancellation, **changed: str) -> Cancellation:
    return type(churn)(**{**churn.get_params(), **changed})


def _at_risk(panel: Panel, definitions: list[Cancellation]) -> list[Panel]:
    """Return for each interval the panel of those at risk when it begins, with what became of them in it."""
    intervals = [definitions[0], *(_between(before, whole) for before, whole in pairwise(definitions))]
    alive = np.ones(len(panel), dtype=bool)
    parts = []
    for interval in intervals:
        rows = panel.log, panel.frame["customer_id"].to_numpy(), panel.cutoffs
        left, out = interval.churned(*rows), interval.left_out(*rows)
        whole = replace(panel, frame=panel.frame.assign(churned=left.astype(np.int8)), definition=interval)
        parts.append(whole.take(alive & ~out & ~_unfinished(panel, interval)))
        # who left in an interval is not at risk in the next, nor who is neither
        alive &= ~(left | out)
    return parts


def _unfinished(panel: Panel, interval: ChurnDefinition) -> np.ndarray:
    """Return the rows whose interval ends later than the last outcome that the panel itself has seen."""
    # a longer horizon of late cut-offs was not seen whole: there such rows are left out, and counted
    return panel.cutoffs + interval.reach > (panel.cutoffs + panel.definition.reach).max()


def _between(before: Cancellation, whole: Cancellation) -> Cancellation:
    """Return "cancels in the time between two horizons": the earlier horizon becomes a gap."""
    gap, end = (int(definition.reach.astype(np.int64)) for definition in (before, whole))
    return _with(whole, gap=_text(gap), horizon=_text(end - gap))


def _text(microseconds: int) -> str:
    unit = next(unit for unit, length in _UNITS.items() if microseconds % length == 0)
    return f"{microseconds // _UNITS[unit]}{unit}"


def _table(panel: Panel, horizons: tuple[str, ...], parts: list[Panel]) -> pd.DataFrame:
    begin = ["0D", *horizons[:-1]]
    return pd.DataFrame(
        {
            "interval": [f"{one} to {two}" for one, two in zip(begin, horizons, strict=True)],
            "rows": [len(part) for part in parts],
            "churned": [int(part.y.sum()) for part in parts],
            "unfinished": [int(_unfinished(panel, part.definition).sum()) for part in parts],
        }
    )


def _check(churn: Any, horizons: tuple[str, ...]) -> None:
    if not isinstance(churn, Cancellation):
        raise UsageError(
            f"a curve over horizons needs a cancellation, not {churn!r}: silence for 60 days contains silence for 30, so "
            "its probability falls with the horizon, where a curve must never fall.",
            allowed="Cancellation(kind, horizon=...)",
            hint="for silence, train a ChurnModel for each horizon by itself.",
        )
    if isinstance(horizons, str) or not len(horizons):
        raise UsageError(f"horizons is {horizons!r}.", allowed="spans, rising", hint="horizons=('30D', '60D', '90D').")
    lengths = [span(one, name="horizons").microseconds for one in horizons]
    if any(two <= one for one, two in pairwise(lengths)):
        raise UsageError(f"horizons is {listed(horizons)}.", allowed="spans that rise", hint="sort them, each once.")
    if span(churn.horizon, name="horizon").microseconds not in lengths:
        raise UsageError(
            f"the definition's horizon, {churn.horizon}, is none of the curve's.",
            allowed=listed(horizons),
            hint=f"Cancellation({churn.kind!r}, horizon={horizons[0]!r}) keeps the most rows.",
        )


def _check_panel(panel: Any, churn: Cancellation) -> None:
    if not isinstance(panel, Panel):
        raise UsageError(f"a curve is fitted on a {type(panel).__name__}.", allowed="a Panel", hint="make_panel(...).")
    if not len(panel):
        raise DataError("the training panel has no row.", hint="choose other cut-offs.")
    if panel.definition != churn.resolved(panel.log):
        raise UsageError(
            f"the panel's outcomes follow {panel.definition!r}, the curve's definition is {churn!r}.",
            allowed="one meaning of churned",
            hint="make the panel with the curve's definition.",
        )


def _check_outcomes(table: pd.DataFrame) -> None:
    bad = table[(table["churned"] == 0) | (table["churned"] == table["rows"])]
    if len(bad):
        lines = [f"  {row.interval}: {row.churned} of {row.rows} at risk" for row in bad.itertuples()]
        raise DataError(
            "in some intervals there is nothing to learn, because nobody or everybody cancels:\n" + "\n".join(lines),
            allowed="at risk in every interval: some who cancel in it and some who do not",
            hint="use fewer and longer horizons, or more cut-offs.",
        )
