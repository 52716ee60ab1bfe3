"""The court: what each feature family is worth, on the real logs and on the simulator.

    python tests/benchmarks/court.py [task ...]

For each task and family, over forward purged folds (`cx.family_value`): the loss when the family alone is dropped from all of
them, and the gain when it alone is added to plain window counts (Activity and Volume). Gains are in AUC inside cut-offs and in
log loss, with 95 % intervals from a bootstrap by customer, on the same draws. Writes the rows of these tasks into RESULTS.md.
Families on what no real log tells are judged on a simulated company in which it drives leaving.
"""

from __future__ import annotations

import sys
import time
import zlib
from itertools import groupby
from pathlib import Path

import numpy as np
import pandas as pd

import cxchurn as cx
from cxchurn.evaluation import value_on
from cxchurn.features import every_family

sys.path.insert(0, str(Path(__file__).parents[1] / "real"))
from tasks import TASKS

RESULTS = Path(__file__).parent / "RESULTS.md"
MOST_ROWS, FOLDS, DRAWS = 15_000, 3, 200
# a company with what no real log tells, and the families that tell of it: nobody else is judged on it
MORE, FURTHER = "simulator, with more", ("loyalty", "sessions", "returns", "network", "staff", "bot_loops")
ON_MORE = ("Bargain", "Loyalty", "Sessions", "Returns", "Network", "Staff", "BotLoops", "Overdue", "TrackRecord")


def panels(name: str) -> tuple[cx.Panel, list[tuple[cx.Panel, cx.Panel]]]:
    """Return a task's whole panel and its forward folds, thinned by customer where the log is large."""
    if name in ("simulator", MORE):
        customers, also = (2500, ()) if name == "simulator" else (1500, FURTHER)
        simulation = cx.simulate(customers, "2023-01-01", "2025-01-01", also=also, random_state=7)
        schema = schema_of(simulation, *(("items",) if also else ()))
        log = cx.read_interactions(simulation.interactions, schema, customers=simulation.customers)
        churn: cx.Inactivity = cx.Inactivity("60D", active_within="90D")
        panel = cx.make_panel(log, churn, cutoffs=cx.monthly("2023-10-01", "2024-11-01"))
    else:
        task = next(task for task in TASKS if task.name == name)
        log, churn = task.log(), task.churn
        panel = cx.make_panel(log, churn, cutoffs=sorted({*task.train, *task.test}))
        if task.divide:
            return panel, [task.divide(thinned(panel))]
    panel = thinned(panel)
    folds = cx.PanelSplit(FOLDS, horizon=churn.horizon).split(panel.frame)
    return panel, [(panel.take(past), panel.take(future)) for past, future in folds]


def schema_of(simulation: cx.Simulation, *measures: str) -> cx.Schema:
    """Name the simulated log's columns, so that nothing is guessed; measures, if said, instead of items and discount."""
    extra = measures or ("items", "discount")
    roles = {name: name for name in simulation.interactions.columns if name not in (*extra, "product_group")}
    return cx.Schema(**roles, measures=extra, categories=("product_group",))


def thinned(panel: cx.Panel) -> cx.Panel:
    """Keep a share of the customers, by a hash of their id, so that at most so many rows remain."""
    share = min(1.0, MOST_ROWS / len(panel))
    kept = np.array([zlib.crc32(f"court {one}".encode()) / 2**32 < share for one in panel.frame["customer_id"]])
    return panel.take(kept)


def judge(name: str) -> pd.DataFrame:
    """Return one row a family: gains when dropped and when added, columns, seconds."""
    panel, folds = panels(name)
    log, churn = panel.log, panel.definition
    everything = every_family(log, churn.horizon)
    settled = {"replicates": DRAWS, "random_state": 0, "only": ON_MORE if name == MORE else ()}
    dropped, added = (
        value_on(panel, folds, everything, how=how, **settled).set_index("family") for how in ("dropped", "added")
    )
    rows = []
    for builder in everything:
        family = type(builder).__name__
        if family not in dropped.index:
            continue
        began = time.perf_counter()
        cx.FeatureSet([builder], log=log, churn=churn).fit(panel.frame).transform(panel.frame)
        rows.append(
            {
                "task": name,
                "family": family,
                "columns": dropped.loc[family, "columns"],
                "seconds": round(time.perf_counter() - began, 2),
                "AUC when added": cell(added, family, "auc"),
                "log loss when added": cell(added, family, "log_loss"),
                "AUC lost when dropped": cell(dropped, family, "auc"),
                "log loss lost when dropped": cell(dropped, family, "log_loss"),
            }
        )
    return pd.DataFrame(rows)


def cell(table: pd.DataFrame, family: str, metric: str) -> str:
    """Write a gain in thousandths (positive: the family helps) with its interval; bold where it leaves out 0."""
    if family not in table.index:
        return ""
    value, low, high = (1000 * table.loc[family, f"{metric}{end}"] for end in ("", "_low", "_high"))
    text = f"{value:+.1f} [{low:+.1f}, {high:+.1f}]"
    return f"**{text}**" if low > 0 or high < 0 else text


def write(table: pd.DataFrame, path: Path = RESULTS) -> None:
    """Put the rows into their section of RESULTS.md, in place of those of the same tasks."""
    before, begin, rest = path.read_text(encoding="utf-8").partition("<!-- court -->\n")
    old, end, after = rest.partition("<!-- /court -->")
    rows = {task: [*lines] for task, lines in groupby(old.splitlines()[2:], lambda line: line.split(" | ")[0])}
    for task, found in table.groupby("task", sort=False):
        rows[f"| {task}"] = ["| " + " | ".join(map(str, row)) + " |" for row in found.itertuples(index=False)]
    head = ["| " + " | ".join(table.columns) + " |", "|" + "---|" * table.shape[1]]
    body = "\n".join([*head, *(line for lines in rows.values() for line in lines)])
    path.write_text(f"{before}{begin}{body}\n{end}{after}", encoding="utf-8")


def main(names: list[str]) -> None:
    """Judge the families on the tasks that are there."""
    present = [task.name for task in TASKS if task.present]
    tables = []
    for name in names or [*present, "simulator", MORE]:
        began = time.perf_counter()
        tables.append(judge(name))
        print(tables[-1].to_string(index=False), f"\n{name}: {time.perf_counter() - began:.0f} s", flush=True)
    write(pd.concat(tables, ignore_index=True))


if __name__ == "__main__":
    main(sys.argv[1:])
