"""Whether a log says anything about an instant."""

from __future__ import annotations

import numpy as np

from cxchurn._core import DataError, UsageError, iso, typed
from cxchurn.interactions import InteractionLog


def check_inside(cutoff: np.datetime64, log: InteractionLog) -> None:
    """Raise an error for an instant at which the log says nothing."""
    if log.start is None:
        raise DataError("the log has no interaction.", hint="score with a log of the customers' interactions.")
    if log.start < cutoff <= log.observed_until:
        return
    until = typed("read the log with observed_until=...", "say observed_until under [log], or --observed-until")
    hint = f"{until}, if it is complete until then." if cutoff > log.start else "score later."
    raise UsageError(
        f"the cut-off {iso(cutoff)} lies outside the log.",
        allowed=f"after {iso(log.start)} (the first interaction), up to {iso(log.observed_until)} (the end of the log)",
        hint=hint,
    )
