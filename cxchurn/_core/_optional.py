"""Libraries that come with an extra."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from cxchurn._core._errors import MissingExtraError


def require(module: str, *, extra: str, purpose: str) -> ModuleType:
    """Import an optional library, or say which extra brings it.

    Parameters
    ----------
    module : str
        The module's name, such as ``"polars"``.
    extra : str
        The extra of cxchurn that brings it.
    purpose : str
        What it is needed for, for the error.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise MissingExtraError(
            f"{purpose} needs the library {module.split('.')[0]}, which is not installed.",
            hint=f"pip install 'cxchurn[{extra}]'",
        ) from error
