"""Train a model as a TOML file says: python pipelines/train.py [train.toml]."""

import sys
import tomllib
from pathlib import Path

import cxchurn as cx

DEFINITIONS = {"inactivity": cx.Inactivity, "cancellation": cx.Cancellation}


def main(plan: dict) -> None:
    """Do what the plan says."""
    log = cx.read_interactions(
        plan["log"]["interactions"], plan["log"].get("schema"), customers=plan["log"].get("customers")
    )
    churn = DEFINITIONS[plan["churn"].pop("definition")](**plan["churn"])
    cutoffs = plan["cutoffs"]
    panel = cx.make_panel(log, churn, cutoffs=cx.monthly(cutoffs["start"], cutoffs.get("end")))
    train, test = panel.split(cutoffs["test_from"])
    model = cx.ChurnModel(churn, **plan["model"]).fit(train)
    evaluation = cx.evaluate(model, test)
    explanation = cx.explain(model, test)
    final = cx.ChurnModel(churn, **plan["model"]).fit(panel)
    folder = Path(plan["output"]["folder"])
    final.save(folder / "model")
    report = cx.write_report(
        folder / "report.html", model=model, evaluation=evaluation, explanation=explanation, panel=panel
    )
    cx.log_run(model, evaluation, explanation, final=final, report=report, experiment=plan["output"]["experiment"])
    print(f"{panel}\n\n{evaluation}")
    print(f"\nThe model is in {folder / 'model'}, the report is {report}.")


if __name__ == "__main__":
    path = Path(sys.argv[1] if len(sys.argv) > 1 else "pipelines/train.toml")
    try:
        with cx.shown_progress():
            main(tomllib.loads(path.read_text(encoding="utf-8")))
    except cx.CxchurnError as error:
        print(f"Error: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
