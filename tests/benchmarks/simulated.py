"""How much of what can be known a model finds: python tests/benchmarks/simulated.py. Writes its table into RESULTS.md."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
from court import schema_of

import cxchurn as cx

RESULTS = Path(__file__).parent / "RESULTS.md"
SEEDS = (11, 12)
OWN = ("call", "chat", "complaint", "email", "purchase", "referral", "survey", "visit")


def measure(seed: int) -> dict[str, object]:
    """Train on a simulated company and compare with its truth."""
    simulation = cx.simulate(5000, "2022-07-01", "2025-01-01", random_state=seed)
    log = cx.read_interactions(simulation.interactions, schema_of(simulation), customers=simulation.customers)
    # the truth is that of silence, of whoever was active lately
    churn = cx.Inactivity("60D", active_within="90D", kinds=OWN, ended_by=())
    panel = cx.make_panel(log, churn, cutoffs=cx.monthly("2023-01-01", "2024-11-01"))
    train, test = panel.split("2024-06-01")
    model = cx.ChurnModel(churn).fit(train)
    truth = simulation.true_probability(test.frame[["customer_id", "cutoff"]])
    frame = test.frame.assign(model=model.predict_proba(test)[:, 1], truth=truth)
    table = cx.evaluate_predictions(frame, ["model", "truth"]).metrics
    pooled = table[table["cutoff"] == "pooled"].set_index(["model", "metric"])["value"]
    found = (pooled["model", "roc_auc"] - 0.5) / (pooled["truth", "roc_auc"] - 0.5)
    return {
        "seed": seed,
        "test rows": f"{len(test):,}",
        "churned": f"{test.y.mean():.1%}",
        "AUC": f"{pooled['model', 'roc_auc']:.3f}",
        "AUC of the truth": f"{pooled['truth', 'roc_auc']:.3f}",
        "of the way from 0.5": f"{found:.1%}",
        "log loss": f"{pooled['model', 'log_loss']:.4f}",
        "log loss of the truth": f"{pooled['truth', 'log_loss']:.4f}",
        "calibration error": f"{pooled['model', 'calibration_error']:.3f}",
    }


def main() -> None:
    """Measure every seed and write the table."""
    table = pd.DataFrame([measure(seed) for seed in SEEDS])
    print(table.to_string(index=False))
    head = "| " + " | ".join(table.columns) + " |\n|" + "---|" * table.shape[1]
    body = "\n".join("| " + " | ".join(map(str, row)) + " |" for row in table.itertuples(index=False))
    section = f"<!-- simulated -->\n{head}\n{body}\n<!-- /simulated -->"
    text = RESULTS.read_text(encoding="utf-8")
    RESULTS.write_text(re.sub(r"<!-- simulated -->.*<!-- /simulated -->", lambda _: section, text, flags=re.DOTALL))


if __name__ == "__main__":
    main()
