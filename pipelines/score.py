"""Score every customer as a TOML file says: python pipelines/score.py [score.toml]."""

import sys
import tomllib
from pathlib import Path

import cxchurn as cx


def main(plan: dict) -> None:
    """Do what the plan says."""
    model = cx.load_model(plan["score"]["model"])
    about = {key: plan["log"].get(key) for key in ("schema", "customers", "memory_limit")}
    log = cx.read_interactions(plan["log"]["interactions"], only=model.features_.columns_, **about)
    said, out = plan["score"], Path(plan["score"]["out"])
    references = said.get("references")
    if said.get("refresh"):
        references = cx.refresh(model, log, at=said.get("at"), to=out.parent if out.suffix else out)
    scores = cx.score(model, log, at=said.get("at"), reasons=said.get("reasons", 0), references=references)
    path = cx.write_scores(scores, out)
    print(f"{len(scores):,} customers are scored in {path}:")
    print(scores.attrs["summary"])
    print(scores["band"].value_counts().to_string())


if __name__ == "__main__":
    path = Path(sys.argv[1] if len(sys.argv) > 1 else "pipelines/score.toml")
    try:
        with cx.shown_progress():
            main(tomllib.loads(path.read_text(encoding="utf-8")))
    except cx.CxchurnError as error:
        print(f"Error: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
