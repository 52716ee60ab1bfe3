"""What the model would have done at earlier moments, beside its rivals: python tests/benchmarks/backtest.py [task ...].

For the sample and each real log that is there, over at most three origins; large logs are thinned by customer as in the
court. A task with one cut-off has no earlier origin. Writes its table into RESULTS.md.
"""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path

import pandas as pd
from court import TASKS, thinned

import cxchurn as cx

RESULTS = Path(__file__).parent / "RESULTS.md"
ORIGINS = 3
METRICS = {"roc_auc": "AUC in cut-offs", "log_loss": "log loss", "calibration_error": "calibration error"}


def panel_of(name: str) -> cx.Panel:
    """Return all cut-offs of a task, training and test alike."""
    if name == "sample":
        sample = cx.load_sample()
        schema = sample.interactions.with_name("schema.toml")
        log = cx.read_interactions(sample.interactions, schema, customers=sample.customers)
        churn = cx.Inactivity("60D", active_within="90D")
        return cx.make_panel(log, churn, cutoffs=cx.monthly("2024-01-01", "2024-11-01"))
    task = next(task for task in TASKS if task.name == name)
    panel = cx.make_panel(task.log(), task.churn, cutoffs=sorted({*task.train, *task.test}))
    return thinned(panel)


def measure(name: str) -> pd.DataFrame:
    """Return one row a model: metrics over all origins, and how far the model is ahead."""
    panel = panel_of(name)
    tested = cx.backtest(cx.ChurnModel(panel.definition), panel, folds=ORIGINS)
    print(f"\n{name}\n{tested}", flush=True)
    values = chosen(tested.pooled).set_index(["model", "metric"])
    apart = chosen(tested.differences).set_index(["baseline", "metric"])
    seconds = tested.by_origin.drop_duplicates(["origin", "model"]).groupby("model")["seconds"].sum()
    origins = tested.predictions["origin"].nunique()
    rows = []
    for model in dict.fromkeys(tested.pooled["model"]):
        first = model == "model"
        row = {"task": name, "origins": origins, "test rows": f"{len(tested.predictions):,}", "model": model}
        row |= {said: interval(values.loc[(model, metric)]) for metric, said in METRICS.items()}
        row["AUC, model ahead by"] = "" if first else interval(apart.loc[(model, "roc_auc")], ahead=1)
        row["log loss, model ahead by"] = "" if first else interval(apart.loc[(model, "log_loss")], ahead=-1)
        rows.append({**row, "s": f"{seconds[model]:.0f}"})
    return pd.DataFrame(rows)


def chosen(table: pd.DataFrame) -> pd.DataFrame:
    """Return the area under the curve inside cut-offs, averaged, and every other metric pooled."""
    return table[(table["metric"] == "roc_auc") == (table["cutoff"] != "pooled")]


def interval(row: pd.Series, *, ahead: int = 0) -> str:
    """Write a number with its interval; a difference (1: more is better, -1: less is) in bold where it leaves out 0."""
    if not ahead:
        return f"{row['value']:.3f} [{row['low']:.3f}, {row['high']:.3f}]"
    value, *ends = (ahead * row[part] for part in ("difference", "low", "high"))
    low, high = sorted(ends)
    text = f"{value:+.3f} [{low:+.3f}, {high:+.3f}]"
    return f"**{text}**" if low > 0 or high < 0 else text


def write(table: pd.DataFrame) -> None:
    """Put the table into its section of RESULTS.md."""
    head = "| " + " | ".join(table.columns) + " |\n|" + "---|" * table.shape[1]
    body = "\n".join("| " + " | ".join(map(str, row)) + " |" for row in table.itertuples(index=False))
    section = f"<!-- backtest -->\n{head}\n{body}\n<!-- /backtest -->"
    text = RESULTS.read_text(encoding="utf-8")
    pattern = r"<!-- backtest -->.*<!-- /backtest -->"
    RESULTS.write_text(re.sub(pattern, lambda _: section, text, flags=re.DOTALL), encoding="utf-8")


def main(names: list[str]) -> None:
    """Backtest the logs that are there and the sample; where all were asked for, write the table after each."""
    present = [task.name for task in TASKS if task.present and len({*task.train, *task.test}) > 1]
    tables = []
    for name in names or [*present, "sample"]:
        began = time.perf_counter()
        tables.append(measure(name))
        print(f"\n{name}: {time.perf_counter() - began:.0f} s", flush=True)
        if not names:
            write(pd.concat(tables, ignore_index=True))


if __name__ == "__main__":
    main(sys.argv[1:])
