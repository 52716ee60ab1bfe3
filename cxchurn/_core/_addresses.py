"""Where a model lies: in a folder, or at an address that whoever keeps it there can open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from cxchurn._core._errors import MissingExtraError

# the keeper is looked up by its name, when an address is met: nobody below knows it, and where there is none it is not loaded
_KEEPERS = {"models:/": "cxchurn.tracking", "runs:/": "cxchurn.tracking"}


def is_address(place: str | Path) -> bool:
    """Whether a model's place is an address, not a folder.

    Examples
    --------
    >>> is_address("models:/churn@champion"), is_address("churn-model")
    (True, False)
    """
    return str(place).startswith(tuple(_KEEPERS))


@contextmanager
def folder_of(place: str | Path, *, tracking_uri: str | None = None) -> Iterator[Path]:
    """Give the folder of a model for as long as the block lasts: the one that was named, or what was brought from an address.

    Parameters
    ----------
    place : str or Path
        A folder, or ``"models:/churn@champion"``, ``"models:/churn/3"``, ``"runs:/<run>/model"``.
    tracking_uri : str, optional
        The store that an address is looked up in. Default: that of the keeper.
    """
    if not is_address(place):
        yield Path(place)
        return
    keeper = next(name for scheme, name in _KEEPERS.items() if str(place).startswith(scheme))
    try:
        import_module("mlflow")
    except ImportError as error:
        raise MissingExtraError(
            f"{place} is an address of MLflow, which cannot be imported: {error}.",
            allowed="the folder of a model, or an address where MLflow is installed",
            hint="pip install mlflow",
        ) from error
    with import_module(keeper).fetched(str(place), tracking_uri=tracking_uri) as folder:
        yield folder
