"""Predict which customers are about to leave, and why, from the interactions they had with you.

Everything public stands at this door; what stands behind a name is loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.4.0"

_WHERE = {
    "_core": ("CxchurnError", "DataError", "InternalError", "MismatchError", "UsageError", "shown_progress"),
    "interactions": (
        "CustomerSchema", "Description", "InteractionLog", "Later", "Query", "Schema", "Source", "Validation", "describe",
        "fingerprint", "guess_schema", "known_before", "propose_schema", "read_customers", "read_interactions",
        "validate_interactions",
    ),
    "history": ("Measure", "Seen", "Window", "followed", "matters", "where"),
    "panel": (
        "Cancellation", "Inactivity", "Panel", "PanelSplit", "Verdict", "after_first", "after_interactions", "before", "every",
        "make_panel", "monthly", "panel_from_labels", "peers_left", "sufficiency", "weekly",
    ),
    "features": (
        "ActiveDays", "Activity", "AfterSale", "Attention", "Attributes", "Balance", "Bargain", "Basics", "BotLoops", "Breadth",
        "Builder", "Cadence", "CalendarLags", "Clock", "Column", "Comparing", "Consistency", "Continuation", "Decay",
        "Disruption", "Effort", "FeatureSet", "Feedback", "HumanTouch", "Journey", "LastK", "Loyalty", "Moments",
        "Network", "Overdue", "PeakEnd", "Prior", "Recency", "Recovery", "References", "Renewal", "Response", "Returns",
        "Sessions", "Speed", "Staff", "Standing", "TrackRecord", "Trend", "Valence", "Value", "Volume", "WordOfMouth",
        "read_references", "small", "spans", "standard", "write_references",
    ),
    "model": (
        "ChurnClassifier", "ChurnCurve", "ChurnModel", "Tuning", "in_language", "language_file", "load_curve", "load_model",
    ),
    "evaluation": (
        "Backtest", "Evaluation", "Offer", "backtest", "calibration_verdict", "evaluate", "evaluate_curve",
        "evaluate_predictions", "evaluate_saved", "family_value", "learned_panel", "said_and_came",
    ),
    "explanation": (
        "Account", "Claim", "Claims", "CostClaim", "CustomerExplanation", "Explanation", "Ledger", "Pulse", "Segments",
        "WhatIf", "YearlyClaim", "account", "added", "answered", "called_back", "claims", "edited", "evidence", "explain",
        "explain_customer", "importance", "not_passed_on", "pulse", "refunded", "segments", "solved", "standard_claims", "tone",
        "touchpoints", "waterfall", "what_if", "without",
    ),
    "checks": (
        "BuilderError", "LeakError", "check_builder", "check_drift", "check_hindsight", "check_no_leak",
    ),
    "datasets": ("Simulation", "load_sample", "sample_files", "simulate", "write_simulation"),
    "report": (
        "model_card", "plot_account", "plot_backtest", "plot_beeswarm", "plot_calibration", "plot_churn_rate", "plot_claims",
        "plot_description", "plot_drivers", "plot_gain", "plot_lift", "plot_pulse", "plot_reliability", "plot_scores",
        "plot_segments",
        "plot_touchpoints", "plot_waterfall", "score_distribution", "write_model_card", "write_report",
    ),
    "scoring": (
        "CustomerScore", "FullError", "Limits", "OnlineScorer", "ScoreComparison", "ScoreSummary", "Updated", "compare_scores",
        "compile_kernels", "features_spark", "panel_spark", "refresh", "sample_spark", "score", "score_spark", "score_to",
        "serve", "serve_app", "write_scores",
    ),
    "tracking": ("Promotion", "Run", "fetch_model", "log_run", "log_saved", "promote"),
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
