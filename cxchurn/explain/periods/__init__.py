"""What touchpoints were like, month by month, and what of it moved beyond noise."""

from cxchurn.explain.periods._measures import measure_of, measure_words
from cxchurn.explain.periods._pulse import pulse
from cxchurn.explain.periods._result import Pulse

__all__ = ["Pulse", "measure_of", "measure_words", "pulse"]
