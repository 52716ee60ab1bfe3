"""MLflow: what was trained, on what, and how good it was."""

from cxchurn.tracking._log_run import Run, log_run
from cxchurn.tracking._store import check_store

__all__ = ["Run", "check_store", "log_run"]
