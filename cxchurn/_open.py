"""Models by where they are: a folder, or an address of MLflow's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cxchurn.model import ChurnModel

_ADDRESSES = ("models:/", "runs:/")


def load_model(path: str | Path, *, tracking_uri: str | None = None, **options: Any) -> ChurnModel:
    """Read a model that `ChurnModel.save` wrote or `log_run` wrote down, after checking every file against its checksum.

    MLflow is loaded only where the model lies with it.

    Parameters
    ----------
    path : str or Path
        A folder, or an address of MLflow's: ``"models:/churn@champion"``, ``"models:/churn/3"``, ``"runs:/<run>/model"``.
    tracking_uri : str, optional
        The MLflow store that an address is looked up in. Default: MLflow's own.
    **options
        As in `cxchurn.model.load_model`: ``builders`` of your own, and whether the model is tried on what it carries
        (``self_test``).

    Raises
    ------
    UsageError
        Where there is no model.
    DataError
        Where a file is missing or was changed.
    MismatchError
        Where the model does not say here what it said where it was saved, or uses a class that was not brought.

    Examples
    --------
    >>> cx.load_model("models:/churn@champion")  # doctest: +SKIP
    """
    from cxchurn.model import load_model as of_folder

    if not str(path).startswith(_ADDRESSES):
        return of_folder(path, **options)
    from cxchurn.tracking import fetched

    with fetched(str(path), tracking_uri=tracking_uri) as folder:
        return of_folder(folder, **options)
