"""The court: what each feature family is worth, on the real logs and on the simulator.

    python tests/benchmarks/court.py [task ...]

For each task and family, over forward purged folds: the loss when the family alone is dropped from the standard set, and the
gain when it alone is added to plain window counts (Activity and Volume). Gains are in AUC inside cut-offs and in log loss,
with 95 % intervals from a bootstrap by customer, on the same draws. Writes the table into RESULTS.md.
"""

from __future__ import annotations

import re
import sys
import time
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

import cxchurn as cx
from cxchurn.features import every_family

sys.path.insert(0, str(Path(__file__).parents[1] / "real"))
from tasks import TASKS

RESULTS = Path(__file__).parent / "RESULTS.md"
PLAIN = ("Activity", "Volume")
MOST_ROWS, ROUNDS, FOLDS, DRAWS = 15_000, 150, 3, 200


def panels(name: str) -> tuple[cx.Panel, list[tuple[cx.Panel, cx.Panel]]]:
    """Return a task's whole panel and its forward folds, thinned by customer where the log is large."""
    if name == "simulator":
        simulation = cx.simulate(2500, "2023-01-01", "2025-01-01", random_state=7)
        log = cx.read_interactions(simulation.interactions, schema_of(simulation), customers=simulation.customers)
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


def schema_of(simulation: cx.Simulation) -> cx.Schema:
    """Name the simulated log's columns, so that nothing is guessed."""
    extra = {"items": "items", "discount": "discount"}
    roles = {name: name for name in simulation.interactions.columns if name not in (*extra, "product_group")}
    return cx.Schema(**roles, measures=tuple(extra), categories=("product_group",))


def thinned(panel: cx.Panel) -> cx.Panel:
    """Keep a share of the customers, by a hash of their id, so that at most so many rows remain."""
    share = min(1.0, MOST_ROWS / len(panel))
    kept = np.array([zlib.crc32(f"court {one}".encode()) / 2**32 < share for one in panel.frame["customer_id"]])
    return panel.take(kept)


def predictions(
    folds: Sequence[tuple[cx.Panel, cx.Panel]], sets: dict[str, list[cx.Builder]], log, churn
) -> pd.DataFrame:
    """Return the test rows of all folds with one column of probabilities for each set of builders."""
    parts = []
    for past, future in folds:
        builders = list({repr(b): b for one in sets.values() for b in one}.values())
        made = cx.FeatureSet(builders, log=log, horizon=churn.horizon, churn=churn).fit(past.frame)
        train, test = made.transform(past.frame), made.transform(future.frame)
        owner = {says.name: says.driver for says in made.says_}
        jobs = {
            name: [c for c in train.columns if owner[c] in {b.driver for b in chosen}] for name, chosen in sets.items()
        }
        categories = {name: [c for c in made.categories_ if c in columns] for name, columns in jobs.items()}

        def probability(columns: list[str], labels: list[str], train=train, test=test, past=past) -> np.ndarray:
            trees = cx.ChurnClassifier(n_estimators=ROUNDS, categorical_features=labels, n_jobs=1)
            return trees.fit(train[columns], past.y).predict_proba(test[columns])[:, 1]

        found = Parallel(n_jobs=-1, prefer="threads")(
            delayed(probability)(jobs[name], categories[name]) for name in sets
        )
        parts.append(future.frame.assign(**dict(zip(sets, found, strict=True))))
    return pd.concat(parts, ignore_index=True)


def gains(frame: pd.DataFrame, first: str, others: list[str]) -> pd.DataFrame:
    """Return how much better the first set is than each other, by AUC inside cut-offs and log loss."""
    judged = cx.evaluate_predictions(frame, [first, *others], replicates=DRAWS)
    table = judged.differences
    auc = table[(table["metric"] == "roc_auc") & (table["cutoff"] != "pooled")].set_index("baseline")
    loss = table[(table["metric"] == "log_loss") & (table["cutoff"] == "pooled")].set_index("baseline")
    if auc.empty:
        auc = table[(table["metric"] == "roc_auc")].set_index("baseline")
    columns = ["difference", "low", "high"]
    return pd.concat([auc[columns], loss[columns].add_suffix("_loss")], axis=1)


def judge(name: str) -> pd.DataFrame:
    """Return one row a family: gains when dropped and when added, columns, seconds."""
    panel, folds = panels(name)
    log, churn = panel.log, panel.definition
    everything = every_family(log, churn.horizon)
    on = cx.FeatureSet(everything, log=log, horizon=churn.horizon, churn=churn).fit(panel.frame)
    made = set(on.families_.loc[on.families_["columns"] > 0, "builder"])
    builders = {type(b).__name__: b for b in on.builders_ if type(b).__name__ in made}
    plain = [builders[one] for one in PLAIN]
    families = [one for one in builders if one not in PLAIN]
    drop = {"all": list(builders.values())} | {f"-{x}": [b for n, b in builders.items() if n != x] for x in builders}
    add = {"plain": plain} | {f"+{x}": [*plain, builders[x]] for x in families}
    frame = predictions(folds, {**drop, **add}, log, churn)
    dropped = gains(frame, "all", [f"-{x}" for x in builders])
    added = gains(frame, "plain", [f"+{x}" for x in families])
    rows = []
    for x in builders:
        began = time.perf_counter()
        one = cx.FeatureSet([builders[x]], log=log, churn=churn).fit(panel.frame).transform(panel.frame)
        seconds = time.perf_counter() - began
        a = added.loc[f"+{x}"] if x in families else None
        d = dropped.loc[f"-{x}"]
        rows.append(
            {
                "task": name,
                "family": x,
                "columns": one.shape[1],
                "seconds": round(seconds, 2),
                "AUC when added": cell(a, 1, -1),
                "log loss when added": cell(a, -1, -1, "_loss"),
                "AUC lost when dropped": cell(d, 1, 1),
                "log loss lost when dropped": cell(d, -1, 1, "_loss"),
            }
        )
    return pd.DataFrame(rows)


def cell(row: pd.Series | None, better: int, side: int, suffix: str = "") -> str:
    """Write a gain in thousandths (positive: the family helps) with its interval; bold where it leaves out 0."""
    if row is None:
        return ""
    sign = better * side
    value, low, high = (1000 * sign * row[f"{part}{suffix}"] for part in ("difference", "low", "high"))
    low, high = min(low, high), max(low, high)
    text = f"{value:+.1f} [{low:+.1f}, {high:+.1f}]"
    return f"**{text}**" if low > 0 or high < 0 else text


def write(table: pd.DataFrame, path: Path = RESULTS) -> None:
    """Put the table into its section of RESULTS.md."""
    head = "| " + " | ".join(table.columns) + " |\n|" + "---|" * table.shape[1] + "\n"
    body = "\n".join("| " + " | ".join(map(str, row)) + " |" for row in table.itertuples(index=False))
    section = f"<!-- court -->\n{head}{body}\n<!-- /court -->"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        re.sub(r"<!-- court -->.*<!-- /court -->", lambda _: section, text, flags=re.DOTALL), encoding="utf-8"
    )


def main(names: list[str]) -> None:
    """Judge the families on the tasks that are there."""
    present = [task.name for task in TASKS if task.present]
    tables = []
    for name in names or [*present, "simulator"]:
        began = time.perf_counter()
        tables.append(judge(name))
        print(tables[-1].to_string(index=False), f"\n{name}: {time.perf_counter() - began:.0f} s", flush=True)
    if not names:
        write(pd.concat(tables, ignore_index=True))


if __name__ == "__main__":
    main(sys.argv[1:])
