"""Scores as they stand in a text file: harmless to spreadsheets, and with instants that say their zone."""

from __future__ import annotations

import pandas as pd

from cxchurn.interactions import harmless


def as_text(scores: pd.DataFrame, timezone: str) -> pd.DataFrame:
    """Return scores to be written as text.

    An apostrophe stands before texts that a spreadsheet would run. A text file has no place for the zone of its times, so the
    cut-off is written on the clock of the log, with how far that is from UTC: ``2025-01-01 00:00:00+01:00``.

    Parameters
    ----------
    scores : DataFrame
    timezone : str
        That of the log.
    """
    found = harmless(scores)
    if "as_of" not in found or found["as_of"].dt.tz is not None:
        return found
    return found.assign(as_of=found["as_of"].dt.tz_localize("UTC").dt.tz_convert(timezone))
