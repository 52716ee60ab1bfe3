"""How true the families are that are asked for by name: python tests/benchmarks/truth_more.py [customers].

A simulated company in which loyalty schemes, sessions, returns, other customers, people and bots drive leaving, and a model
that was asked for the families on them. For each of these drivers: how well what the model gives its family goes along with the
true part in the log-hazard, over customers who have not left yet (rank correlation, with 95 % intervals by customer); how large
both are; and how large it is in a company in which these drive nobody. Writes its table into RESULTS.md.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
from court import FURTHER, schema_of
from engine.results import table, write_section
from scipy.stats import rankdata

import cxchurn as cx

CUSTOMERS, SEED, DRAWS = 1_200, 41, 200
CUTOFFS, TEST = cx.monthly("2023-09-01", "2024-11-01"), "2024-08-01"
FAMILIES = ["standard", *(driver.title().replace("_", "") for driver in FURTHER)]


def judged(customers: int, without: tuple[str, ...] = ()) -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray]:
    """Return what a model gives each driver, the true parts (both less their means at the cut-off), and whose rows they are."""
    company = cx.simulate(customers, "2023-01-01", "2025-01-01", also=FURTHER, without=without, random_state=SEED)
    log = cx.read_interactions(company.interactions, schema_of(company), customers=company.customers)
    churn = cx.Inactivity("60D", active_within="60D")
    train, test = cx.make_panel(log, churn, cutoffs=CUTOFFS).split(TEST)
    model = cx.ChurnModel(churn, features=FAMILIES).fit(train)
    pairs = test.frame[["customer_id", "cutoff"]]
    here = company.true_probability(pairs) < 1.0
    given = model.contributions(model.features_of(test))[:, :-1]
    drivers = np.array([says.driver for says in model.features_.says_])
    said = pd.DataFrame({name: given[:, drivers == name].sum(axis=1) for name in FURTHER})
    return (
        _less(said, test, here),
        _less(company.true_effects(pairs)[list(FURTHER)], test, here),
        test.frame["customer_id"].to_numpy()[here],
    )


def _less(frame: pd.DataFrame, panel: cx.Panel, here: np.ndarray) -> pd.DataFrame:
    frame = frame[here].reset_index(drop=True)
    return frame - frame.groupby(panel.cutoffs[here]).transform("mean")


def together(said: np.ndarray, truth: np.ndarray, customers: np.ndarray) -> str:
    """Write a rank correlation with its interval over draws of whole customers."""
    who = np.unique(customers, return_inverse=True)[1]
    ranks = rankdata(said), rankdata(truth)
    rng, found = np.random.default_rng(0), []
    for draw in range(DRAWS + 1):
        weight = (
            np.ones(len(who))
            if not draw
            else rng.multinomial(who.max() + 1, np.full(who.max() + 1, 1 / (who.max() + 1)))[who]
        )
        found.append(_correlation(*ranks, weight.astype(float)))
    low, high = np.quantile(found[1:], [0.025, 0.975])
    return f"{found[0]:.2f} [{low:.2f}, {high:.2f}]"


def _correlation(a: np.ndarray, b: np.ndarray, weight: np.ndarray) -> float:
    a, b = a - np.average(a, weights=weight), b - np.average(b, weights=weight)
    sums = [(weight * one * other).sum() for one, other in ((a, b), (a, a), (b, b))]
    return float(sums[0] / np.sqrt(sums[1] * sums[2])) if min(sums[1:]) > 0 else float("nan")


def main(customers: int) -> None:
    """Judge the drivers; print the table and write it down."""
    said, truth, who = judged(customers)
    off = judged(customers, FURTHER)[0]
    lines = [
        {
            "driver": name,
            "goes along with the truth": together(said[name].to_numpy(), truth[name].to_numpy(), who),
            "size given": f"{said[name].abs().mean():.3f}",
            "true size": f"{truth[name].abs().mean():.3f}",
            "size given where it drives nobody": f"{off[name].abs().mean():.3f}",
        }
        for name in FURTHER
    ]
    text = (
        f"`python tests/benchmarks/truth_more.py`: {customers:,} customers, trained on eleven months, judged at four later\n"
        "cut-offs on customers who have not left. Rank correlation over rows of what the model gives a family with the true\n"
        "part of its driver; sizes in log-odds and log-hazard, less the mean at the cut-off.\n\n"
    ) + table(lines)
    print(text, flush=True)
    if customers == CUSTOMERS:
        write_section("more", text, of="truth", heading="How true the families are that are asked for by name")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else CUSTOMERS)
