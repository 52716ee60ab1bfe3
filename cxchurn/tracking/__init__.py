"""MLflow: what was trained, on what, and how good it was."""

from __future__ import annotations

from typing import Any

from cxchurn.tracking._log_run import log_run, log_saved
from cxchurn.tracking._promote import promote
from cxchurn.tracking._promotion import Promotion
from cxchurn.tracking._registry import check_asked, fetch_model, fetched
from cxchurn.tracking._run import Run
from cxchurn.tracking._taken_up import check_store

__all__ = [
    "Promotion",
    "Run",
    "check_asked",
    "check_store",
    "fetch_model",
    "fetched",
    "log_run",
    "log_saved",
    "promote",
]


def _load_pyfunc(path: str, model_config: dict[str, Any] | None = None) -> Any:
    """Load a model for `mlflow.pyfunc.load_model`, which finds this function by its name."""
    from cxchurn.tracking.served import load_served

    return load_served(path, model_config)
