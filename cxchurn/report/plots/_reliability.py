"""Promised against observed churn rates, drawn."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from cxchurn.evaluation import Backtest, Evaluation, calibration_verdict
from cxchurn.report.plots._look import (
    FAINT,
    MARKERS,
    by_model,
    canvas,
    dressed,
    in_percent,
    legend,
    speaks,
    subtitled,
    table_of,
)
from cxchurn.words import said


@speaks
def plot_reliability(result: Any, ax: Axes | None = None, *, says: str | None = None) -> Axes:
    """Draw whether probabilities mean what they say: on the diagonal, what was promised is what happened.

    Parameters
    ----------
    result : Evaluation, Backtest or DataFrame
        A table as `Evaluation.reliability` or `reliability`: mean_probability, observed_rate, low, high, and model where there
        are several. The intervals of the first model are drawn.
    ax : Axes, optional
        Where to draw. Default: a new figure of pyplot, which notebooks show; it is the ``.figure`` of the answer.
    says : str, optional
        A sentence under the title. Default: `calibration_verdict` of an evaluation; of a table nothing.

    Returns
    -------
    Axes
    """
    table = table_of(result, "reliability", "mean_probability", "observed_rate", "low", "high")
    if says is None and isinstance(result, (Evaluation, Backtest)):
        says = calibration_verdict(result)
    ax = canvas(ax, height=4.0)
    models = list(by_model(table))
    ax.axline((0, 0), slope=1, color=FAINT, linewidth=0.8, label=said("plots", "as_promised"))
    for place, (name, rows, colour, line) in enumerate(models):
        first = place == 0
        x, y = rows["mean_probability"], rows["observed_rate"]
        look: dict[str, Any] = {"markersize": 4 if first else 3, "linewidth": 1.6 if first else 1}
        ax.plot(x, y, line, color=colour, marker=MARKERS[place % len(MARKERS)], label=name, **look)
        if first:
            ax.vlines(x, rows["low"], rows["high"], color=colour, alpha=0.5, linewidth=1.2)
    _square(ax, models)
    legend(ax, "upper left")
    dressed(ax, title=said("plots", "reliability"), x=said("plots", "mean_in_bin"), y=said("plots", "share_churned"))
    return subtitled(ax, says) if says else ax


def _square(ax: Axes, models: list[tuple[str, pd.DataFrame, str, str]]) -> None:
    tops = [rows[["mean_probability", "observed_rate"]].max(axis=None) for _, rows, _, _ in models]
    top = min(1.0, 1.08 * max([*tops, *(rows["high"].max() for _, rows, _, _ in models[:1]), 0.01]))
    ax.set(xlim=(0, top), ylim=(0, top))
    in_percent(ax.xaxis, ax.yaxis)
