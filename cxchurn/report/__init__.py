"""Draw and write: plots of the tables that the other folders make, and a report in one self-contained page."""

from cxchurn.report._backtest import plot_backtest
from cxchurn.report._card import model_card, write_model_card
from cxchurn.report._churn_rate import plot_churn_rate
from cxchurn.report._drivers import plot_drivers
from cxchurn.report._lift import plot_lift
from cxchurn.report._look import undisplayed
from cxchurn.report._reliability import plot_reliability
from cxchurn.report._report import write_report

__all__ = [
    "model_card",
    "plot_backtest",
    "plot_churn_rate",
    "plot_drivers",
    "plot_lift",
    "plot_reliability",
    "undisplayed",
    "write_model_card",
    "write_report",
]
