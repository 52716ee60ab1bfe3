"""What one could have done instead of the model: rules, plain counts, one cut-off alone, and a model of buyers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import clone

from cxchurn._core import span
from cxchurn.evaluation._words import RECENCY_RULE
from cxchurn.evaluation.rivals._baselines import RFM_LOGISTIC, Baseline
from cxchurn.evaluation.rivals._bgnbd import BgNbd
from cxchurn.evaluation.rivals._judged import fitted
from cxchurn.features import Activity, Builder, Column, FeatureSet, Volume, standard
from cxchurn.history import Seen
from cxchurn.model import ChurnModel
from cxchurn.panel import ChurnDefinition, Inactivity, Panel

LAST_PERIOD = "last period"
WINDOW_COUNTS = "window counts"
BG_NBD = "BG/NBD"
_SETTINGS = ("classifier", "folds", "half_life", "calibration", "random_state")


def rivals(model: Any, definition: ChurnDefinition) -> dict[str, Callable[[Panel], Any]]:
    """Return, by name, what fits each rival on a training panel and gives back something with ``predict_proba(panel)``.

    The recency rule, the RFM logistic, the model trained on the latest training cut-off alone, LightGBM on plain window
    counts, and, where churn is inactivity, BG/NBD.
    """
    found: dict[str, Callable[[Panel], Any]] = {
        RECENCY_RULE: Baseline(("activity_days_last",)).fit,
        RFM_LOGISTIC: Baseline(None).fit,
        LAST_PERIOD: lambda train: fitted(clone(model), latest(train)),
        WINDOW_COUNTS: WindowCounts(model).fit,
    }
    return found | ({BG_NBD: NoPurchase().fit} if isinstance(definition, Inactivity) else {})


def latest(train: Panel) -> Panel:
    """Return the rows of the latest cut-off at which some churned and some stayed; all, where there is none."""
    frame = train.frame
    by_label = frame.groupby("group").agg(at=("cutoff", "max"), rate=("churned", "mean"))
    # a cut-off at which everybody stayed teaches nothing
    both = by_label[by_label["rate"].between(0, 1, inclusive="neither")]
    return train if both.empty else train.take((frame["group"] == both["at"].idxmax()).to_numpy())


class WindowCounts:
    """The model's trees on nothing but counts in windows and the five numbers of activity.

    Parameters
    ----------
    model : ChurnModel
        Its settings of trees and folds are taken over; those of another estimator are not, they mean other things.
    """

    def __init__(self, model: Any) -> None:
        self.model = model

    def fit(self, train: Panel) -> Self:
        """Learn from a training panel."""
        families = standard(train.log, train.definition.horizon)
        plain: list[Builder] = [builder for builder in families if isinstance(builder, (Activity, Volume))]
        settings = {name: getattr(self.model, name) for name in _SETTINGS if isinstance(self.model, ChurnModel)}
        # plain counts are a rival as others have them
        self.model_ = ChurnModel(features=plain, ranks=False, **settings).fit(train)
        return self

    def predict_proba(self, panel: Panel) -> np.ndarray:
        """Return the probabilities to stay and to churn; float64, shape ``(n, 2)``."""
        return self.model_.classifier_.predict_proba(self.model_.features_of(panel))


class NoPurchase:
    """The probability of no activity in the label window, by BG/NBD.

    Fitted on every customer of the training panel, as of its latest cut-off; outcomes are not looked at. Activity is what
    the churn definition counts, at most once a day.
    """

    def fit(self, train: Panel) -> Self:
        """Learn from a training panel."""
        now = pd.DataFrame({"customer_id": train.frame["customer_id"].unique(), "cutoff": train.cutoffs.max()})
        self.features_ = FeatureSet([_Purchases()], log=train.log, churn=train.definition).fit(now)
        self.buyers_ = BgNbd().fit(*self._histories(train, now))
        return self

    def predict_proba(self, panel: Panel) -> np.ndarray:
        """Return the probabilities to stay and to churn; float64, shape ``(n, 2)``."""
        definition = panel.definition
        silent = self.buyers_.silent(
            *self._histories(panel, panel.frame),
            horizon=span(definition.horizon).days,
            gap=span(definition.gap, zero=True).days,
        )
        return np.column_stack([1.0 - silent, silent])

    def _histories(self, panel: Panel, rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return ``x``, ``t_x`` and ``T`` of each row, in days."""
        numbers = self.features_.with_log(panel.log).transform(rows).to_numpy(dtype=np.float64)
        # the first purchase is where the model's time begins, and none of its repeats
        repeats, since_last, age = numbers[:, 0] - 1.0, numbers[:, 1], numbers[:, 2]
        return repeats, np.where(repeats > 0, age - since_last, 0.0), age


class _Purchases(Builder):
    """Days with activity, and days since its end and its beginning."""

    driver = "purchases"
    sees = "activity"

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        yield Column("purchases_days", seen.active_days(), says="bought on {value:#day}")
        yield Column("purchases_last", seen.age(), says="last bought {value:days} ago")
        yield Column("purchases_first", seen.age_of_first(), says="first bought {value:days} ago")
