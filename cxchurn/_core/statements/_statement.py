"""Small statements: objects that only hold what was said, print as what you would type, and can be written down."""

from __future__ import annotations

import inspect
from typing import Any, Self

from cxchurn._core._errors import UsageError, did_you_mean, listed


class Statement:
    """Base of builders and churn definitions: the constructor stores its arguments, nothing else.

    A subclass writes an ``__init__`` that stores each parameter under its own name. Printing, comparing, cloning
    (scikit-learn's ``get_params`` / ``set_params``) and writing down come from the signature.
    """

    @classmethod
    def _names(cls) -> list[str]:
        if cls.__init__ is object.__init__:
            return []
        return list(inspect.signature(cls).parameters)

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the constructor's arguments by name."""
        return {name: getattr(self, name) for name in self._names()}

    def set_params(self, **params: Any) -> Self:
        """Change constructor arguments by name, and return this object."""
        for name, value in params.items():
            if name not in self._names():
                raise UsageError(
                    f"{type(self).__name__} has no parameter {name!r}.",
                    allowed=listed(self._names()) or "none",
                    hint=did_you_mean(name, self._names()),
                )
            setattr(self, name, value)
        return self

    def __repr__(self) -> str:
        defaults = {name: p.default for name, p in inspect.signature(type(self)).parameters.items()}
        said = [f"{name}={value!r}" for name, value in self.get_params().items() if not _same(value, defaults[name])]
        return f"{type(self).__name__}({', '.join(said)})"

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.get_params() == getattr(other, "get_params", dict)()

    def __hash__(self) -> int:
        return hash((type(self), repr(self)))


def _same(value: Any, default: Any) -> bool:
    return type(value) is type(default) and bool(value == default)
