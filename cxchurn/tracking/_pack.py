"""Putting all that is to be written down of a run into a folder, before any server is asked."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pandas as pd

from cxchurn.evaluation import Backtest, Evaluation
from cxchurn.explanation import Explanation
from cxchurn.model import ChurnModel
from cxchurn.panel import Panel
from cxchurn.report import (
    model_card,
    plot_backtest,
    plot_churn_rate,
    plot_drivers,
    plot_lift,
    plot_reliability,
    write_model_card,
)
from cxchurn.tracking import _facts, _inputs, _measures
from cxchurn.tracking._record import ARTIFACTS, MODEL, Data, Measured, Record
from cxchurn.tracking.served import package

_CARD = "model_card"


@dataclass(frozen=True, eq=False)
class Told:
    """What is to be written down: the model that was judged, what was found, and the model to keep.

    Parameters
    ----------
    model, final : ChurnModel
    evaluation : Evaluation, optional
    explanation : Explanation, optional
    tested : Backtest, optional
    report : Path, optional
    """

    model: ChurnModel
    final: ChurnModel
    evaluation: Evaluation | None = None
    explanation: Explanation | None = None
    tested: Backtest | None = None
    report: Path | None = None


def pack(told: Told, folder: Path, *, name: str | None, tags: Mapping[str, str] | None = None, **asked: Any) -> None:
    """Write everything to a folder: ``run.json``, the run's artifacts, and the model as MLflow keeps it.

    Parameters
    ----------
    told : Told
    folder : Path
        An empty folder.
    name : str, optional
        What the run is called.
    tags : mapping of str to str, optional
        The user's own.
    **asked
        What else the run is to become: under which name the model is registered, and the like.
    """
    artifacts = folder / ARTIFACTS
    artifacts.mkdir(parents=True)
    card = model_card(told.final, told.evaluation, told.explanation, evaluated=told.model)
    for suffix in (".md", ".html"):
        write_model_card(
            artifacts / f"{_CARD}{suffix}",
            model=told.final,
            evaluation=told.evaluation,
            explanation=told.explanation,
            evaluated=told.model,
        )
    _tables(told, artifacts)
    _figures(told, artifacts)
    if told.report is not None:
        shutil.copyfile(told.report, artifacts / Path(told.report).name)
    package(told.final, folder / MODEL, metadata={"cxchurn": {"model_version": told.final.version_}})
    _record(told, name, card, dict(tags or {})).write(folder, named=name is not None, **asked)


def _record(told: Told, name: str | None, card: str, own: dict[str, str]) -> Record:
    params = _facts.parameters(told.final)
    description = {"mlflow.note.content": _description(told)}
    return Record(
        name=name or _facts.run_name(told.final),
        params=params,
        tags={**_facts.source(), **_facts.tags(told.final, told.model), **description, **own},
        metrics=_metrics(told),
        data=_data(told),
        inside=[
            *_trials(told.final if told.final.__dict__.get("trials_") is not None else told.model),
            *_origins(told),
        ],
        about={"card": card, "judged": _judged(told)},
        own=own,
    )


def _judged(told: Told) -> str:
    """Return whose the metrics are: of the model itself, of its recipe, or of another model."""
    if told.final is told.model:
        return "itself"
    return "recipe" if _facts.same_recipe(told.final, told.model) else "another"


def _metrics(told: Told) -> list[Measured]:
    found = [
        Measured("training/rows", told.final.learned_from_.rows),
        Measured("training/churn_rate", told.final.base_rate_),
    ]
    # the model's own first: they are what a table of runs shows first
    first = [] if told.evaluation is None else _measures.of_evaluation(told.evaluation)
    return [*first, *found, *([] if told.tested is None else _measures.of_backtest(told.tested))]


def _data(told: Told) -> list[Data]:
    panel = getattr(told.final, "training_panel_", None)
    return [
        *([] if panel is None else _inputs.of_training(panel)),
        *([] if told.evaluation is None else _inputs.of_test(told.evaluation)),
    ]


def _trials(model: ChurnModel) -> list[Record]:
    """Return each trial of the tuning; a loaded model has none."""
    trials = getattr(model, "trials_", None)
    if trials is None:
        return []
    found = []
    for row in trials.to_dict("records"):
        number, value, state = (row.pop(one) for one in ("number", "value", "state"))
        params = {str(key): str(given) for key, given in row.items()}
        metrics = [] if pd.isna(value) else [Measured("log_loss_on_folds", float(value))]
        found.append(Record(f"trial {number}", params, {"cxchurn.trial_state": str(state)}, metrics))
    return found


def _origins(told: Told) -> list[Record]:
    return [] if told.tested is None else list(_measures.origins(told.tested))


def _tables(told: Told, folder: Path) -> None:
    _table(told.final.features_.families_, folder / "data/families.csv")
    _table(told.final.features_.catalogue(), folder / "data/features.csv")
    panel: Panel | None = getattr(told.final, "training_panel_", None)
    if panel is not None:
        _table(panel.summary, folder / "data/panel.csv")
    if told.evaluation is not None:
        for name in ("metrics", "differences", "reliability", "lift"):
            _table(getattr(told.evaluation, name), folder / f"tables/{name}.csv")
    if told.explanation is not None:
        _table(told.explanation.drivers(), folder / "tables/drivers.csv")
    trials = getattr(told.final, "trials_", None)
    if trials is not None:
        _table(trials, folder / "tuning/trials.csv")
    if told.tested is not None:
        for name in ("by_origin", "pooled", "differences"):
            _table(getattr(told.tested, name), folder / f"backtest/{name}.csv")


def _figures(told: Told, folder: Path) -> None:
    panel = getattr(told.final, "training_panel_", None)
    drawn = {
        **({} if panel is None else {"churn_rate": plot_churn_rate(panel.summary)}),
        **({} if told.explanation is None else {"drivers": plot_drivers(told.explanation.drivers())}),
        **({} if told.tested is None else {"backtest": plot_backtest(told.tested)}),
    }
    if told.evaluation is not None:
        drawn["reliability"] = plot_reliability(told.evaluation.reliability)
        drawn["lift"] = plot_lift(told.evaluation.lift)
    (folder / "figures").mkdir(exist_ok=True)
    for name, axes in drawn.items():
        cast(Any, axes.figure).savefig(folder / f"figures/{name}.png", dpi=120, bbox_inches="tight")


def _table(table: pd.DataFrame, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(path, index=False)


def _description(told: Told) -> str:
    """Return what stands at the top of a run's page."""
    about = told.final.learned_from_
    lines = [
        f"**{_facts.question(told.final)}**",
        f"Learned from {about.rows:,} rows, cut-offs {about.first[:10]} to {about.last[:10]}; "
        f"{told.final.base_rate_:.1%} churned.",
    ]
    if told.evaluation is not None:
        own = told.evaluation.summary().iloc[0]
        judged = (
            "" if told.final is told.model else f" (judged: model {told.model.version_}, trained to an earlier cut-off)"
        )
        lines.append(
            f"On later cut-offs: ROC AUC {own['roc_auc']}, log loss {own['log_loss']}, "
            f"calibration error {own['calibration_error']}{judged}."
        )
    lines.append(f"More in the artifacts: `{_CARD}.html`.")
    return "\n\n".join(lines)
