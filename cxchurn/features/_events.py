"""What the measures of several families ask about events."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxchurn.history import Events


def codes(events: Events, column: str) -> np.ndarray:
    """Return numbers that tell labels apart: equal for equal labels, NaN for none; float64, shape ``(events,)``.

    Only to be compared with each other: which number a label has depends on the whole log.
    """
    code, _ = pd.factorize(events[column])
    return np.where(code >= 0, code, np.nan)


def contacts(events: Events) -> np.ndarray:
    """Return where a customer was in touch: not outbound, not known later, no answer to a survey; bool, shape ``(events,)``."""
    contact = at_once(events) & ~events.is_one_of("direction", "outbound")
    return contact & np.isnan(events["score"]) if "score" in events else contact


def settled(events: Events) -> np.ndarray:
    """Return whether an event's matter stood closed after it; float64, shape ``(events,)``.

    1 after an event that closed it, 0 after one that did not or a contact that tells nothing of it, whatever had been
    before; NaN for events of no matter, and as long as there was none of these.
    """
    told = events["resolved"]
    return events.of_matter().latest(np.where(contacts(events) & np.isnan(told), 0.0, told))


def at_once(events: Events) -> np.ndarray:
    """Return where an event is an interaction of its own, not a value that became known later; bool, shape ``(events,)``."""
    return ~(events["later"] > 0) if "later" in events else np.ones(len(events), dtype=bool)
