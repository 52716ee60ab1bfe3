"""How true the reasons are: python tests/benchmarks/truth.py [--quick].

Simulated companies in which it is known what drives each customer's hazard of leaving. For every way of saying what a
prediction is due to: how well it agrees with the truth, over customers who have not left yet, with 95 % intervals by customer.
Writes its tables into RESULTS.md; ``--quick`` takes few customers and writes nothing. docs/truth.md explains what is measured.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

import numpy as np
import pandas as pd
from engine.results import table, write_section
from truth.attributions import WAYS, Case, case_of, ceiling, told_the_sum
from truth.measures import Judged, by_customer, cell, measured, share_of
from truth.said import EXPERIENCE, measured_first, said_first, told_of
from truth.worlds import WORLDS, World

import cxchurn as cx

CUTOFFS, TEST = cx.monthly("2023-09-01", "2024-11-01"), "2024-08-01"
SEEDS, CUSTOMERS, DRAWS = (31, 32, 33), 1_200, 400
CEILING = "ceiling: told the truth"
# told what every customer's hazard is, and not what it is made of
SUM = "ceiling: told the sum of the truth"
# a driver that makes no difference, and a model that is trained without knowing
OFF = (
    ("ours", "effort"),
    ("ours", "basics"),
    ("belief", "transfers"),
    ("belief", "promise"),
    ("last straw", "transfers"),
)
OFF_WAYS = ("path-dependent SHAP", "as usual")


def main(*, quick: bool) -> None:
    """Measure every world, and drivers that are switched off; print the tables and write them down."""
    customers, seeds = (400, SEEDS[:1]) if quick else (CUSTOMERS, SEEDS)
    lines, first, off = [], [], []
    for world in WORLDS:
        agreed, said = agreement(world, customers, seeds)
        lines, first = lines + agreed, first + said
        print(f"\n{table(lines)}\n\n{table(first)}\n", flush=True)
    for one in () if quick else OFF:
        off.append(switched_off(*one, customers, SEEDS[0]))
        print(off[-1], flush=True)
    tables = [_head(customers, seeds), table(lines), _about_first(), table(first)]
    text = "\n\n".join([*tables, _about_off(SEEDS[0]), table(off)] if off else tables)
    print(f"\n{text}", flush=True)
    if not quick:
        write_section("table", text, of="truth", heading="How true the reasons are")


Lines = list[dict[str, object]]


def agreement(world: str, customers: int, seeds: Sequence[int]) -> tuple[Lines, Lines]:
    """Return a line for each way, all seeds of a world together: how well it agrees with the truth, and what is said first."""
    found: dict[str, list[pd.DataFrame]] = {}
    said: dict[str, list[np.ndarray]] = {}
    told, cost = [], dict.fromkeys(WAYS, 0.0)
    for seed in seeds:
        case, judged = made(WORLDS[world](customers, seed, ()))
        told.append(judged)
        for name, way in WAYS.items():
            began = time.process_time()
            found.setdefault(name, []).append(way(case))
            cost[name] += (time.process_time() - began) * 1000 / len(judged.customers)
        of_train = case.world.truth(case.train.frame[["customer_id", "cutoff"]])[1]
        found.setdefault(SUM, []).append(told_the_sum(case, of_train))
        found.setdefault(CEILING, []).append(ceiling(case, of_train))
        for name, one in said_first(case).items():
            said.setdefault(name, []).append(one)
    whole = Judged.joined(told)
    draws = by_customer(whole.customers, DRAWS, 0)
    each = {name: measured(whole, pd.concat(tables, ignore_index=True), draws) for name, tables in found.items()}
    for name, milliseconds in cost.items():
        print(f"{world}: {name} took {milliseconds / len(seeds):.2f} CPU ms a row", flush=True)
    firsts = {name: measured_first(whole, np.concatenate(parts), draws) for name, parts in said.items()}
    return _lines(world, "attribution", each, next(iter(each))), _lines(world, "said first", firsts, EXPERIENCE)


def _lines(world: str, what: str, each: dict[str, dict[str, np.ndarray]], beside: str) -> Lines:
    """Return a line for each way, bold where a measure differs for certain from that of the way `beside`."""
    return [
        {"world": world, what: name}
        | {measure: cell(draws, None if name == beside else each[beside][measure]) for measure, draws in values.items()}
        for name, values in each.items()
    ]


def switched_off(world: str, driver: str, customers: int, seed: int) -> dict[str, object]:
    """Return how much of all attribution each way gives to a driver that makes no difference, and how often it is told."""
    case, judged = made(WORLDS[world](customers, seed, (driver,)))
    draws = by_customer(judged.customers, DRAWS, 0)
    shares = {name: cell(share_of(WAYS[name](case), driver, draws), percent=True) for name in OFF_WAYS}
    told = cell(told_of(case, driver, draws), percent=True)
    return {"world": world, "switched off": driver, **shares, "told as a reason": told}


def made(world: World) -> tuple[Case, Judged]:
    """Train on a world's past; return the case of the test rows whose customers have not left, and the truth about them."""
    churn = cx.Inactivity("60D", active_within="60D")
    train, test = cx.make_panel(world.log(), churn, cutoffs=CUTOFFS).split(TEST)
    here, truth = world.truth(test.frame[["customer_id", "cutoff"]])
    case = case_of(world, train, test.take(np.flatnonzero(here)), cx.ChurnModel(churn).fit(train))
    judged = Judged(case.test.frame["customer_id"].to_numpy(), truth[here].reset_index(drop=True), case.causes)
    return case, judged


def _head(customers: int, seeds: Sequence[int]) -> str:
    return (
        f"**How true the reasons are** (`make truth`, explained in docs/truth.md): {customers:,} customers of each company, "
        f"seeds {', '.join(map(str, seeds))} together, trained on the firsts of eleven months, judged at four later ones on "
        "customers who have not left. *Over drivers*: rank correlation of mean sizes. *Per customer*: mean rank correlation "
        "over the experiences of one. *Top*: the experience said to raise the risk most is among the true top two, where one "
        "truly raises it. *Experience first*: what is given most is an experience, of those whom experience drives away. In "
        "brackets 95 % by customer; **bold** where it differs from path-dependent SHAP on the same draws for certain."
    )


def _about_first() -> str:
    return (
        "What is said first: how often it is an experience, of those whom experience drives away and of those whom it keeps "
        "(theirs is better than the mean); whether the experience said first truly raises the risk above the mean, and is one "
        "of the two that truly raise it most, where one does. **Bold** where it differs for certain from what `explain` says:"
    )


def _about_off(seed: int) -> str:
    return (
        "What is given to a driver that makes no difference, of all sizes, by a model trained on a company in which it makes "
        f"none (seed {seed}); and how many of the experiences told among everybody's three reasons it is:"
    )


if __name__ == "__main__":
    main(quick="--quick" in sys.argv[1:])
