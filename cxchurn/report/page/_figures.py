"""The pictures of the report, as pieces of the page."""

from __future__ import annotations

from typing import Any

import pandas as pd
from markupsafe import Markup

from cxchurn.evaluation import Evaluation, calibration_verdict
from cxchurn.explanation import Ledger, contacts_words
from cxchurn.report.page._svg import inline_svg
from cxchurn.report.plots import (
    plot_calibration,
    plot_churn_rate,
    plot_drivers,
    plot_gain,
    plot_reliability,
    plot_scores,
    plot_touchpoints,
    score_distribution,
)
from cxchurn.words import Together, said, written


def figures(
    panel: Any,
    evaluation: Evaluation | None,
    important: dict[str, pd.DataFrame],
    scores: pd.DataFrame | None,
    ledger: Ledger | None,
) -> dict[str, Markup]:
    """Draw what there is to draw: churn_rate, scores, reliability, calibration, gain, touchpoints, themes, drivers.

    Parameters
    ----------
    panel : Panel or None
    evaluation : Evaluation or None
    important : dict of str to DataFrame
        ``themes`` and ``drivers``, as `importance`.
    scores : DataFrame or None
    ledger : Ledger or None

    Returns
    -------
    dict of str to Markup
        SVG, each with what it shows in words for those who do not see it.
    """
    drawn: dict[str, tuple[Any, dict[str, Any]]] = {}
    if panel is not None:
        drawn["churn_rate"] = (plot_churn_rate(panel.summary), {})
    if scores is not None:
        drawn["scores"] = (plot_scores(score_distribution(scores)), {})
    if evaluation is not None:
        verdict = calibration_verdict(evaluation)
        drawn["reliability"] = (plot_reliability(evaluation.reliability), {"verdict": verdict})
        drawn["calibration"] = (plot_calibration(evaluation), {"verdict": verdict})
        drawn["gain"] = (plot_gain(evaluation.lift), {})
    if ledger is not None and len(ledger):
        told = [name for name, n in zip(contacts_words(ledger.table), ledger.table["told"], strict=True) if n]
        if told:
            drawn["touchpoints"] = (plot_touchpoints(ledger), {"contact": told[0]})
    for name, table in important.items():
        if len(table):
            drawn[name] = (plot_drivers(table), {"strongest": _strongest(table)})
    return {name: inline_svg(ax, name=name, says=said("pictures", name, **of)) for name, (ax, of) in drawn.items()}


def _strongest(table: pd.DataFrame) -> Together:
    return Together(f"{row['words']} {written(row['share'], '.0%')}" for row in table.head(3).to_dict("records"))
