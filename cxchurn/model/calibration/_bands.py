"""Bands: risk in one word."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

NAMES = ("low", "medium", "high")
# the last tenth is high, the fifth before it medium: shares, so that a band has members whatever the churn rate is
_SHARES = (0.70, 0.90)
# of predictions that are equal as many may lie on an edge as there are; a band that most are in says nothing
_MOST_HIGH = 0.5


@dataclass(frozen=True)
class Bands:
    """Where low ends and where high begins.

    Set so that of predictions like those to come about 10 % are in the high band and 20 % in the medium one.

    Parameters
    ----------
    medium, high : float
        The probabilities from which a customer is in the band.
    """

    medium: float
    high: float

    @classmethod
    def of(cls, probabilities: np.ndarray) -> Bands:
        """Set the bands by probabilities of rows that the model had not learned from."""
        medium, high = np.quantile(probabilities, _SHARES)
        if (probabilities >= high).mean() > _MOST_HIGH:
            return cls.none()
        return cls(float(medium), float(high))

    @classmethod
    def none(cls) -> Bands:
        """Call everybody medium: nobody can be told apart."""
        return cls(0.0, 1.0)

    @property
    def says(self) -> str:
        """The bands in words."""
        if self == Bands.none():
            return "everybody is in the medium band"
        return f"high from {self.high:.1%}, medium from {self.medium:.1%}"

    def name(self, probabilities: np.ndarray) -> np.ndarray:
        """Return the band of each probability; text, shape ``(n,)``."""
        codes = np.searchsorted([self.medium, self.high], probabilities, side="right")
        return np.array(NAMES, dtype=object)[codes]
