"""Scoring: everybody in a batch, and one customer at a time."""

from typing import TYPE_CHECKING

from cxchurn._core import on_demand

if TYPE_CHECKING:
    from cxchurn.scoring._compare import compare_scores
    from cxchurn.scoring._comparison import ScoreComparison
    from cxchurn.scoring._refresh import refresh
    from cxchurn.scoring._score import NOT_ELIGIBLE, score
    from cxchurn.scoring._write import write_scores
    from cxchurn.scoring.batch import ScoreSummary, Stages, place_of, score_to, scores_file
    from cxchurn.scoring.online import CustomerScore, FullError, OnlineScorer, Updated

_WHERE = {
    "_compare": ("compare_scores",),
    "_comparison": ("ScoreComparison",),
    "_refresh": ("refresh",),
    "_score": ("NOT_ELIGIBLE", "score"),
    "_write": ("write_scores",),
    "batch": ("ScoreSummary", "Stages", "place_of", "score_to", "scores_file"),
    "online": ("CustomerScore", "FullError", "OnlineScorer", "Updated"),
}
# a batch brings scikit-learn and pandas, a service does without
__getattr__ = on_demand(__name__, {name: module for module, names in _WHERE.items() for name in names})

__all__ = [
    "NOT_ELIGIBLE",
    "CustomerScore",
    "FullError",
    "OnlineScorer",
    "ScoreComparison",
    "ScoreSummary",
    "Stages",
    "Updated",
    "compare_scores",
    "place_of",
    "refresh",
    "score",
    "score_to",
    "scores_file",
    "write_scores",
]
