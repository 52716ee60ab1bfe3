"""Scoring: everybody in a batch, one customer at a time, as a service, and on a cluster."""

from typing import TYPE_CHECKING

from cxchurn._core import on_demand

if TYPE_CHECKING:
    from cxchurn.scoring._columns import score_columns
    from cxchurn.scoring._compare import compare_scores
    from cxchurn.scoring._comparison import ScoreComparison
    from cxchurn.scoring._compile import Compiled, compile_kernels
    from cxchurn.scoring._refresh import refresh
    from cxchurn.scoring._score import score
    from cxchurn.scoring._words import NOT_ELIGIBLE
    from cxchurn.scoring._write import write_scores
    from cxchurn.scoring.batch import ScoreSummary, Stages, place_of, score_to, scores_file
    from cxchurn.scoring.online import CustomerScore, FullError, OnlineScorer, Updated
    from cxchurn.scoring.service import Limits, serve, serve_app
    from cxchurn.scoring.spark import features_spark, panel_spark, sample_spark, score_spark

_WHERE = {
    "_columns": ("score_columns",),
    "_compare": ("compare_scores",),
    "_comparison": ("ScoreComparison",),
    "_compile": ("Compiled", "compile_kernels"),
    "_refresh": ("refresh",),
    "_score": ("score",),
    "_words": ("NOT_ELIGIBLE",),
    "_write": ("write_scores",),
    "batch": ("ScoreSummary", "Stages", "place_of", "score_to", "scores_file"),
    "online": ("CustomerScore", "FullError", "OnlineScorer", "Updated"),
    "service": ("Limits", "serve", "serve_app"),
    "spark": ("features_spark", "panel_spark", "sample_spark", "score_spark"),
}
# a batch brings scikit-learn and pandas, a service does without
__getattr__ = on_demand(__name__, {name: module for module, names in _WHERE.items() for name in names})

__all__ = [
    "NOT_ELIGIBLE",
    "Compiled",
    "CustomerScore",
    "FullError",
    "Limits",
    "OnlineScorer",
    "ScoreComparison",
    "ScoreSummary",
    "Stages",
    "Updated",
    "compare_scores",
    "compile_kernels",
    "features_spark",
    "panel_spark",
    "place_of",
    "refresh",
    "sample_spark",
    "score",
    "score_columns",
    "score_spark",
    "score_to",
    "scores_file",
    "serve",
    "serve_app",
    "write_scores",
]
