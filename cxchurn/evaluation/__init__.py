"""How good a model is: metrics, calibration and lift, beside simple rules and with honest intervals."""

from cxchurn.evaluation._backtest import Backtest, backtest
from cxchurn.evaluation._evaluate import evaluate, evaluate_predictions
from cxchurn.evaluation._evaluate_curve import evaluate_curve
from cxchurn.evaluation._evaluation import Evaluation
from cxchurn.evaluation._family_value import family_value, value_on
from cxchurn.evaluation._learned import Learned
from cxchurn.evaluation._order import Order, order_of
from cxchurn.evaluation._said_and_came import calibration_verdict, said_and_came
from cxchurn.evaluation._saved import evaluate_saved, learned_panel
from cxchurn.evaluation._segments import by_segment
from cxchurn.evaluation._words import SUMMARY_METRICS, interval_text, metric_words, verdicts
from cxchurn.evaluation.metrics._curves import lift_curve, reliability, wilson
from cxchurn.evaluation.metrics._metrics import (
    LOWER_IS_BETTER,
    METRICS,
    average_precision,
    brier,
    calibration_error,
    gain,
    lift,
    log_loss,
    roc_auc,
)
from cxchurn.evaluation.metrics._profit import Offer

__all__ = [
    "LOWER_IS_BETTER",
    "METRICS",
    "SUMMARY_METRICS",
    "Backtest",
    "Evaluation",
    "Learned",
    "Offer",
    "Order",
    "average_precision",
    "backtest",
    "brier",
    "by_segment",
    "calibration_error",
    "calibration_verdict",
    "evaluate",
    "evaluate_curve",
    "evaluate_predictions",
    "evaluate_saved",
    "family_value",
    "gain",
    "interval_text",
    "learned_panel",
    "lift",
    "lift_curve",
    "log_loss",
    "metric_words",
    "order_of",
    "reliability",
    "roc_auc",
    "said_and_came",
    "value_on",
    "verdicts",
    "wilson",
]
