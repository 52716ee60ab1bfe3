"""Objects that hold a log: what leaves the process leaves it behind."""

from __future__ import annotations

import copy
from typing import Any, ClassVar, Self


class Detached:
    """Base of estimators that hold a log: a pickle holds no interactions, a copy within the process shares the handle.

    Attributes
    ----------
    left_behind : tuple of str
        The learned attributes that a pickle lacks, besides the log, which is None in it.
    """

    left_behind: ClassVar[tuple[str, ...]] = ()

    def __getstate__(self) -> dict[str, Any]:
        """Return what a pickle holds, and so what joblib stores or sends to another process."""
        state: dict[str, Any] = super().__getstate__()  # type: ignore[assignment]
        return {name: value for name, value in state.items() if name not in self.left_behind} | {"log": None}

    def __copy__(self) -> Self:
        """Return another object with the same parts."""
        other = type(self).__new__(type(self))
        other.__dict__.update(self.__dict__)
        return other

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Return another object with copies of the parts; of a log, which never changes, the copy is the log itself."""
        other = type(self).__new__(type(self))
        memo[id(self)] = other
        other.__dict__.update(copy.deepcopy(self.__dict__, memo))
        return other
