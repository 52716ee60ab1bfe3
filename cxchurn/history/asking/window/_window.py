"""Windows: what one can ask about the past of a cut-off, and nothing else."""

from __future__ import annotations

from cxchurn._core import Span, span
from cxchurn.history.asking.window._of_columns import OfColumns
from cxchurn.history.asking.window._of_course import OfCourse
from cxchurn.history.asking.window._of_events import OfEvents
from cxchurn.history.asking.window._of_gaps import OfGaps


class Window(OfEvents, OfColumns, OfCourse, OfGaps):
    """The events of each row's customer in ``[T - w, T)``: all a builder ever sees.

    A row is a customer and a cut-off ``T``. Every answer is an array with one float a row, NaN where there is no answer.
    A count or sum over no events is 0; any other statistic over no events is missing.

    Parameters of the questions
    ---------------------------
    column : str or Measure
        A number, yes/no or label of the events; events where it is missing are left out.
    where : Where, optional
        Which events count.
    """

    def last(self, window: str | Span) -> Window:
        """The part in ``[T - window, T)``."""
        return Window(self._rows.part("last", span(window, name="window").microseconds))

    def before(self, window: str | Span) -> Window:
        """The part before ``T - window``."""
        return Window(self._rows.part("before", span(window, name="window").microseconds))
