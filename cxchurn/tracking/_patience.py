"""How long MLflow tries a server that does not answer, and what it prints meanwhile."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager

from cxchurn._core import Together

# MLflow's own defaults keep silent for minutes: 7 tries with growing pauses, 120 seconds each
_PATIENCE = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "30",
    # and they draw bars and print addresses
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
}


@contextlib.contextmanager
def _set() -> Iterator[None]:
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    if "MLFLOW_LOGGING_LEVEL" not in os.environ:
        logging.getLogger("mlflow").setLevel(logging.WARNING)
    ours = {name: value for name, value in _PATIENCE.items() if name not in os.environ}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name, value in ours.items():
            # what the program has said meanwhile stands
            if os.environ.get(name) == value:
                del os.environ[name]


_held = Together(_set)


def patience() -> AbstractContextManager[None]:
    """Let MLflow give up on a server after a minute or so, and be quiet, unless its environment variables say otherwise.

    These variables are the only way MLflow offers, and they are of the whole process: they are set while some thread is inside.
    """
    return _held.on()
