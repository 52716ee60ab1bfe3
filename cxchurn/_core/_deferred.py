"""Libraries that are loaded when something of them is first asked for: a service starts without them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


class Deferred:
    """Stands for a library until it is needed.

    Parameters
    ----------
    name : str
        The module's name.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        # an imported module is found again quickly: nothing is kept here, so that two threads cannot meet half a module
        return getattr(import_module(self._name), name)


def on_demand(package: str, where: Mapping[str, str]) -> Callable[[str], Any]:
    """Return a package's ``__getattr__``, which loads the modules of some of its names when they are first asked for.

    Parameters
    ----------
    package : str
        The package's name.
    where : mapping of str to str
        The names, each with its module in the package.
    """

    def find(name: str) -> Any:
        if name not in where:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"{package}.{where[name]}"), name)

    return find


def is_of(library: str, value: Any) -> bool:
    """Whether a value is of a class of a library, or of one made from it; the library is not loaded to find out.

    Examples
    --------
    >>> is_of("pandas", [1, 2])
    False
    """
    return any(cls.__module__.partition(".")[0] == library for cls in type(value).__mro__)
