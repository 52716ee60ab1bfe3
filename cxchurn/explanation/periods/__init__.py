"""What touchpoints were like, month by month, and what of it moved beyond noise."""

from cxchurn.explanation.periods._measures import measure_of, measure_words
from cxchurn.explanation.periods._pulse import pulse
from cxchurn.explanation.periods._result import Pulse

__all__ = ["Pulse", "measure_of", "measure_words", "pulse"]
