"""Instants as people read them on a page: on the clock of the log."""

from __future__ import annotations

from typing import Any

import pandas as pd

from cxchurn._core import on_clock


def zone_of(model: Any) -> str:
    """Return the zone of the log that a model was trained on; UTC where the model does not say."""
    return str(getattr(getattr(model, "features_", None), "timezone_", "UTC"))


def moment_on(at: Any, timezone: str) -> pd.Timestamp:
    """Return what the clock of a zone shows at an instant."""
    return pd.Timestamp(on_clock(pd.Timestamp(at).to_datetime64(), timezone))
