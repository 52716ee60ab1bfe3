"""Plots: each draws a table that another folder made, computes nothing, and returns its axes."""

from cxchurn.report.plots._account import plot_account
from cxchurn.report.plots._backtest import plot_backtest
from cxchurn.report.plots._beeswarm import plot_beeswarm
from cxchurn.report.plots._calibration import plot_calibration
from cxchurn.report.plots._churn_rate import plot_churn_rate
from cxchurn.report.plots._claims import plot_claims
from cxchurn.report.plots._description import plot_description
from cxchurn.report.plots._distribution import plot_scores, score_distribution
from cxchurn.report.plots._drivers import plot_drivers
from cxchurn.report.plots._gain import plot_gain
from cxchurn.report.plots._lift import plot_lift
from cxchurn.report.plots._look import INK, undisplayed
from cxchurn.report.plots._pulse import plot_pulse
from cxchurn.report.plots._reliability import plot_reliability
from cxchurn.report.plots._segments import plot_segments
from cxchurn.report.plots._touchpoints import plot_touchpoints
from cxchurn.report.plots._waterfall import plot_waterfall

__all__ = [
    "INK",
    "plot_account",
    "plot_backtest",
    "plot_beeswarm",
    "plot_calibration",
    "plot_churn_rate",
    "plot_claims",
    "plot_description",
    "plot_drivers",
    "plot_gain",
    "plot_lift",
    "plot_pulse",
    "plot_reliability",
    "plot_scores",
    "plot_segments",
    "plot_touchpoints",
    "plot_waterfall",
    "score_distribution",
    "undisplayed",
]
