"""Errors, spans, instants, statements, optional libraries, progress, threads: what every folder may use."""

from cxchurn._core._addresses import folder_of, is_address
from cxchurn._core._cached import cached_property
from cxchurn._core._clustered import clustered_mean
from cxchurn._core._deferred import Deferred, is_of, on_demand
from cxchurn._core._detached import Detached
from cxchurn._core._dialect import said_in_files, typed
from cxchurn._core._errors import (
    CxchurnError,
    DataError,
    InternalError,
    MismatchError,
    MissingExtraError,
    UntrustedError,
    UsageError,
    did_you_mean,
    listed,
)
from cxchurn._core._frames import as_pandas, check_output, frame_from_plain, to_polars
from cxchurn._core._html import html_list, html_result, html_said, html_table
from cxchurn._core._optional import require
from cxchurn._core._secrets import said_without_password, without_password
from cxchurn._core._toml import (
    FLAG,
    LIST,
    SHELL,
    TEXT,
    WHOLE,
    Key,
    Problem,
    Table,
    check_toml,
    is_text,
    read_toml,
    refuse,
    table_of,
    toml_key,
    toml_text,
    toml_value,
)
from cxchurn._core.files._held import hold, is_left_behind
from cxchurn._core.files._locks import locked
from cxchurn._core.files._scratch import Scratch, scratch_folder
from cxchurn._core.files._whole_file import write_whole
from cxchurn._core.running._autologging import not_autologged
from cxchurn._core.running._memory import memory_mb, peak_memory_mb
from cxchurn._core.running._progress import logger, quiet_progress, shown_progress, step
from cxchurn._core.running._threads import at_most, in_threads, processors
from cxchurn._core.running._together import Together
from cxchurn._core.statements._plain import from_plain, proven_plain, to_plain, with_own
from cxchurn._core.statements._statement import Statement
from cxchurn._core.statements._trusted import trusted
from cxchurn._core.times._instants import instant, instants, iso
from cxchurn._core.times._spans import DAY, Span, span, span_said
from cxchurn._core.times._zones import Zone, on_clock, zone

__all__ = [
    "DAY",
    "FLAG",
    "LIST",
    "SHELL",
    "TEXT",
    "WHOLE",
    "CxchurnError",
    "DataError",
    "Deferred",
    "Detached",
    "InternalError",
    "Key",
    "MismatchError",
    "MissingExtraError",
    "Problem",
    "Scratch",
    "Span",
    "Statement",
    "Table",
    "Together",
    "UntrustedError",
    "UsageError",
    "Zone",
    "as_pandas",
    "at_most",
    "cached_property",
    "check_output",
    "check_toml",
    "clustered_mean",
    "did_you_mean",
    "folder_of",
    "frame_from_plain",
    "from_plain",
    "hold",
    "html_list",
    "html_result",
    "html_said",
    "html_table",
    "in_threads",
    "instant",
    "instants",
    "is_address",
    "is_left_behind",
    "is_of",
    "is_text",
    "iso",
    "listed",
    "locked",
    "logger",
    "memory_mb",
    "not_autologged",
    "on_clock",
    "on_demand",
    "peak_memory_mb",
    "processors",
    "proven_plain",
    "quiet_progress",
    "read_toml",
    "refuse",
    "require",
    "said_in_files",
    "said_without_password",
    "scratch_folder",
    "shown_progress",
    "span",
    "span_said",
    "step",
    "table_of",
    "to_plain",
    "to_polars",
    "toml_key",
    "toml_text",
    "toml_value",
    "trusted",
    "typed",
    "with_own",
    "without_password",
    "write_whole",
    "zone",
]
