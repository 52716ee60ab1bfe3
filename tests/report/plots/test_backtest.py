"""The plot of a backtest shows each model's area under the curve and its interval at each origin."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from cxchurn.report import plot_backtest

ORIGINS = ["2024-04-01", "2024-08-01"]
MODELS = ["model", "recency rule", "RFM logistic", "last period", "window counts", "BG/NBD"]


@pytest.fixture
def table() -> pd.DataFrame:
    rows = [
        {"origin": origin, "model": model, "metric": metric, "value": 0.9 - 0.02 * m - 0.1 * o}
        for o, origin in enumerate(ORIGINS)
        for m, model in enumerate(MODELS)
        for metric in ("roc_auc", "log_loss")
    ]
    frame = pd.DataFrame(rows)
    return frame.assign(low=frame["value"] - 0.03, high=frame["value"] + 0.02)


def test_the_plot_shows_the_table(table: pd.DataFrame) -> None:
    ax = plot_backtest(table)
    assert [line.get_label() for line in ax.lines] == MODELS
    for m, line in enumerate(ax.lines):
        assert line.get_ydata() == pytest.approx([0.9 - 0.02 * m, 0.8 - 0.02 * m])
        segments = np.array(ax.collections[m].get_segments())
        assert segments[:, :, 1] == pytest.approx(np.array([[-0.03, 0.02]] * 2) + np.array(line.get_ydata())[:, None])
    assert [label.get_text() for label in ax.get_xticklabels()] == ORIGINS
    assert len({(line.get_color(), line.get_linestyle()) for line in ax.lines}) == len(MODELS)


def test_a_model_missing_at_an_origin_leaves_a_hole(table: pd.DataFrame) -> None:
    ax = plot_backtest(table[~((table["model"] == "BG/NBD") & (table["origin"] == ORIGINS[0]))])
    assert np.isnan(ax.lines[-1].get_ydata()).tolist() == [True, False]


def test_it_draws_on_axes_given_and_on_its_own(table: pd.DataFrame) -> None:
    given = Figure().subplots()
    assert plot_backtest(table, given) is given
    assert plot_backtest(table[table["model"] == "model"]).figure is not given.figure
