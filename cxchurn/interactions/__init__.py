"""What an interaction log is, and whether this one is one: schemas, reading, checking, and the log itself."""

from typing import TYPE_CHECKING

from cxchurn._core import on_demand
from cxchurn.interactions.log._customer_table import CustomerTable
from cxchurn.interactions.log._log import InteractionLog, in_zone, known_before, tables, with_customers, with_events
from cxchurn.interactions.log._noticed import late_words, likely
from cxchurn.interactions.log._silence import IMPLAUSIBLE, Silence, stopped
from cxchurn.interactions.log._spelling import folded
from cxchurn.interactions.log._validation import Finding, Validation
from cxchurn.interactions.reading._ids import SEVERAL, absent_ids, known_by_another_spelling, log_ids
from cxchurn.interactions.schema._customer_schema import CustomerSchema
from cxchurn.interactions.schema._roles import ROLES, SCALES, Role
from cxchurn.interactions.schema._schema import Later, Schema, columns_of, mapping
from cxchurn.interactions.store._arrivals import Arrivals, Counts, by_day, count_events
from cxchurn.interactions.store._event_types import event_types
from cxchurn.interactions.store._hashes import mixed, text_hashes
from cxchurn.interactions.store._memory import memory_of, say_what_was_exceeded
from cxchurn.interactions.store._parts import Parts

if TYPE_CHECKING:
    from cxchurn.interactions.log._fingerprint import fingerprint
    from cxchurn.interactions.reading._customers import read_customers
    from cxchurn.interactions.reading._guess import guess_schema
    from cxchurn.interactions.reading._only import narrowed
    from cxchurn.interactions.reading._outputs import check_not_read, harmless
    from cxchurn.interactions.reading._read import check_quarantine, read_interactions, validate_interactions
    from cxchurn.interactions.reading._sources import Query, Source

# reading files and tables brings much that a service does without
_READING = {
    "reading._customers": ("read_customers",),
    "log._fingerprint": ("fingerprint",),
    "reading._guess": ("guess_schema",),
    "reading._only": ("narrowed",),
    "reading._outputs": ("check_not_read", "harmless"),
    "reading._read": ("check_quarantine", "read_interactions", "validate_interactions"),
    "reading._sources": ("Query", "Source"),
}
__getattr__ = on_demand(__name__, {name: module for module, names in _READING.items() for name in names})

__all__ = [
    "IMPLAUSIBLE",
    "ROLES",
    "SCALES",
    "SEVERAL",
    "Arrivals",
    "Counts",
    "CustomerSchema",
    "CustomerTable",
    "Finding",
    "InteractionLog",
    "Later",
    "Parts",
    "Query",
    "Role",
    "Schema",
    "Silence",
    "Source",
    "Validation",
    "absent_ids",
    "by_day",
    "check_not_read",
    "check_quarantine",
    "columns_of",
    "count_events",
    "event_types",
    "fingerprint",
    "folded",
    "guess_schema",
    "harmless",
    "in_zone",
    "known_before",
    "known_by_another_spelling",
    "late_words",
    "likely",
    "log_ids",
    "mapping",
    "memory_of",
    "mixed",
    "narrowed",
    "read_customers",
    "read_interactions",
    "say_what_was_exceeded",
    "stopped",
    "tables",
    "text_hashes",
    "validate_interactions",
    "with_customers",
    "with_events",
]
