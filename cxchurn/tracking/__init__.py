"""MLflow: what was trained, on what, and how good it was."""

from __future__ import annotations

from typing import Any

from cxchurn.tracking._log_run import Run, log_run
from cxchurn.tracking._store import check_store

__all__ = ["Run", "check_store", "log_run"]


def _load_pyfunc(path: str) -> Any:
    """Load a model for `mlflow.pyfunc.load_model`, which finds this function by its name."""
    from cxchurn.model import load_model
    from cxchurn.tracking.served import ServedModel

    return ServedModel(load_model(path))
