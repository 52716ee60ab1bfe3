"""The report: one HTML file that needs nothing else."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from cxchurn._core import UsageError, step
from cxchurn.evaluation import Evaluation, calibration_verdict
from cxchurn.explanation import Ledger, importance
from cxchurn.features import language_of_model
from cxchurn.report.page import _manager as manager
from cxchurn.report.page import _sections as say
from cxchurn.report.page._clock import zone_of
from cxchurn.report.page._figures import figures
from cxchurn.report.page._levers import levers
from cxchurn.report.page._moments import with_moments
from cxchurn.report.page._trust import order_says, trust
from cxchurn.report.plots import undisplayed
from cxchurn.words import as_spoken, said, speaking, spoken, value_words

_SAME = 1e-9  # of a probability, between a score and the explanation of it


def write_report(
    path: str | os.PathLike[str],
    *,
    model: Any,
    evaluation: Evaluation | None = None,
    explanation: Any = None,
    scores: pd.DataFrame | None = None,
    panel: Any = None,
    touchpoints: Ledger | None = None,
    title: str | None = None,
) -> Path:
    """Write who is about to leave, why, and how sure that is, as one page to read, print or send.

    First comes what somebody who decides needs: what lies ahead, whom to look at first and why, what can be acted on, and how
    far to trust it; then the statistics. The page is about one model throughout, the one that is used. The file holds its own
    style and figures and asks nothing of a network. The same input gives the same bytes.

    Parameters
    ----------
    path : str or path
        Where to write, such as ``"report.html"``; an older file is replaced, in one step.
    model : ChurnModel
        The model that is used: scores and explanation are by it.
    evaluation : Evaluation, optional
        From `evaluate`: of this model, or of one of the same recipe that left later cut-offs to be judged on; the page says
        which.
    explanation : Explanation, optional
        From `explain`, by this model: for the drivers, and for what can be acted on. Best of the customers in `scores`.
    scores : DataFrame, optional
        From `score`, by this model: customer_id, as_of, churn_probability, band, reason_1 and so on. The first six customers
        who can still be kept are shown. Without it no customer is.
    panel : Panel, optional
        What the model learned from. Default: the panel the model was fitted on.
    touchpoints : Ledger, optional
        From `touchpoints`, by this model: which touchpoints cost customers.
    title : str, optional
        Default: "Churn report", in the language of the model.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    UsageError
        Where the scores or the explanation are of another model, and where the file cannot be written.

    Examples
    --------
    >>> cx.write_report("report.html", model=model, evaluation=evaluation, explanation=explanation).name
    'report.html'
    """
    _check_one_model(model, scores, explanation, touchpoints)
    panel = getattr(model, "training_panel_", None) if panel is None else panel
    with step("writing the report"), undisplayed(), speaking(language_of_model(model)):
        by = {} if explanation is None or not len(explanation) else _important(explanation)
        page = _template().render(
            title=title or said("page", "title"),
            language=spoken().section("language"),
            version=str(getattr(model, "version_", "")),
            question=say.question(panel, model),
            **_for_managers(model, evaluation, explanation, scores, touchpoints),
            **_for_statisticians(model, evaluation, panel),
            explained=say.explained(explanation),
            ledger_notes=[] if touchpoints is None else [as_spoken(note) for note in touchpoints.notes],
            drivers=say.drivers(by["drivers"]) if by else None,
            figures=figures(panel, evaluation, by, scores, touchpoints),
            silent_too=say.silent_too(scores),
        )
        return _written(Path(path), page)


def _for_managers(
    model: Any, evaluation: Evaluation | None, explanation: Any, scores: pd.DataFrame | None, ledger: Ledger | None
) -> dict[str, Any]:
    # what was usual for each is not shown, and takes a look at every past
    details = None if explanation is None else replace(explanation, over=None).details()
    first = with_moments(manager.first(scores), explanation)
    return {
        "as_of": manager.as_of(scores, zone_of(model)),
        "verdict": manager.verdict(scores, model, evaluation),
        "bands": manager.bands(scores),
        "first": first,
        "first_says": manager.first_says(scores),
        "weighed": any(reason["points"] for person in first for reason in person["reasons"]),
        "levers": levers(details, scores, None if explanation is None else explanation.rows["customer_id"]),
        "touchpoints": manager.touchpoints(ledger),
        "trust": trust(evaluation, model, above=bool(first)),
    }


def _for_statisticians(model: Any, evaluation: Evaluation | None, panel: Any) -> dict[str, Any]:
    about = {
        "evaluation": evaluation is not None,
        "cutoffs": say.cutoffs(panel),
        "panel_notes": [as_spoken(note) for note in getattr(panel, "notes", ())],
        "families": say.families(model),
        "versions": say.versions(model),
    }
    if evaluation is None:
        return about
    return about | {
        "headline": evaluation.headline(),
        "judged": say.judged(evaluation, model),
        "models": [value_words("evaluation", model) for model in evaluation.summary()["model"]],
        "quality": say.quality(evaluation),
        "still_here": say.still_here(evaluation),
        "baselines": [value_words("evaluation", name) for name in evaluation.differences["baseline"].unique()],
        "differences": say.differences(evaluation),
        "notes": [as_spoken(note) for note in evaluation.notes],
        "inside": say.inside(evaluation),
        "calibration": calibration_verdict(evaluation),
        "by_cutoff": say.said_by_cutoff(evaluation),
        "order": order_says(evaluation),
        "reach": say.reach(evaluation),
    }


def _important(explanation: Any) -> dict[str, pd.DataFrame]:
    return {"themes": importance(explanation, by="theme"), "drivers": importance(explanation)}


def _check_one_model(model: Any, scores: pd.DataFrame | None, explanation: Any, ledger: Ledger | None) -> None:
    """Refuse scores and explanations by another model than the one that the page is about."""
    version = getattr(model, "version_", None)
    made = (
        {} if scores is None or "model_version" not in scores else {"scores": scores["model_version"].dropna().unique()}
    )
    made |= {} if ledger is None else {"touchpoints": np.array([ledger.model_version])}
    for name, versions in made.items():
        others = [str(one) for one in versions if version is not None and one != version]
        if others:
            raise UsageError(
                f"the {name} are by model {others[0]}, the report is about model {version}.",
                allowed="one model throughout",
                hint="make them with the model of the report.",
            )
    if scores is None or explanation is None or "as_of" not in scores:
        return
    rows = explanation.rows[["customer_id", "cutoff"]].assign(explained=explanation.probability)
    both = rows.merge(
        scores[["customer_id", "as_of", "churn_probability"]].dropna(),
        left_on=["customer_id", "cutoff"],
        right_on=["customer_id", "as_of"],
    )
    apart = np.abs(both["explained"] - both["churn_probability"]).max() if len(both) else 0.0
    if apart > _SAME:
        raise UsageError(
            f"the explanation gives other probabilities than the scores: up to {apart:.3f} apart.",
            allowed="one model throughout, with the same references",
            hint="explain(model, rows) with the model of the scores.",
        )


def _template() -> Any:
    loader = FileSystemLoader(Path(__file__).parent)
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals["said"] = said
    return environment.get_template("report.html.j2")


def _written(path: Path, page: str) -> Path:
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        try:
            unfinished.write_text(page, encoding="utf-8")
            os.replace(unfinished, path)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(
            f"The report cannot be written to {path}: {error.strerror or error}.",
            allowed="a file in an existing folder that you may write to",
            hint="for example 'report.html'.",
        ) from error
    return path
