"""MLflow: what was trained, on what, and how good it was."""

from cxchurn.tracking._log_run import Run, log_run

__all__ = ["Run", "log_run"]
