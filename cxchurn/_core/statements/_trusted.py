"""Classes of the user's own that a model may use: only those that were named by whoever loads it."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module

from cxchurn._core._errors import UsageError

_ALLOWED = "classes, or text such as 'my_builders:Weekends'"


def trusted(named: Iterable[type | str]) -> tuple[type, ...]:
    """Return the classes that somebody trusts, each given itself or as ``"module:Class"``.

    Parameters
    ----------
    named : iterable of classes or str
        Said by whoever loads a model, never by the model.

    Raises
    ------
    UsageError
        For what is no class, or cannot be imported.
    """
    if isinstance(named, (str, type)):
        shown = repr(named) if isinstance(named, str) else named.__name__
        raise UsageError(f"trust is {shown}.", allowed=f"a list of {_ALLOWED}", hint=f"trust=[{shown}]")
    if not isinstance(named, Iterable):
        raise UsageError(f"trust is {named!r}.", allowed=f"a list of {_ALLOWED}", hint="leave it out to trust none.")
    return tuple(one if isinstance(one, type) else _imported(one) for one in named)


def _imported(name: object) -> type:
    if not isinstance(name, str):
        raise UsageError(f"trust names {name!r}.", allowed=_ALLOWED, hint=f"trust=[{type(name).__name__}], without ().")
    module, _, cls = name.partition(":")
    if not (module and cls) or module.startswith("."):
        raise UsageError(f"trust names {name!r}.", allowed=_ALLOWED, hint="the module, a colon, and the class in it.")
    try:
        found = getattr(import_module(module), cls)
    except Exception as error:  # a module of the user's own may fail in any way while it is imported
        why = f"{error}" if isinstance(error, (ImportError, AttributeError)) else f"{type(error).__name__}: {error}"
        raise UsageError(
            f"trust names {name!r}, which cannot be imported: {why}.",
            hint="run it from the folder of the module, or install the module.",
        ) from error
    if not isinstance(found, type):
        raise UsageError(f"trust names {name!r}, which is a {type(found).__name__}.", allowed=_ALLOWED)
    return found
