"""Draw and write: plots of the tables that the other folders make, and a report in one self-contained page."""

from cxchurn.report.page import model_card, write_model_card, write_report
from cxchurn.report.plots import (
    plot_account,
    plot_backtest,
    plot_beeswarm,
    plot_calibration,
    plot_churn_rate,
    plot_description,
    plot_drivers,
    plot_gain,
    plot_lift,
    plot_pulse,
    plot_reliability,
    plot_scores,
    plot_touchpoints,
    plot_waterfall,
    score_distribution,
    undisplayed,
)

__all__ = [
    "model_card",
    "plot_account",
    "plot_backtest",
    "plot_beeswarm",
    "plot_calibration",
    "plot_churn_rate",
    "plot_description",
    "plot_drivers",
    "plot_gain",
    "plot_lift",
    "plot_pulse",
    "plot_reliability",
    "plot_scores",
    "plot_touchpoints",
    "plot_waterfall",
    "score_distribution",
    "undisplayed",
    "write_model_card",
    "write_report",
]
