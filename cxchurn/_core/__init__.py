"""Errors, spans, instants, statements, optional libraries, progress, threads: what every folder may use."""

from cxchurn._core._errors import (
    CxchurnError,
    DataError,
    InternalError,
    MismatchError,
    MissingExtraError,
    UsageError,
    did_you_mean,
    listed,
)
from cxchurn._core._frames import as_pandas
from cxchurn._core._instants import instant, instants, iso
from cxchurn._core._optional import require
from cxchurn._core._progress import logger, shown_progress, step
from cxchurn._core._scratch import Scratch
from cxchurn._core._spans import DAY, Span, span
from cxchurn._core._statement import Statement
from cxchurn._core._threads import in_threads, processors

__all__ = [
    "DAY",
    "CxchurnError",
    "DataError",
    "InternalError",
    "MismatchError",
    "MissingExtraError",
    "Scratch",
    "Span",
    "Statement",
    "UsageError",
    "as_pandas",
    "did_you_mean",
    "in_threads",
    "instant",
    "instants",
    "iso",
    "listed",
    "logger",
    "processors",
    "require",
    "shown_progress",
    "span",
    "step",
]
