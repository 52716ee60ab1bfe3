"""How one says what could have gone otherwise."""

from __future__ import annotations

from typing import Any

from cxchurn.explanation.whatif._edits import Added, Answered, Edit, Edited, Replied, Solved, Without
from cxchurn.explanation.whatif._named import NotPassedOn, Refunded, Toned


def edited(event: Any, **columns: Any) -> Edit:
    """Say that an interaction had other values, such as ``edited("T-7", transfers=1, sentiment=0.2)``.

    Parameters
    ----------
    event : int, str, datetime or mapping
        The interaction's number in the account; its ``case_id``, which stands for all interactions of the matter; the time at
        which it happened; or ``{column: value}``.
    **columns
        The columns and their new values. A ``timestamp`` moves the interaction (of a matter its first), and when it became
        known with it.
    """
    return Edited(event, columns)


def answered(event: Any, within: str) -> Edit:
    """Say that a customer was answered within some time, such as ``answered("T-7", within="5min")``; nothing else moves."""
    return Answered(event, within)


def not_passed_on(event: Any) -> Edit:
    """Say that a customer was not passed on from one to the next."""
    return NotPassedOn(event)


def solved(event: Any, *, within: str | None = None) -> Edit:
    """Say that a matter was solved; `within` says when, for logs in which that is filled in later."""
    return Solved(event, within)


def tone(event: Any, sentiment: float) -> Edit:
    """Say that a contact had another tone, from -1 to 1."""
    return Toned(event, sentiment)


def called_back(event: Any, *, after: str, kind: str = "call", **columns: Any) -> Edit:
    """Say that the company called back some time after an interaction, in the same matter.

    Parameters
    ----------
    event : int, str, datetime or mapping
        See `edited`; of a matter its first interaction.
    after : str
        A span such as ``"1D"``.
    kind : str, default "call"
        A kind that the log has.
    **columns
        What else is known of the call, such as ``sentiment=0.5``.
    """
    return Replied(event, after, kind, columns)


def refunded(event: Any, value: float, *, after: str = "1D", kind: str = "refund") -> Edit:
    """Say that the company gave money back some time after an interaction; `value` is the amount, above 0.

    To the model a refund is a sign that something had gone wrong, and the risk may rise with it. That tells whom one refunds,
    not whether one should.
    """
    return Refunded(event, value, after, kind)


def added(kind: str, at: Any, **columns: Any) -> Edit:
    """Say that there was an interaction more, of a kind that the log has, at a time; ``known_at`` says when it became known."""
    return Added(kind, at, columns)


def without(event: Any) -> Edit:
    """Say that an interaction (of a case_id, the whole matter) had not taken place."""
    return Without(event)
