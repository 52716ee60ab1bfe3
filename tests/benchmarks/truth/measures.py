"""How true attributions are, with intervals by customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import rankdata

RAISES = 0.2  # log-hazard above the mean from which an experience is said to raise the risk
DRIVEN = np.log(1.5)
MEASURES = ("over drivers", "per customer", "top in true two", "experience first")


@dataclass(frozen=True, eq=False)
class Judged:
    """Truth about some rows.

    Attributes
    ----------
    customers : ndarray
        Whose row it is.
    truth : DataFrame
        Parts of the log-hazard by cause; ``experience`` and the other themes.
    causes : list of str
    """

    customers: np.ndarray
    truth: pd.DataFrame
    causes: list[str]

    @property
    def parts(self) -> np.ndarray:
        """The causes' parts less their means."""
        return _centred(self.truth[self.causes].to_numpy())

    @property
    def driven(self) -> np.ndarray:
        """Whom experience drives away: half as likely again to leave for it as others are, and for nothing else more."""
        away = self.truth - self.truth.mean()
        others = away.drop(columns=[*self.causes, "experience"]).max(axis=1)
        return ((away["experience"] >= DRIVEN) & (away["experience"] >= others)).to_numpy()

    @classmethod
    def joined(cls, parts: Sequence[Judged]) -> Judged:
        """Return several as one; a customer of one is no customer of another."""
        customers = [np.array([f"{number} {one}" for one in part.customers]) for number, part in enumerate(parts)]
        return cls(
            np.concatenate(customers), pd.concat([part.truth for part in parts], ignore_index=True), parts[0].causes
        )


def measured(judged: Judged, found: pd.DataFrame, draws: np.ndarray) -> dict[str, np.ndarray]:
    """Return each measure for each draw of customers.

    Parameters
    ----------
    judged : Judged
    found : DataFrame
        An attribution: one column a cause, then the other themes.
    draws : ndarray, shape (draws, n)
        How often each row counts.
    """
    parts, given = judged.parts, _centred(found[judged.causes].to_numpy())
    raised = parts.max(axis=1) >= RAISES
    top = given.argmax(axis=1)
    second = np.sort(parts, axis=1)[:, -2]
    good = parts[np.arange(len(parts)), top] >= second
    sizes = [_means(np.abs(one), draws) for one in (parts, given)]
    return {
        "over drivers": np.array([_rank_correlation(*pair) for pair in zip(*sizes, strict=True)]),
        "per customer": mean(_spearman(parts, given), draws),
        "top in true two": mean(good, draws * raised),
        "experience first": mean(first_is_experience(found, judged.causes), draws * judged.driven),
    }


def first_is_experience(found: pd.DataFrame, causes: list[str]) -> np.ndarray:
    """Return where the subject that raises the risk most is an experience."""
    table = found.to_numpy()
    first = table.argmax(axis=1)
    return (first < len(causes)) & (table.max(axis=1) > 0)


def share_of(found: pd.DataFrame, cause: str, draws: np.ndarray) -> np.ndarray:
    """Return the share of all attribution (mean sizes) that one cause is given, for each draw."""
    sizes = _means(np.abs(_centred(found.to_numpy())), draws)
    return sizes[:, list(found.columns).index(cause)] / sizes.sum(axis=1)


def by_customer(customers: np.ndarray, draws: int, random_state: int) -> np.ndarray:
    """Return how often each row counts: first as it is, then with customers drawn again; shape ``(1 + draws, n)``."""
    ids, who = np.unique(customers, return_inverse=True)
    rng = np.random.default_rng(random_state)
    counts = rng.multinomial(len(ids), np.full(len(ids), 1 / len(ids)), size=draws)
    return np.vstack([np.ones(len(who)), counts[:, who]])


def interval(values: np.ndarray) -> tuple[float, float, float]:
    """Return the value as it is, and 95 % of what the draws say."""
    low, high = np.quantile(values[1:], [0.025, 0.975])
    return float(values[0]), float(low), float(high)


def cell(values: np.ndarray, beside: np.ndarray | None = None, *, percent: bool = False) -> str:
    """Write a measure with its interval; bold where it differs from another on the same draws for certain."""
    value, low, high = interval(values)
    form = ".1%" if percent else ".2f"
    text = f"{value:{form}} [{low:{form}}, {high:{form}}]"
    if beside is None:
        return text
    _, low, high = interval(values - beside)
    return f"**{text}**" if low > 0 or high < 0 else text


def _centred(table: np.ndarray) -> np.ndarray:
    return table - table.mean(axis=0)


def _means(table: np.ndarray, draws: np.ndarray) -> np.ndarray:
    return draws @ table / draws.sum(axis=1, keepdims=True)


def mean(values: np.ndarray, draws: np.ndarray) -> np.ndarray:
    """Return the weighted mean of each draw, NaN where nobody counts; `draws` of shape ``(draws, n)``."""
    total = draws.sum(axis=1)
    return np.divide(draws @ values.astype(float), total, out=np.full(len(draws), np.nan), where=total > 0)


def _spearman(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the rank correlation of each row of two tables."""
    one, two = (rankdata(table, axis=1) for table in (first, second))
    one, two = (ranks - ranks.mean(axis=1, keepdims=True) for ranks in (one, two))
    size = np.sqrt((one**2).sum(axis=1) * (two**2).sum(axis=1))
    return np.divide((one * two).sum(axis=1), size, out=np.zeros(len(one)), where=size > 0)


def _rank_correlation(first: np.ndarray, second: np.ndarray) -> float:
    return float(_spearman(first[None], second[None])[0])
