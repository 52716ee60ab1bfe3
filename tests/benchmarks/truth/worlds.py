"""The worlds in which truth is known, each asked the same way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from court import schema_of

import cxchurn as cx
from truth.causes import FOREIGN, OURS, OURS_TRUTH
from truth.foreign import simulate_foreign

START, END = "2023-01-01", "2025-01-01"
Truth = Callable[[pd.DataFrame], tuple[np.ndarray, pd.DataFrame]]


@dataclass(frozen=True, eq=False)
class World:
    """A simulated company with the truth about it.

    Attributes
    ----------
    name : str
    company : {"ours", "foreign"}
        Whose interactions they are.
    interactions, customers : DataFrame
    schema : Schema
    causes : mapping of cause to pattern
        Which columns tell of it, by the beginning of their names.
    truth : callable
        From (customer_id, cutoff) to who is still a customer, and a frame of parts of the log-hazard: one column a cause,
        ``experience`` (all causes together), ``rhythm``, ``money``, ``profile``, ``hidden`` as far as the world has them.
    """

    name: str
    company: str
    interactions: pd.DataFrame
    customers: pd.DataFrame
    schema: cx.Schema
    causes: Mapping[str, str]
    truth: Truth

    def log(self) -> cx.InteractionLog:
        """Return the log."""
        return cx.read_interactions(self.interactions, self.schema, customers=self.customers)


def ours(customers: int, seed: int, without: tuple[str, ...] = ()) -> World:
    """Return the package's own simulator."""
    simulation = cx.simulate(customers, START, END, without=without, random_state=seed)

    def truth(pairs: pd.DataFrame) -> tuple[np.ndarray, pd.DataFrame]:
        drivers = simulation.true_effects(pairs).drop(columns=["customer_id", "cutoff", "baseline"])
        parts = drivers.rename(columns=OURS_TRUTH).T.groupby(level=0).sum().T
        # whoever has left is silent for certain
        here = simulation.true_probability(pairs, horizon="60D") < 1.0
        return here, parts.assign(experience=parts[list(OURS)].sum(axis=1))

    return World("ours", "ours", simulation.interactions, simulation.customers, schema_of(simulation), OURS, truth)


def foreign(mind: str, customers: int, seed: int, without: tuple[str, ...] = ()) -> World:
    """Return the foreign company with one of its minds."""
    made = simulate_foreign(mind, customers, START, END, without=without, random_state=seed)
    schema = cx.Schema(**{name: name for name in made.interactions.columns})
    return World(mind, "foreign", made.interactions, made.customers, schema, FOREIGN, made.truth)


WORLDS: dict[str, Callable[[int, int, tuple[str, ...]], World]] = {
    "ours": ours,
    "belief": lambda customers, seed, without: foreign("belief", customers, seed, without),
    "last straw": lambda customers, seed, without: foreign("last straw", customers, seed, without),
}
