"""Scoring: everybody in a batch."""

from cxchurn.scoring._compare import compare_scores
from cxchurn.scoring._comparison import ScoreComparison
from cxchurn.scoring._refresh import refresh
from cxchurn.scoring._score import NOT_ELIGIBLE, score
from cxchurn.scoring._write import write_scores
from cxchurn.scoring.batch import ScoreSummary, Stages, place_of, score_to, scores_file

__all__ = [
    "NOT_ELIGIBLE",
    "ScoreComparison",
    "ScoreSummary",
    "Stages",
    "compare_scores",
    "place_of",
    "refresh",
    "score",
    "score_to",
    "scores_file",
    "write_scores",
]
