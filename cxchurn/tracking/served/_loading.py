"""Loading a served model as MLflow does it, with the classes of its user's own that whoever loads it names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mlflow.models import Model

from cxchurn._core import DataError, UntrustedError
from cxchurn.model import load_model
from cxchurn.tracking.served._model import ServedModel

# the key of MLflow's model_config; what a model was logged with says nobody, and MLflow lets a loader say another value of it
TRUST = "trust"
NOBODY: dict[str, Any] = {TRUST: []}
_FLAVOR, _CONFIG = "python_function", "config"
_HOW = (
    "mlflow.pyfunc.load_model(..., model_config={'trust': ['module:Class']}), or in the environment of"
    ' mlflow models serve MLFLOW_PYFUNC_INFERENCE_CONFIG=\'{"trust": ["module:Class"]}\'.'
)


def load_served(path: str, config: Mapping[str, Any] | None = None) -> ServedModel:
    """Return the served model of a folder.

    Parameters
    ----------
    path : str
        The folder that `ChurnModel.save` wrote, inside one of MLflow's.
    config : mapping, optional
        MLflow's ``model_config``; its key ``trust`` is as in `load_model`.

    Raises
    ------
    UntrustedError
        Where the model uses a class that is not named.
    DataError
        Where the model itself says whom to trust.
    """
    trust: Sequence[type | str] = (config or NOBODY).get(TRUST) or ()
    if trust:
        _check_said_by_the_loader(Path(path).resolve())
    try:
        return ServedModel(load_model(path, trust=trust))
    except UntrustedError as error:
        raise UntrustedError(error.found, allowed=error.allowed, hint=f"if it is your own: {_HOW}") from error


def _check_said_by_the_loader(folder: Path) -> None:
    """Refuse a model whose own file names classes: no code runs because a file of the model says so."""
    packed = folder.parents[1]
    stored = Model.load(str(packed)).flavors[_FLAVOR].get(_CONFIG) if (packed / "MLmodel").is_file() else None
    # whoever can write into the store could else have code run where the model is loaded
    if stored != NOBODY:
        raise DataError(
            f"{packed} says itself which classes to trust, which no model is logged with.",
            allowed="classes named by whoever loads the model",
            hint=_HOW,
        )
