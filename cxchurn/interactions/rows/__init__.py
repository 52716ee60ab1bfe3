"""Reading one row at a time, as it comes to a service: by the rules of the reader, without its engine."""

from cxchurn.interactions.rows._cells import Reader
from cxchurn.interactions.rows._given import rows_given
from cxchurn.interactions.rows._reading import Event, Row, RowReader
from cxchurn.interactions.rows._report import Broken, findings_of

__all__ = ["Broken", "Event", "Reader", "Row", "RowReader", "findings_of", "rows_given"]
