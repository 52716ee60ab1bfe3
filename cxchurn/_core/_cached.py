"""Values that are worked out once for an object, without a lock."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

_Kept = TypeVar("_Kept", covariant=True)

if sys.version_info >= (3, 12):
    from functools import cached_property
else:

    class cached_property(Generic[_Kept]):
        """``functools.cached_property`` as it is from Python 3.12 on.

        Python 3.11 has one lock for a property of *all* objects of a class. Threads that score wait for each other at it,
        and a child forked while another thread holds it waits for ever. Without it two threads may work out the same value,
        and either is kept.

        Parameters
        ----------
        worked_out : callable
            The method.
        """

        def __init__(self, worked_out: Callable[[Any], _Kept]) -> None:
            self.func, self.attrname, self.__doc__ = worked_out, worked_out.__name__, worked_out.__doc__

        @overload
        def __get__(self, instance: None, owner: type[Any] | None = None) -> cached_property[_Kept]: ...

        @overload
        def __get__(self, instance: object, owner: type[Any] | None = None) -> _Kept: ...

        def __get__(self, instance: object | None, owner: type[Any] | None = None) -> Any:
            if instance is None:
                return self
            kept = instance.__dict__[self.attrname] = self.func(instance)
            return kept


__all__ = ["cached_property"]
