"""What is said about the amount of data before anything is trained."""

from __future__ import annotations

from pathlib import Path

import cxchurn as cx

from .cli_runs import Workshop, files_below, plan_text, ran, too_wide


def test_train_prints_the_verdict_before_what_it_found(workshop: Workshop):
    files = workshop.folder / "sim"
    log = cx.read_interactions(
        files / "interactions.parquet", files / "schema.toml", customers=files / "customers.parquet"
    )
    churn = cx.Inactivity("60D", active_within="90D")
    past, test = cx.make_panel(log, churn, cutoffs=cx.monthly("2023-11-01", "2024-04-01")).split("2024-04-01")
    verdict = cx.sufficiency(past, test=test)
    assert verdict.enough == "barely"
    before, _, after = workshop.trained.out.partition(f"\n{verdict}\n")
    assert "InteractionLog" in before
    assert "How good on later cut-offs" in after
    assert too_wide(workshop.trained.out) == []


def test_train_refuses_what_cannot_be_learned_from(bench: Path, store_at):
    store_at(bench / "mlflow.db")
    # cancellations within six days of a cut-off: a handful
    Path("train.toml").write_text(
        plan_text(churn={"definition": "cancellation", "horizon": "6D", "active_within": None})
    )
    before = files_below(bench)
    told = ran("train", "train.toml")
    assert told.code == 1
    assert "are needed to train at all." in told.err
    assert "Hint: add cut-offs" in told.err
    assert files_below(bench) - before <= {"mlflow.db", "mlruns"}
