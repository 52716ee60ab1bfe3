"""What a judged model had learned from, so that a reader knows which model the numbers are of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True)
class Learned:
    """What a judged model had learned from.

    Attributes
    ----------
    rate : float
        The share of its training rows that churned.
    rows : int
    first, last : str
        Its first and last training cut-off; "" where they are not known.
    version : str
        The model's version; "" where it has none.
    """

    rate: float
    rows: int
    first: str = ""
    last: str = ""
    version: str = ""

    @classmethod
    def of(cls, model: Any, train: Any = None) -> Self | None:
        """Return what a model had learned from: it remembers, or else it is the panel given; None where neither."""
        about = getattr(model, "learned_from_", None)
        if about is not None and hasattr(model, "base_rate_"):
            return cls(model.base_rate_, about.rows, about.first, about.last, str(model.version_))
        panel = getattr(model, "training_panel_", None) if train is None else train
        if panel is None or not len(panel.frame):
            return None
        first, last = panel.frame["cutoff"].min(), panel.frame["cutoff"].max()
        return cls(float(panel.frame["churned"].mean()), len(panel.frame), str(first)[:10], str(last)[:10])
