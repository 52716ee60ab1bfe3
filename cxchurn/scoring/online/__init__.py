"""One customer at a time: events come in as they happen, and a score with reasons goes out whenever it is asked for."""

from cxchurn.scoring.online._book import FullError
from cxchurn.scoring.online._result import CustomerScore, Updated
from cxchurn.scoring.online._scorer import OnlineScorer

__all__ = ["CustomerScore", "FullError", "OnlineScorer", "Updated"]
