"""Checks of what questions are given."""

from __future__ import annotations

from cxchurn._core import UsageError


def from_last(nth: int) -> int:
    """Return which event from the end is asked for, where there is one."""
    # the 0th last event would be the first one of the future
    if nth < 1:
        raise UsageError(f"nth is {nth!r}.", allowed="1 for the last, 2 for the one before, and so on")
    return nth


def share_given(value: float, name: str) -> float:
    """Return a share from 0 to 1."""
    if not 0 <= value <= 1:
        raise UsageError(f"{name} is {value!r}, which is no quantile.", allowed="a number from 0 to 1")
    return float(value)
