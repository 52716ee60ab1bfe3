"""What an interaction log is, and whether this one is one: schemas, reading, checking, and the log itself."""

from typing import TYPE_CHECKING

from cxchurn._core import on_demand
from cxchurn.interactions.log._changed import in_zone, known_before, with_customers, with_events
from cxchurn.interactions.log._customer_table import CustomerTable
from cxchurn.interactions.log._log import InteractionLog, tables
from cxchurn.interactions.log._noticed import late_words, likely
from cxchurn.interactions.log._silence import IMPLAUSIBLE, Silence, stopped
from cxchurn.interactions.log._spelling import folded
from cxchurn.interactions.log._validation import Finding, Validation
from cxchurn.interactions.reading._ids import SEVERAL, absent_ids, known_by_another_spelling, log_ids
from cxchurn.interactions.schema._customer_schema import CustomerSchema
from cxchurn.interactions.schema._later import Later, column_of
from cxchurn.interactions.schema._roles import ROLES, SCALES, Role
from cxchurn.interactions.schema._schema import Schema, as_given, columns_of, constants_of, mapping
from cxchurn.interactions.schema._toml import SECTIONS, wrong_place
from cxchurn.interactions.schema._written import written_time
from cxchurn.interactions.schema._younger import YOUNGER
from cxchurn.interactions.store._arrivals import Arrivals, Counts, by_day, count_events
from cxchurn.interactions.store._event_types import event_types
from cxchurn.interactions.store._hashes import mixed, text_hashes
from cxchurn.interactions.store._memory import memory_of, say_what_was_exceeded
from cxchurn.interactions.store._parts import Parts

if TYPE_CHECKING:
    from cxchurn.interactions.log._fingerprint import fingerprint
    from cxchurn.interactions.log.description._describe import describe
    from cxchurn.interactions.log.description._description import Description
    from cxchurn.interactions.reading._kept_schemas import schemas_like
    from cxchurn.interactions.reading._only import narrowed
    from cxchurn.interactions.reading._outputs import check_not_read, harmless, paths_of
    from cxchurn.interactions.reading._read import check_quarantine, read_interactions, validate_interactions
    from cxchurn.interactions.reading._source_files import data_of, names_sources, source_of, sources_of
    from cxchurn.interactions.reading.customers._customers import read_customers
    from cxchurn.interactions.reading.guessing._guess import guess_schema
    from cxchurn.interactions.reading.guessing._proposal import propose_schema
    from cxchurn.interactions.reading.sources._files import files_of
    from cxchurn.interactions.reading.sources._sources import Query, Source

# reading files and tables brings much that a service does without
_READING = {
    "reading.customers._customers": ("read_customers",),
    "log._fingerprint": ("fingerprint",),
    "log.description._describe": ("describe",),
    "log.description._description": ("Description",),
    "reading.guessing._guess": ("guess_schema",),
    "reading._only": ("narrowed",),
    "reading._outputs": ("check_not_read", "harmless", "paths_of"),
    "reading._read": ("check_quarantine", "read_interactions", "validate_interactions"),
    "reading.sources._files": ("files_of",),
    "reading._kept_schemas": ("schemas_like",),
    "reading.guessing._proposal": ("propose_schema",),
    "reading._source_files": ("data_of", "names_sources", "source_of", "sources_of"),
    "reading.sources._sources": ("Query", "Source"),
}
__getattr__ = on_demand(__name__, {name: module for module, names in _READING.items() for name in names})

__all__ = [
    "IMPLAUSIBLE",
    "ROLES",
    "SCALES",
    "SECTIONS",
    "SEVERAL",
    "YOUNGER",
    "Arrivals",
    "Counts",
    "CustomerSchema",
    "CustomerTable",
    "Description",
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
    "as_given",
    "by_day",
    "check_not_read",
    "check_quarantine",
    "column_of",
    "columns_of",
    "constants_of",
    "count_events",
    "data_of",
    "describe",
    "event_types",
    "files_of",
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
    "names_sources",
    "narrowed",
    "paths_of",
    "propose_schema",
    "read_customers",
    "read_interactions",
    "say_what_was_exceeded",
    "schemas_like",
    "source_of",
    "sources_of",
    "stopped",
    "tables",
    "text_hashes",
    "validate_interactions",
    "with_customers",
    "with_events",
    "written_time",
    "wrong_place",
]
