"""Scoring: everybody in a batch."""

from cxchurn.scoring._refresh import refresh
from cxchurn.scoring._score import NOT_ELIGIBLE, score
from cxchurn.scoring._write import write_scores

__all__ = ["NOT_ELIGIBLE", "refresh", "score", "write_scores"]
