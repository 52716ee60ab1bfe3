"""The simulated customers: what they are like, and what about them never shows in the log."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from cxchurn.datasets.world._calendar import SEGMENTS, Calendar

PLANS = ("basic", "plus", "premium")
REGIONS = ("centre", "east", "north", "south", "west")
ACQUIRED = ("partner", "referral", "search", "store")
AGENTS = 60
GROUPS = 5
_REGION_TROUBLE = np.array([0.9, 1.0, 1.6, 0.7, 1.0])  # the north has the worse delivery partner


@dataclass(frozen=True)
class People:
    """Lasting traits of the customers; every array has shape ``(n,)``.

    Parameters
    ----------
    signup : ndarray
        Day of joining, counted from the start; negative before it.
    plan, region, acquired, household : ndarray
        Attributes of the customers table: codes (the plan is the first one) and a count.
    rate : ndarray
        Needs a day of a typical, typically content customer.
    frailty : ndarray
        Personality: a lasting addition to the log-hazard that no feature can see.
    digital, bargain, trouble, answering : ndarray
        Liking for screens and for discounts, a factor on what goes wrong, readiness to answer surveys.
    consent : ndarray
        Whether promotions may be sent.
    segment, spend, group, agent : ndarray
        Promotion segment, typical value of a purchase, favoured product group, the employee they know best.
    """

    signup: np.ndarray
    plan: np.ndarray
    region: np.ndarray
    acquired: np.ndarray
    household: np.ndarray
    rate: np.ndarray
    frailty: np.ndarray
    digital: np.ndarray
    bargain: np.ndarray
    trouble: np.ndarray
    answering: np.ndarray
    consent: np.ndarray
    segment: np.ndarray
    spend: np.ndarray
    group: np.ndarray
    agent: np.ndarray

    def __len__(self) -> int:
        return len(self.signup)

    def take(self, rows: np.ndarray) -> Self:
        """Return the customers at these positions, in this order; a position may come several times."""
        return type(self)(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})


def draw_people(n: int, calendar: Calendar, rng: np.random.Generator) -> People:
    """Draw the traits of `n` customers; about half of them joined before the start."""
    region = rng.choice(len(REGIONS), n, p=[0.3, 0.15, 0.2, 0.2, 0.15]).astype(np.int8)
    earlier = -1 - np.minimum(rng.exponential(450, n), 2000).astype(np.int32)
    during = rng.integers(0, calendar.days - 45, n, dtype=np.int32)
    return People(
        signup=np.where(rng.random(n) < 0.55, earlier, during),
        plan=rng.choice(len(PLANS), n, p=[0.45, 0.35, 0.20]).astype(np.int8),
        region=region,
        acquired=rng.choice(len(ACQUIRED), n, p=[0.15, 0.15, 0.4, 0.3]).astype(np.int8),
        household=1 + rng.binomial(4, 0.3, n),
        rate=rng.lognormal(np.log(1 / 15), 0.35, n),
        frailty=rng.normal(0, 0.35, n),
        digital=rng.beta(2.0, 1.6, n),
        bargain=rng.beta(1.3, 3.0, n),
        trouble=rng.lognormal(-0.2, 0.6, n) * _REGION_TROUBLE[region],
        answering=rng.beta(1.5, 2.5, n),
        consent=rng.random(n) < 0.7,
        segment=rng.integers(0, SEGMENTS, n),
        spend=rng.lognormal(np.log(38), 0.5, n),
        group=rng.integers(0, GROUPS, n),
        agent=rng.integers(0, AGENTS, n),
    )
