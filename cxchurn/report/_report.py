"""The report: one HTML file that needs nothing else."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from cxchurn._core import UsageError, step
from cxchurn.evaluate import Evaluation
from cxchurn.report import _sections as say
from cxchurn.report._churn_rate import plot_churn_rate
from cxchurn.report._drivers import plot_drivers
from cxchurn.report._lift import plot_lift
from cxchurn.report._look import undisplayed
from cxchurn.report._reliability import plot_reliability
from cxchurn.report._svg import inline_svg


def write_report(
    path: str | os.PathLike[str],
    *,
    model: Any,
    evaluation: Evaluation,
    explanation: Any = None,
    scores: pd.DataFrame | None = None,
    panel: Any = None,
    title: str | None = None,
) -> Path:
    """Write what was predicted, how well, and why, as one page to read, print or send.

    The file holds its own style and figures and asks nothing of a network. The same input gives the same bytes.

    Parameters
    ----------
    path : str or path
        Where to write, such as ``"report.html"``; an older file is replaced, in one step.
    model : ChurnModel
        The fitted model.
    evaluation : Evaluation
        From `evaluate`.
    explanation : Explanation, optional
        From `explain`: for the drivers, and for the examples where `scores` is absent.
    scores : DataFrame, optional
        From `score`: customer_id, as_of, churn_probability, band, reason_1 and so on. Four customers of it are shown, who can
        still be kept.
    panel : Panel, optional
        What the model learned from and was judged on. Default: the panel the model was fitted on.
    title : str, optional
        Default: "Churn report".

    Returns
    -------
    Path
        The file written.

    Examples
    --------
    >>> write_report("report.html", model=model, evaluation=evaluation, explanation=explanation)  # doctest: +SKIP
    """
    panel = getattr(model, "training_panel_", None) if panel is None else panel
    with step("writing the report"), undisplayed():
        drivers = None if explanation is None else explanation.drivers()
        page = _template().render(
            title=title or "Churn report",
            question=say.question(panel, model),
            cutoffs=say.cutoffs(panel),
            headline=evaluation.headline(),
            models=evaluation.summary()["model"].tolist(),
            quality=say.quality(evaluation),
            still_here=say.still_here(evaluation),
            panel_notes=getattr(panel, "notes", ()),
            baselines=evaluation.differences["baseline"].unique().tolist(),
            differences=say.differences(evaluation),
            notes=evaluation.notes,
            inside=say.inside(evaluation),
            reach=say.reach(evaluation),
            drivers=None if drivers is None else say.drivers(drivers),
            examples=say.examples(scores, explanation),
            families=say.families(model),
            versions=say.versions(model),
            figures=_figures(panel, evaluation, drivers),
        )
        return _written(Path(path), page)


def _template() -> Any:
    loader = FileSystemLoader(Path(__file__).parent)
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("report.html.j2")


def _figures(panel: Any, evaluation: Evaluation, drivers: pd.DataFrame | None) -> dict[str, Markup]:
    axes = {
        "reliability": (
            plot_reliability(evaluation.reliability),
            "Observed churn rate against mean probability, by model.",
        ),
        "lift": (plot_lift(evaluation.lift), "Share of churners found against share of customers contacted, by model."),
    }
    if panel is not None:
        axes["churn_rate"] = (plot_churn_rate(panel.summary), "Churn rate at each cut-off.")
    if drivers is not None and len(drivers):
        axes["drivers"] = (plot_drivers(drivers), "Mean push of each driver towards leaving and towards staying.")
    return {name: inline_svg(ax, name=name, says=says) for name, (ax, says) in axes.items()}


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
