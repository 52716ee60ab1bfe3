"""MLflow: what was trained, on what, and how good it was."""

from cxchurn.tracking._log_run import Run, check_store, log_run

__all__ = ["Run", "check_store", "log_run"]
