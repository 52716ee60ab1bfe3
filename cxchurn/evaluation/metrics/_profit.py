"""What a retention offer earns when the customers to contact are chosen by a model."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxchurn._core import UsageError
from cxchurn.evaluation.metrics._bootstrap import interval

NOBODY, EVERYBODY = "nobody", "everybody"


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A retention offer: what it costs, what it saves, and how often it works.

    Parameters
    ----------
    cost : float
        Of contacting one customer with the offer, 0 or more; paid whether they meant to leave or not.
    saved : float
        What keeping a customer who would have left is worth, above 0.
    success : float
        The share of those about to leave whom the offer keeps, above 0, at most 1.

    Examples
    --------
    >>> Offer(cost=5, saved=120, success=0.2)
    Offer(cost=5, saved=120, success=0.2)
    """

    cost: float
    saved: float
    success: float

    def check(self) -> None:
        """Raise an error for an offer that cannot be."""
        good = (0 <= self.cost < math.inf, 0 < self.saved < math.inf, 0 < self.success <= 1)
        if not all(good):
            raise UsageError(
                f"the offer is {self!r}.", allowed="cost 0 or more, saved above 0, success above 0 and at most 1"
            )

    def earns(self, churning: np.ndarray) -> np.ndarray:
        """Return what contacting each customer earns, from a probability to churn or from what happened."""
        return churning * self.success * self.saved - self.cost


def profit_table(
    predictions: pd.DataFrame,
    models: Sequence[str],
    offer: Offer,
    *,
    replicates: int,
    random_state: int | None,
) -> pd.DataFrame:
    """Return expected and realised profit of contacting the customers whose probability pays for the offer.

    Contacting a customer who churns with probability ``p`` earns ``p * success * saved - cost``: the campaign profit of
    Neslin et al. [1]_ with one cost for contact and incentive. So those are contacted for whom it is above 0, which chooses
    the share to contact as Verbeke et al. [2]_ do, with the probability in the place of a searched threshold. Realised, ``p``
    is what happened; `success` stays an assumption.

    Parameters
    ----------
    predictions : DataFrame
        origin, customer_id, churned and one column a model.
    models : sequence of str
        The first is the model, the others its rivals.
    offer : Offer
    replicates, random_state
        Draws of customers, and their seed.

    Returns
    -------
    DataFrame
        origin ("pooled" last), policy (models, "nobody", "everybody"), contacted, expected (by the policy's own
        probabilities, for everybody by the model's), realised, low, high (95 % interval), difference (what the model
        realised minus what the policy did), difference_low, difference_high.

    References
    ----------
    .. [1] Neslin, Gupta, Kamakura, Lu and Mason (2006), Defection detection: measuring and understanding the predictive
       accuracy of customer churn models, Journal of Marketing Research 43.
    .. [2] Verbeke, Dejaeger, Martens, Hur and Baesens (2012), New insights into churn prediction in the telecommunication
       sector: a profit driven data mining approach, European Journal of Operational Research 218.
    """
    policies = [models[0], NOBODY, EVERYBODY, *models[1:]]
    # nobody and everybody are policies too, and mostly cheaper ones than a model
    first, *others = (predictions[name].to_numpy() for name in models)
    said = np.column_stack([first, np.zeros_like(first), first, *others])
    contacted = offer.earns(said) > 0
    contacted[:, 1:3] = (False, True)
    earned = contacted * offer.earns(predictions["churned"].to_numpy(np.float64))[:, None]
    expected = contacted * offer.earns(said)
    customers, _ = pd.factorize(predictions["customer_id"])
    origin = predictions["origin"].to_numpy()
    sections = {str(label): origin == label for label in np.unique(origin)} | {"pooled": np.ones(len(origin), bool)}
    lines: list[tuple[object, ...]] = []
    for label, rows in sections.items():
        sums = earned[rows].sum(axis=0)
        draws = _draws(earned[rows], customers[rows], replicates, random_state)
        for k, policy in enumerate(policies):
            sums_of = int(contacted[rows, k].sum()), float(expected[rows, k].sum()), float(sums[k])
            apart = float(sums[0] - sums[k])
            ends = interval(draws[:, k], sums[k]), interval(draws[:, 0] - draws[:, k], apart)
            lines.append((label, policy, *sums_of, *ends[0], apart, *ends[1]))
    names = ["origin", "policy", "contacted", "expected", "realised", "low", "high"]
    return pd.DataFrame(lines, columns=[*names, "difference", "difference_low", "difference_high"])


def _draws(earned: np.ndarray, customers: np.ndarray, replicates: int, random_state: int | None) -> np.ndarray:
    """Return the sums over draws of customers with all their rows; float64, shape ``(replicates, policies)``."""
    codes, known = pd.factorize(customers)
    number = len(known)
    by_customer = np.stack([np.bincount(codes, weights=column, minlength=number) for column in earned.T], axis=1)
    seeds = np.random.SeedSequence(random_state).spawn(replicates)
    drawn = (np.random.default_rng(seed).integers(0, number, number) for seed in seeds)
    # not a dot product, whose rounding may depend on the number of threads
    return np.stack([np.einsum("c,ck->k", np.bincount(one, minlength=number), by_customer) for one in drawn])
