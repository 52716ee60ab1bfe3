"""Which interactions are on record with what they were like: of the others only that they took place is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxchurn.features import EXPERIENCE, theme_of_measure
from cxchurn.interactions import InteractionLog

if TYPE_CHECKING:
    import pandas as pd

_ROLES = ("wait_s", "transfers", "resolved", "score", "sentiment", "promised_at", "delivered_at")


def telling(log: InteractionLog) -> tuple[str, ...]:
    """Return the columns of a log that say what an interaction was like."""
    own = [name for name in log.measures if theme_of_measure(name) == EXPERIENCE]
    return (*(role for role in _ROLES if role in log.roles), *own)


def told(events: pd.DataFrame, columns: tuple[str, ...]) -> np.ndarray:
    """Return of which interactions anything says what they were like; bool, shape ``(n,)``.

    That is what stands in one of the columns, what is taken for a kind (a complaint), that the company did it of its own
    accord, and that the customer had to come back with the same matter. A visit of which nothing but the visit is on record
    says nothing: what it moves in columns about experience (a share of purchases that went wrong, say) comes of having been.

    Parameters
    ----------
    events : DataFrame
        As `happenings` returns them: ``row``, ``case_id``, ``direction``, ``valence``, and the columns.
    columns : tuple of str
        From `telling`.
    """
    said = events[list(columns)].notna().any(axis=1) | events["valence"].notna()
    again = events["case_id"].notna() & events.duplicated(["row", "case_id"])
    return np.asarray(said | again | events["direction"].eq("outbound"), dtype=bool)
