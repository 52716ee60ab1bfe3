"""Edits with a name of their own for what is edited: each prints as it was typed."""

from __future__ import annotations

from typing import Any

from cxchurn._core import UsageError
from cxchurn.explanation.whatif._edits import Edit, Edited, Replied
from cxchurn.explanation.whatif._rows import Rows


class Toned(Edit):
    """Another tone; made by `tone`.

    Parameters
    ----------
    event : int, str, datetime or mapping
    sentiment : float
        From -1 to 1.
    """

    verb = "tone"

    def __init__(self, event: Any, sentiment: float) -> None:
        self.event = event
        self.sentiment = sentiment

    def apply(self, rows: Rows) -> None:
        """Change the rows of a customer."""
        Edited(self.event, {"sentiment": self.sentiment}).apply(rows)


class NotPassedOn(Edit):
    """A customer who was not passed on; made by `not_passed_on`.

    Parameters
    ----------
    event : int, str, datetime or mapping
    """

    verb = "not_passed_on"

    def __init__(self, event: Any) -> None:
        self.event = event

    def apply(self, rows: Rows) -> None:
        """Change the rows of a customer."""
        Edited(self.event, {"transfers": 0}).apply(rows)


class Refunded(Edit):
    """Money that the company gave back; made by `refunded`.

    Parameters
    ----------
    event : int, str, datetime or mapping
    value : float
        The amount.
    after : str
        How long after the interaction.
    kind : str
    """

    verb = "refunded"
    note = "refund_note"

    def __init__(self, event: Any, value: float, after: str, kind: str) -> None:
        self.event = event
        self.value = value
        self.after = after
        self.kind = kind

    def apply(self, rows: Rows) -> None:
        """Add the interaction, in the same matter; money that goes back is below 0."""
        value = rows.cells({"value": self.value})["value"]
        if value is None:
            raise UsageError("refunded gives back nothing.", allowed="an amount", hint="refunded(3, 20.0).")
        Replied(self.event, self.after, self.kind, {"value": -abs(value)}).apply(rows)
