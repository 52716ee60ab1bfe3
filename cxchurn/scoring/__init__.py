"""Scoring: everybody in a batch."""

from cxchurn.scoring._refresh import refresh
from cxchurn.scoring._score import NOT_ELIGIBLE, score
from cxchurn.scoring._write import scores_file, write_scores

__all__ = ["NOT_ELIGIBLE", "refresh", "score", "scores_file", "write_scores"]
