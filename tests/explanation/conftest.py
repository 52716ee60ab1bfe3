"""Loads shap once and quietly: importing it warns of what matplotlib will no longer like."""

from __future__ import annotations

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import shap  # noqa: F401
