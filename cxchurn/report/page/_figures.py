"""The pictures of the report, as pieces of the page."""

from __future__ import annotations

from typing import Any

import pandas as pd
from markupsafe import Markup

from cxchurn.evaluate import Evaluation, calibration_verdict
from cxchurn.explain import Ledger, contacts_words
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
    drawn: dict[str, tuple[Any, str]] = {}
    if panel is not None:
        drawn["churn_rate"] = (plot_churn_rate(panel.summary), "Churn rate at each cut-off.")
    if scores is not None:
        drawn["scores"] = (
            plot_scores(score_distribution(scores)),
            "Number of customers by their probability to leave.",
        )
    if evaluation is not None:
        verdict = calibration_verdict(evaluation)
        drawn["reliability"] = (
            plot_reliability(evaluation.reliability),
            f"Observed churn rate against mean probability, by model. {verdict}",
        )
        drawn["calibration"] = (
            plot_calibration(evaluation),
            f"Share said to leave and share that left at each cut-off. {verdict}",
        )
        drawn["gain"] = (
            plot_gain(evaluation.lift),
            "Share of churners found against share of customers contacted, by model.",
        )
    if ledger is not None and len(ledger):
        worst = contacts_words(ledger.table)[0]
        drawn["touchpoints"] = (
            plot_touchpoints(ledger),
            f"Customers lost and kept by kind and touchpoint, the costliest first: {worst}.",
        )
    for name, table in important.items():
        if len(table):
            drawn[name] = (plot_drivers(table), f"What moves the risk, by {name[:-1]}: {_strongest(table)}.")
    return {name: inline_svg(ax, name=name, says=says) for name, (ax, says) in drawn.items()}


def _strongest(table: pd.DataFrame) -> str:
    return ", ".join(f"{row.words} {row.share:.0%}" for row in table.head(3).itertuples())
