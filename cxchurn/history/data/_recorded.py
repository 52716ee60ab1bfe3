"""Answers that are written down instead of worked out: what a plan of questions is made of."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any


class Recorded:
    """Stands for an array while questions are recorded (`cxchurn.history.plan`).

    Arithmetic reaches it by numpy's own protocols. Whatever else the engine does with arrays (calling a compiled loop,
    picking, grouping) asks it by name, right where the array would be worked on: so a question has one definition, which
    answers and which can be recorded.
    """

    @abstractmethod
    def asked(self, what: str, *arguments: Any, **about: Any) -> Any:
        """Write down what would be done with the array, and return what stands for its answer."""


def recorded(values: tuple[Any, ...]) -> Recorded | None:
    """Return the first of some values that only stands for an array; None where all are there."""
    for value in values:
        if isinstance(value, Recorded):
            return value
    return None
