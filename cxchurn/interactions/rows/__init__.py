"""Reading one row at a time, as it comes to a service: by the rules of the reader, without its engine."""

from cxchurn.interactions.reading._cell_sql import Texts
from cxchurn.interactions.reading.rules._rules import Rule
from cxchurn.interactions.rows._cells import UNREADABLE, plain, read_id, read_label, read_number
from cxchurn.interactions.rows._given import rows_given
from cxchurn.interactions.rows._matters import Matter, matters_of
from cxchurn.interactions.rows._reading import RowReader
from cxchurn.interactions.rows._report import Broken, findings_of
from cxchurn.interactions.rows._row import Event, Row

__all__ = [
    "UNREADABLE",
    "Broken",
    "Event",
    "Matter",
    "Row",
    "RowReader",
    "Rule",
    "Texts",
    "findings_of",
    "matters_of",
    "plain",
    "read_id",
    "read_label",
    "read_number",
    "rows_given",
]
