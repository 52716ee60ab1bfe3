"""What training leaves: all that it takes to score, and what is kept beside it for intervals, evaluation and the files."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxchurn.features import FeatureSet
from cxchurn.model.boosting._classifier import ChurnClassifier
from cxchurn.model.calibration._venn_abers import VennAbers
from cxchurn.model.fitted._fitted import FittedModel, probability_of_raw
from cxchurn.model.fitted._learned_from import LearnedFrom
from cxchurn.model.fitted._training_log import TrainingLog
from cxchurn.model.trees import Forest


class TrainedModel(FittedModel):
    """What a `ChurnModel` is once it has learned, and what it says of features that were built already.

    Which attributes there are, and what they mean, `ChurnModel` says.
    """

    features_: FeatureSet
    classifier_: ChurnClassifier
    intervals_: VennAbers
    learned_from_: LearnedFrom
    training_log_: TrainingLog

    @property
    def forests_(self) -> list[Forest]:  # type: ignore[override]
        """The trees of each seed, as they are asked for log-odds and contributions."""
        return self.classifier_.forests_

    def raw_score_of(self, features: pd.DataFrame) -> np.ndarray:
        """Return the log-odds to churn for features that were built already; float64, shape ``(n,)``."""
        return self.raw_score_of_matrix(self.classifier_.encoding_.matrix(features))

    def probability_of(self, features: pd.DataFrame) -> np.ndarray:
        """Return the probability to churn for features that were built already; float64, shape ``(n,)``."""
        return probability_of_raw(self.raw_score_of(features))

    def contributions(self, features: pd.DataFrame) -> np.ndarray:
        """Return each feature's part in the corrected log-odds, and last the base value; shape ``(n, columns + 1)``."""
        return self.explained(features)[1]

    def explained(self, features: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """Return `raw_score_of` and `contributions`, to the bit, from one pass over trees and terms."""
        return self.explained_of_matrix(self.classifier_.encoding_.matrix(features))

    def interval_of(self, raw: np.ndarray, *, level: float = 0.9) -> np.ndarray:
        """Return `probability_interval` for log-odds that were worked out already; float64, shape ``(n, 2)``."""
        probability = probability_of_raw(raw)
        lower, upper = self.intervals_.interval(raw, level).T
        return np.column_stack([np.minimum(lower, probability), np.maximum(upper, probability)])
