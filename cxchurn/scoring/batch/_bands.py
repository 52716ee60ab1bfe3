"""Bands by another rule than the model's: by capacity, probability, money or share."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

import numpy as np

from cxchurn._core import DataError, UsageError, did_you_mean, listed
from cxchurn.model import ChurnModel, probability_of_raw

_RULES = {
    "capacity": "how many are high, and how many of those after them are medium: 'capacity: 500, 1500'",
    "probability": "from which probability on: 'probability: 30%, 10%'",
    "value": "from which expected loss on: 'value: 1000, 200'",
    "share": "which share of forward predictions is high, and which of those after them medium: 'share: 10%, 20%'",
}
_NUMBER = re.compile(r"([0-9]*\.?[0-9]+(?:e[+-]?[0-9]+)?)\s*(%?)", re.IGNORECASE)
LOW, MEDIUM, HIGH = "low", "medium", "high"


@dataclass(frozen=True)
class BandRule:
    """Who is in the high and in the medium band.

    Parameters
    ----------
    by : {"capacity", "probability", "value", "share"}
        The first so many of the list; from a probability on; from an expected loss on; or such a share of predictions like
        those to come, as the model's forward folds made them.
    high, medium : float
        Their numbers; without a second one nobody is medium.

    Examples
    --------
    >>> BandRule.read("capacity: 500, 1500")
    BandRule(by='capacity', high=500.0, medium=1500.0)
    """

    by: str
    high: float
    medium: float | None = None

    @classmethod
    def read(cls, text: str | Self) -> Self:
        """Read a rule such as ``"capacity: 500, 1500"`` or ``"probability: 30%, 10%"``."""
        if isinstance(text, cls):
            return text
        by, colon, numbers = str(text).partition(":")
        by = by.strip()
        if by not in _RULES or not colon:
            raise UsageError(
                f"bands is {text!r}.", allowed="; ".join(_RULES.values()), hint=did_you_mean(by, _RULES) or None
            )
        found = [_number(one.strip()) for one in numbers.split(",")]
        if None in found or not 1 <= len(found) <= 2:
            raise UsageError(f"bands is {text!r}.", allowed=_RULES[by])
        rule = cls(by, *found)  # type: ignore[arg-type]
        rule._check(text)
        return rule

    def __str__(self) -> str:
        return f"{self.by}: {listed(f'{one:g}' for one in (self.high, self.medium) if one is not None)}"

    def names(self, model: ChurnModel, probability: np.ndarray, loss: np.ndarray | None) -> np.ndarray:
        """Return the band of each row of a list, the highest risk first; text, shape ``(n,)``.

        Parameters
        ----------
        model : ChurnModel
        probability : ndarray, shape (n,)
        loss : ndarray, shape (n,), or None
            What is expected to be lost with each; missing where nothing is known of the customer's value.
        """
        if self.by == "capacity":
            first = int(self.high)
            return _named(np.arange(probability.size), first, first + int(self.medium or 0), rising=False)
        if self.by == "value":
            assert loss is not None
            return _named(loss, self.high, self.medium, rising=True)
        if self.by == "probability":
            return _named(probability, self.high, self.medium, rising=True)
        # shares of what folds said and not of this night: a bad night has more in the high band, and a list of fixed length
        # would hide it
        upper = self.high
        lower = None if self.medium is None else upper + self.medium
        edges = [None if one is None else _quantile(model, 1 - one) for one in (upper, lower)]
        return _named(probability, edges[0], edges[1], rising=True)  # type: ignore[arg-type]

    def _check(self, text: object) -> None:
        shares = [self.high, self.medium or 0.0]
        wrong = {
            "capacity": any(one != int(one) for one in shares),
            "probability": not 0 < shares[0] < 1 or (self.medium is not None and shares[1] >= shares[0]),
            "value": self.medium is not None and shares[1] >= shares[0],
            "share": not 0 < sum(shares) < 1,
        }[self.by]
        if wrong:
            raise UsageError(f"bands is {text!r}.", allowed=_RULES[self.by])


def _number(text: str) -> float | None:
    match = _NUMBER.fullmatch(text)
    return None if match is None else float(match[1]) / (100 if match[2] else 1)


def _named(values: np.ndarray, high: float, medium: float | None, *, rising: bool) -> np.ndarray:
    found = np.full(values.size, LOW, dtype=object)
    if medium is not None:
        found[values >= medium if rising else values < medium] = MEDIUM
    found[values >= high if rising else values < high] = HIGH
    return found


def _quantile(model: ChurnModel, share: float) -> float:
    """Return the probability below which such a share of the forward predictions lies, by straight lines between bins."""
    rows, edges = np.array(model.intervals_.rows, dtype=np.float64), np.array(model.intervals_.edges)
    if edges.size < 9:
        raise DataError(
            f"bands by share need forward predictions: this model has {int(rows.sum()):,}.",
            allowed="500 or more",
            hint="bands='probability: ...' or 'capacity: ...' need none.",
        )
    return float(probability_of_raw(np.interp(share, np.cumsum(rows)[:-1] / rows.sum(), edges)))
