"""What a model learned: all that it takes to score and to explain, and nothing that it takes to learn."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cxchurn.features import FittedFeatures
from cxchurn.interactions import Schema
from cxchurn.model.blend._blend import Blend
from cxchurn.model.calibration._affine import Affine
from cxchurn.model.calibration._bands import Bands
from cxchurn.model.calibration._level import Level
from cxchurn.model.fitted._example import Example
from cxchurn.model.trees import Forest, mean_of
from cxchurn.panel import ChurnDefinition


class FittedModel:
    """The learned part of a `ChurnModel`, which says what the attributes mean; a service loads it without scikit-learn.

    Attributes
    ----------
    forests_ : list of Forest
        The trees of each seed.
    """

    features_: FittedFeatures
    forests_: Sequence[Forest]
    blend_: Blend
    calibration_: Affine
    bands_: Bands
    level_: Level | None
    churn_: ChurnDefinition
    typical_: dict[str, float]
    present_: dict[str, float]
    base_rate_: float
    example_: Example
    notes_: tuple[str, ...]
    schemas_: tuple[Schema, ...]
    ids_: str
    version_: str

    def raw_score_of_matrix(self, X: np.ndarray) -> np.ndarray:
        """Return the log-odds to churn of features in the order of the model's columns; float64, shape ``(n,)``."""
        trees = mean_of([one.raw_score(X) for one in self.forests_])
        return self.calibration_(self.blend_.raw_score(trees, X))

    def explained_of_matrix(self, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return `raw_score_of_matrix`, to the bit, and each feature's part in it, last the base; ``(n, columns + 1)``."""
        raw, parts = zip(*(one.explained(X) for one in self.forests_), strict=True)
        score, contributions = self.blend_.explained(mean_of(raw), mean_of(parts), X)
        return self.calibration_(score), self.calibration_.contributions(contributions)


def probability_of_raw(raw: np.ndarray) -> np.ndarray:
    """Return the probabilities that belong to log-odds."""
    return 1.0 / (1.0 + np.exp(-raw))
