"""Scoring: everybody in a batch."""

from cxchurn.scoring._refresh import refresh
from cxchurn.scoring._score import NOT_ELIGIBLE, score
from cxchurn.scoring._write import scores_file, write_scores
from cxchurn.scoring.spark import features_spark, panel_spark, sample_spark, score_spark

__all__ = [
    "NOT_ELIGIBLE",
    "features_spark",
    "panel_spark",
    "refresh",
    "sample_spark",
    "score",
    "score_spark",
    "scores_file",
    "write_scores",
]
