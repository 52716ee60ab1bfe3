"""Scoring: everybody in a batch."""

from cxchurn.scoring._compare import compare_scores
from cxchurn.scoring._comparison import ScoreComparison
from cxchurn.scoring._refresh import refresh
from cxchurn.scoring._score import NOT_ELIGIBLE, score
from cxchurn.scoring._write import write_scores
from cxchurn.scoring.batch import ScoreSummary, Stages, place_of, score_to, scores_file
from cxchurn.scoring.spark import features_spark, panel_spark, sample_spark, score_spark

__all__ = [
    "NOT_ELIGIBLE",
    "ScoreComparison",
    "ScoreSummary",
    "Stages",
    "compare_scores",
    "features_spark",
    "panel_spark",
    "place_of",
    "refresh",
    "sample_spark",
    "score",
    "score_spark",
    "score_to",
    "scores_file",
    "write_scores",
]
