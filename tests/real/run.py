"""Measure on the real logs: python tests/real/run.py [task ...].

Prints one Markdown table; without a task named, it goes into tests/benchmarks/RESULTS.md too.
"""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
import time
from pathlib import Path

from tasks import DATA, TASKS, Task

RESULTS = Path(__file__).parents[1] / "benchmarks" / "RESULTS.md"
METRICS = ("roc_auc", "average_precision", "log_loss", "calibration_error")
HEAD = (
    "task",
    "model",
    "test rows",
    "churned",
    "AUC in cut-offs",
    "average precision",
    "log loss",
    "calibration error",
    "s",
    "MB",
)


def measure(task: Task) -> None:
    """Train, evaluate, and print the result as JSON."""
    import cxchurn as cx

    began = time.perf_counter()
    log = task.log()
    train, test = task.panels(log)
    model = cx.ChurnModel(task.churn).fit(train)
    evaluation = cx.evaluate(model, test)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    table = evaluation.metrics
    table = table[
        (table["cutoff"] == "pooled") & (table["metric"] != "roc_auc") | table["cutoff"].str.startswith("mean")
    ]
    rows = table.loc[table["metric"].isin(METRICS), ["model", "metric", "value", "low", "high"]].to_dict("records")
    about = {"rows": len(test), "churned": float(test.y.mean()), "train": len(train), "seconds": seconds, "peak": peak}
    print(json.dumps({**about, "metrics": rows, "notes": model.notes_, "refused": log.validation.rows_refused}))


def lines(task: Task, result: dict) -> list[str]:
    """Write a task's result as rows of the table."""
    models = list(dict.fromkeys(row["model"] for row in result["metrics"]))
    out = []
    for model in models:
        found = {row["metric"]: row for row in result["metrics"] if row["model"] == model}
        cells = [f"{found[m]['value']:.3f} [{found[m]['low']:.3f}, {found[m]['high']:.3f}]" for m in METRICS]
        first = model == models[0]
        about = (task.name, model, f"{result['rows']:,}", f"{result['churned']:.1%}") if first else ("", model, "", "")
        cost = (f"{result['seconds']:.0f}", f"{result['peak']:.0f}") if first else ("", "")
        out.append("| " + " | ".join((*about, *cells, *cost)) + " |")
    return out


def main(names: list[str]) -> int:
    """Run the tasks, each in a process of its own, so that its peak memory is its own."""
    if names[:1] == ["--one"]:
        measure(next(task for task in TASKS if task.name == names[1]))
        return 0
    chosen = [task for task in TASKS if not names or task.name in names]
    if not any(task.present for task in chosen):
        print(f"The real logs are not here: {DATA.name} is looked for beside the repository, in shared/.")
        return 0
    table = ["| " + " | ".join(HEAD) + " |", "|" + "---|" * len(HEAD)]
    print("\n".join(table), flush=True)
    for task in chosen:
        done = subprocess.run(
            [sys.executable, __file__, "--one", task.name], capture_output=True, text=True, check=False
        )
        if done.returncode:
            print(done.stderr, file=sys.stderr)
            return 1
        result = json.loads(done.stdout.splitlines()[-1])
        table += lines(task, result)
        print("\n".join(lines(task, result)), flush=True)
        print(f"{task.name}: {'; '.join(result['notes'])}; {result['refused']} rows refused", file=sys.stderr)
    if len(chosen) == len(TASKS):
        write("\n".join(table))
    return 0


def write(table: str) -> None:
    """Put the table into its section of RESULTS.md."""
    text = RESULTS.read_text(encoding="utf-8")
    section = f"<!-- real -->\n{table}\n<!-- /real -->"
    RESULTS.write_text(
        re.sub(r"<!-- real -->.*<!-- /real -->", lambda _: section, text, flags=re.DOTALL), encoding="utf-8"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
