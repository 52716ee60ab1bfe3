"""Scoring: everybody in a batch."""

from cxchurn.scoring._refresh import refresh
from cxchurn.scoring._score import NOT_ELIGIBLE, score
from cxchurn.scoring._write import scores_file, write_scores

<<<<<<< HEAD
__all__ = ["NOT_ELIGIBLE", "refresh", "score", "write_scores"]
=======
__all__ = ["NOT_ELIGIBLE", "score", "scores_file", "write_scores"]
>>>>>>> 2d40d45 (Never write over what is read, and keep formulas out of CSV files; join kinds that differ by case where asked)
