"""Predict which customers are about to leave, and why, from the interactions they had with you.

Everything public stands at this door; what stands behind a name is loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_WHERE = {
    "_core": ("CxchurnError", "DataError", "MismatchError", "UsageError", "shown_progress"),
    "interactions": (
        "InteractionLog", "Later", "Query", "Schema", "Source", "Validation", "fingerprint", "known_before",
        "read_interactions", "validate_interactions",
    ),
    "history": ("Measure", "Seen", "Window", "where"),
    "panel": (
        "Cancellation", "Inactivity", "Panel", "PanelSplit", "after_first", "every", "make_panel", "monthly",
        "panel_from_labels", "weekly",
    ),
    "features": (
        "ActiveDays", "Attributes", "Balance", "Builder", "Cadence", "Column", "Decay", "Effort", "FeatureSet", "Feedback",
        "Recency", "Trend", "Valence", "Value", "Volume", "spans", "standard",
    ),
    "model": ("ChurnClassifier", "ChurnModel", "load_model"),
    "evaluate": ("Evaluation", "evaluate", "evaluate_predictions"),
    "explain": ("Explanation", "explain"),
    "checks": ("LeakError", "check_no_leak"),
    "datasets": ("Simulation", "sample_files", "simulate", "write_simulation"),
    "report": ("plot_churn_rate", "plot_drivers", "plot_lift", "plot_reliability", "write_report"),
    "scoring": ("score", "write_scores"),
    "tracking": ("Run", "log_run"),
}  # fmt: skip
_FOLDER = {name: folder for folder, names in _WHERE.items() for name in names}

__all__ = ["__version__", *_FOLDER]


def __getattr__(name: str) -> Any:
    if name not in _FOLDER:
        raise AttributeError(f"module 'cxchurn' has no attribute {name!r}")
    value = getattr(import_module(f"cxchurn.{_FOLDER[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
