"""How far each driver moves each customer's probability, drawn as a swarm of points."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from cxchurn._core import UsageError, as_pandas
from cxchurn.features import subject_words
from cxchurn.report.plots._look import FAINT, LEAVING, STAYING, canvas, dressed, in_rows, speaks, subtitled, wrapped
from cxchurn.words import said

_POINTS = 1_500  # of a driver at least, where there are as many; many more only blacken the picture
# about as many as points fit beside each other at the picture's width
_BINS = 120
_AREA = (6.0, 36.0)  # of a point: of few customers each has to be seen, of many none may hide another
_REACH = 0.38  # of a row to each side


@speaks
def plot_beeswarm(result: Any, ax: Axes | None = None, *, most: int = 12) -> Axes:
    """Draw how far each driver moves the probability of each customer: a point a customer, a row a driver.

    Parameters
    ----------
    result : Explanation or DataFrame
        A table as ``explanation.by_driver(scale="probability")`` or ``explanation.by_theme(scale="probability")``: one column a
        driver, one row a customer. An explanation is drawn by driver; shap's own picture of all columns is
        ``shap.plots.beeswarm(explanation.shap_values)``.
    ax : Axes, optional
        Where to draw. Default: a new figure of pyplot, which notebooks show; it is the ``.figure`` of the answer.
    most : int, default 12
        How many drivers are drawn, those that move most. Of 3,000 customers and more some are, at equal steps.

    Returns
    -------
    Axes

    Examples
    --------
    >>> axes = cx.plot_beeswarm(explanation.by_theme(scale="probability"))
    """
    table = 100 * _wide(result)
    names = table.abs().mean().sort_values(ascending=False, kind="stable").index[:most]
    drawn = table.iloc[:: max(1, len(table) // _POINTS)]
    ax = canvas(ax, height=1.2 + 0.42 * len(names), width=6.2)
    widest = float(np.abs(drawn[names].to_numpy()).max(initial=1e-9))
    area = float(np.clip(1_800 / max(len(drawn), 1), *_AREA))
    for place, name in enumerate(names):
        points = drawn[name].to_numpy()
        for side, colour, marker in ((points > 0, LEAVING, "o"), (points <= 0, STAYING, "d")):
            aside = _aside(points[side], widest)
            ax.scatter(
                points[side],
                place + aside,
                s=area,
                color=colour,
                marker=marker,
                alpha=0.55,
                linewidth=0,
                rasterized=True,
            )
    ax.axvline(0, color=FAINT, linewidth=0.8)
    in_rows(ax, wrapped(subject_words(str(name)) for name in names))
    unit = "points" if len(names) == table.shape[1] else "points_of_most"
    x = said("plots", unit, shown=len(names), all=table.shape[1])
    dressed(ax, title=said("plots", "beeswarm"), x=x, y="")
    some = "beeswarm_says" if len(drawn) == len(table) else "beeswarm_drawn"
    return subtitled(ax, said("plots", some, n=len(table), drawn=len(drawn)))


def _wide(result: Any) -> pd.DataFrame:
    found = as_pandas(result)
    if not isinstance(found, pd.DataFrame) and hasattr(found, "by_driver"):
        found = found.by_driver(scale="probability")
    if not isinstance(found, pd.DataFrame) or not all(pd.api.types.is_numeric_dtype(kind) for kind in found.dtypes):
        raise UsageError(
            f"there is nothing to draw here in a {type(result).__name__}.",
            allowed='an Explanation, or a table as explanation.by_driver(scale="probability")',
        )
    return found


def _aside(points: np.ndarray, widest: float) -> np.ndarray:
    """Return how far from the middle of its row each point stands, so that equal ones lie beside each other."""
    bins = np.floor(points / max(widest, 1e-12) * _BINS).astype(np.int64)
    order = np.argsort(bins, kind="stable")
    _, first, sizes = np.unique(bins[order], return_index=True, return_counts=True)
    rank = np.empty(points.size)
    rank[order] = np.arange(points.size) - np.repeat(first, sizes)
    # to both sides in turn: 0, +1, -1, +2, -2 ...
    turned = np.ceil(rank / 2) * np.where(rank % 2 == 1, 1, -1)
    step = _REACH / max(1.0, float(np.abs(turned).max(initial=1)))
    return turned * min(step, 0.06)
