"""How many customers have which probability to leave: the table, and its picture."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from cxchurn._core import UsageError, as_pandas, listed
from cxchurn.report.plots._look import COLOURS, canvas, dressed, in_percent, legend_below, speaks, table_of
from cxchurn.words import said, value_words

_BANDS = ("low", "medium", "high")
# light to dark in a grey print, and striped
_LOOK = {"low": ("#9ecae1", None), "medium": (COLOURS[0], "...."), "high": (COLOURS[1], "////")}


def score_distribution(scores: Any, *, bins: int = 20) -> pd.DataFrame:
    """Count customers by their probability to leave, band by band.

    Parameters
    ----------
    scores : DataFrame
        From `score`: churn_probability and, where they are wanted, band. Customers without a probability are not counted.
    bins : int, default 20
        In how many steps of equal width from 0 to the highest probability.

    Returns
    -------
    DataFrame
        One row a step: ``low_end``, ``high_end`` (probability), ``customers``, ``low``, ``medium``, ``high`` (customers of
        the band), ``expected`` (how many of the customers leave, by their probabilities).

    Examples
    --------
    >>> axes = cx.plot_scores(cx.score_distribution(scores))
    """
    frame = as_pandas(scores)
    if not isinstance(frame, pd.DataFrame) or "churn_probability" not in frame or bins < 1:
        found = listed(frame.columns) if isinstance(frame, pd.DataFrame) else type(scores).__name__
        raise UsageError(
            f"nothing to count: {found}; bins={bins!r}.", allowed="scores with churn_probability; bins of 1 or more"
        )
    asked = frame.dropna(subset="churn_probability")
    p = asked["churn_probability"].to_numpy(dtype=np.float64)
    edges = np.linspace(0, p.max(initial=0) or 1, bins + 1)
    step = np.clip(np.searchsorted(edges, p, side="right") - 1, 0, bins - 1)
    band = asked["band"].to_numpy(dtype=object) if "band" in asked else np.full(len(asked), "")
    counts = {name: np.bincount(step[band == name], minlength=bins) for name in _BANDS}
    return pd.DataFrame(
        {
            "low_end": edges[:-1],
            "high_end": edges[1:],
            "customers": np.bincount(step, minlength=bins),
            **counts,
            "expected": np.bincount(step, weights=p, minlength=bins),
        }
    )


@speaks
def plot_scores(table: Any, ax: Axes | None = None) -> Axes:
    """Draw how many customers have which probability to leave, band by band.

    Parameters
    ----------
    table : DataFrame
        From `score_distribution`.
    ax : Axes, optional
        Where to draw. Default: a new figure of pyplot, which notebooks show; it is the ``.figure`` of the answer.

    Returns
    -------
    Axes
    """
    if "churn_probability" in getattr(table, "columns", ()):
        raise UsageError(
            "these are scores of customers, not how many customers have which.",
            allowed="a table from score_distribution",
            hint="count them first: plot_scores(score_distribution(scores)).",
        )
    steps = table_of(table, "score_distribution", "low_end", "high_end", "customers", *_BANDS)
    ax = canvas(ax, height=3.3)
    width = steps["high_end"] - steps["low_end"]
    drawn = [name for name in _BANDS if steps[name].any()]
    parts = [(name, steps[name].to_numpy()) for name in drawn] or [("customers", steps["customers"].to_numpy())]
    bottom = np.zeros(len(steps))
    for name, heights in parts:
        colour, hatch = _LOOK.get(name, (COLOURS[0], None))
        ax.bar(
            steps["low_end"],
            heights,
            width,
            bottom,
            align="edge",
            color=colour,
            hatch=hatch,
            edgecolor="white",
            linewidth=0.5,
            label=value_words("bands", name) if name in _BANDS else said("plots", "customers"),
        )
        bottom = bottom + heights
    ax.set_xlim(0, float(steps["high_end"].max()))
    in_percent(ax.xaxis)
    if drawn:
        legend_below(ax, down=-0.2)
    return dressed(ax, title=said("plots", "scores"), x=said("plots", "probability"), y=said("plots", "customers"))
