"""What really drives leaving in the simulated world: the drivers and their coefficients."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
import pandas as pd


class Effect(NamedTuple):
    """One driver of leaving: its value times its coefficient is its part of the log-hazard.

    Where experiences leave something behind that fades (a half-life is given), they add to a sum `x`, and the value is
    ``2 tanh(x / 2)``: much of the same levels off at 2.
    """

    driver: str
    coefficient: float
    half_life_days: float
    says: str


EFFECTS = (
    Effect(
        "effort", 0.45, 60, "a transfer adds 0.5; coming back with the same matter 1; changing touchpoint in it 0.5"
    ),
    Effect("speed", 0.45, 60, "slowness: the log of a wait over what is usual; days to a solution beyond three"),
    Effect("balance", -0.35, 75, "the emotional account: valence of every moment, withdrawals weighing double"),
    Effect("overdrawn", 0.40, 75, "how far the emotional account is below -1: where it tips"),
    Effect(
        "basics", -0.45, 90, "a kept delivery promise adds 0.2; a broken one takes 1 and more; a faulty product 1.2"
    ),
    Effect("moments", -0.35, 60, "each small moment of delight adds 1"),
    Effect(
        "human_touch",
        -0.25,
        60,
        "a contact with a person adds 1, a call by the company 0.5, a purchase 0.3; a useless bot takes 1",
    ),
    Effect(
        "recovery", -0.70, 90, "a complaint put right within a week adds 1; one still open after two weeks takes 1.5"
    ),
    Effect("after_sale", -0.40, 60, "being followed up after a sale adds 1; thirty days of silence after one take 0.6"),
    Effect("feedback", -0.60, 75, "a low score acted on adds 1; one ignored for ten days takes 1"),
    Effect("attention", -0.25, 45, "a personal call from the company adds 1; a mere promotion takes 0.5"),
    Effect("word_of_mouth", -0.30, 120, "a referral made adds 1; a complaint in public takes 1"),
    Effect("value", -0.25, 90, "a purchase at full price adds 0.3; one on discount takes 0.6"),
    Effect("recency", 0.45, np.nan, "log(1 + days since the last own interaction over the usual gap)"),
    Effect("tenure", -0.30, np.nan, "log(1 + years since joining)"),
    Effect("attributes", 1.00, np.nan, "plan: basic 0.3, plus 0, premium -0.4"),
    Effect("clock", 1.00, np.nan, "season: January 0.2, summer 0.1, before Christmas -0.2"),
    Effect("personality", 1.00, np.nan, "a lasting trait that nothing in the log shows"),
    Effect("loyalty", -0.40, 90, "a better tier adds 1, a lower one takes 2; a voucher for points adds 0.5"),
    Effect(
        "sessions",
        0.55,
        60,
        "an error online adds 1, a search in vain 0.8, an order given up 0.6; a smooth one takes 0.2",
    ),
    Effect("returns", -0.50, 75, "money back within a week adds 0.3; two weeks of waiting for it take 1.5"),
    Effect(
        "network", -0.45, 90, "another customer's answer adds 0.5; a week without one takes 1, a friend who leaves 1.5"
    ),
    Effect("staff", -0.50, 60, "whom they deal with: one person in five takes 1 each time, the others add 0.25"),
    Effect(
        "bot_loops", 0.60, 60, "a bot that answers again on the same matter, no person in between, adds 1 each time"
    ),
)
# what only a company drives that is asked for
FURTHER = ("loyalty", "sessions", "returns", "network", "staff", "bot_loops")
DRIVERS = tuple(effect.driver for effect in EFFECTS)
LEAKY = tuple(effect.driver for effect in EFFECTS if effect.half_life_days > 0 and effect.driver != "overdrawn")
DECAYS = np.array([0.5 ** (1 / effect.half_life_days) for effect in EFFECTS if effect.driver in LEAKY])
BASELINE = -8.0  # the log of the daily hazard where all drivers are zero


def drivers_of(also: Collection[str]) -> list[str]:
    """Return the drivers of a world, in their order: those of every world, and the further ones that were asked for."""
    return [driver for driver in DRIVERS if driver not in FURTHER or driver in also]


def effects_table(without: Collection[str] = (), also: Collection[str] = ()) -> pd.DataFrame:
    """Return the true effects, one row a driver: driver, coefficient, half_life_days, says."""
    table = pd.DataFrame(list(EFFECTS), columns=list(Effect._fields)).assign(coefficient=coefficients(without))
    return table[table["driver"].isin(drivers_of(also))].reset_index(drop=True)


def coefficients(without: Collection[str]) -> np.ndarray:
    """Return the coefficients in the order of the drivers, 0 for those that are switched off."""
    return np.array([0.0 if effect.driver in without else effect.coefficient for effect in EFFECTS])
