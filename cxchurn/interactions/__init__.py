"""What an interaction log is, and whether this one is one: schemas, reading, checking, and the log itself.

How a row of a file becomes an event, in the order of the code:

1. ``reading/_read.py``: `read_interactions` makes sources of what was given; ``_combined`` reads them one after the other.
2. ``reading/_reading.py``: `read_source`. Without a schema one is guessed: ``reading/guessing`` sees,
   ``schema/guessing`` decides.
3. ``reading/sources/_opened.py``: whatever it is, it stands open in the engine as one view, its columns named by their places.
   Encodings, archives, what separates columns, lines that are no rows, objects in JSON: each is a file beside it.
4. ``reading/casts/_source_rows.py``: Parquet and frames hand their columns over as they stand (``_typed``), everything else by
   way of the engine (``_engine_rows``). What all cells of a column tell of how it is written (``texts/_conventions``) comes
   first: one that is written otherwise than was said is refused whole, with what to write (``hints``).
5. ``reading/casts/_casting.py``: batch by batch a column becomes `Cells`, values of its role and a mask "there was something,
   and it could not be read": typed ones by ``_cells``, others by the SQL of ``_casts`` and ``texts``.
6. ``reading/rules/_rules.py`` is the one table of rules, each a mask over cells; ``_passing`` takes the batches through it in
   threads, ``_tally`` counts and says which rows are kept.
7. ``reading/rules/_events.py``: a row kept is an event, and one more for each column that was filled in later.
8. ``store``: events are gathered in memory (``_gathered``), or in parts by customer on disk (``_dividing``).
9. ``reading/rules/_settled.py``: what only shows between rows: copies, ids that come again, one event a matter.
10. ``log``: `InteractionLog`, with a `Validation` that says what was refused, and what is worth a look.

A row that comes to a service goes the same way cell by cell (``rows``), rows on a cluster piece by piece (``shards``); the
customers table is held against rules of its own over cells like these (``reading/customers``).
"""

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
from cxchurn.interactions.schema._about_customers import about_customers
from cxchurn.interactions.schema._customer_schema import CustomerSchema
from cxchurn.interactions.schema._later import Later, column_of
from cxchurn.interactions.schema._outbound import looks_outbound
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
    "about_customers",
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
    "looks_outbound",
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
