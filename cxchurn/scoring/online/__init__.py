"""One customer at a time: events come in as they happen, and a score with reasons goes out whenever it is asked for."""

from cxchurn.scoring.online._result import CustomerScore, Updated
from cxchurn.scoring.online._scorer import OnlineScorer
from cxchurn.scoring.online._served import SAY_SOURCE
from cxchurn.scoring.online.store._book import FullError
from cxchurn.scoring.online.updates._updating import KEEP_OTHERS

__all__ = ["KEEP_OTHERS", "SAY_SOURCE", "CustomerScore", "FullError", "OnlineScorer", "Updated"]
