"""The obvious things to beat: how long ago, and how long ago, how often, how much."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from cxchurn.evaluation._words import RECENCY_RULE
from cxchurn.features import Activity, FeatureSet
from cxchurn.panel import Panel

RFM_LOGISTIC = "RFM logistic"


class Baseline:
    """A logistic regression on logarithms of a few numbers.

    Parameters
    ----------
    columns : tuple of str
        The numbers: ``activity_days_last`` alone is the recency rule, ranked by how long ago; all of them are the RFM logistic.
        Each enters as ``sign(v) log(1 + |v|)``, standardised; a missing one counts as 0.
    """

    def __init__(self, columns: tuple[str, ...] | None) -> None:
        self.columns = columns

    def fit(self, panel: Panel) -> Baseline:
        """Learn from a training panel."""
        self.features_ = FeatureSet([Activity()], log=panel.log, churn=panel.definition).fit(panel.frame)
        self.regression_ = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
        self.regression_.fit(self._numbers(panel), panel.y)
        return self

    def predict_proba(self, panel: Panel) -> np.ndarray:
        """Return the probabilities to stay and to churn; float64, shape ``(n, 2)``."""
        return self.regression_.predict_proba(self._numbers(panel))

    def _numbers(self, panel: Panel) -> np.ndarray:
        features = self.features_.with_log(panel.log).transform(panel.frame)
        chosen = (features if self.columns is None else features[list(self.columns)]).to_numpy()
        return np.nan_to_num(np.sign(chosen) * np.log1p(np.abs(chosen)), nan=0.0)


def fit_baselines(train: Panel) -> dict[str, Baseline]:
    """Fit the baselines on the panel the model was trained on."""
    rules = {RECENCY_RULE: Baseline(("activity_days_last",)), RFM_LOGISTIC: Baseline(None)}
    return {name: baseline.fit(train) for name, baseline in rules.items()}
