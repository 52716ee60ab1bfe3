"""Packing a model as MLflow keeps models: plain files with a signature, an example and what they need to run."""

from __future__ import annotations

import warnings
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxchurn import __version__
from cxchurn._core import CxchurnError, logger, scratch_folder
from cxchurn.model import ChurnModel
from cxchurn.tracking.served._example import example_of
from cxchurn.tracking.served._loading import NOBODY
from cxchurn.tracking.served._model import ServedModel
from cxchurn.tracking.served._signature import signature_of

if TYPE_CHECKING:
    import pandas as pd
    from mlflow.models import Model

# where the folder that `ChurnModel.save` wrote lies inside
DATA = "data/churn-model"
# the module that MLflow imports to load a model: written down in every model, so it keeps its name
LOADER = "cxchurn.tracking"
_NEEDED = ("duckdb", "lightgbm", "mlflow", "numba", "numpy", "pandas", "pyarrow", "scikit-learn", "scipy")


def package(model: ChurnModel, folder: str | Path, *, about: Model | None = None, metadata: Any = None) -> None:
    """Write a model to a folder as MLflow keeps models; nothing in it is pickled.

    Parameters
    ----------
    model : ChurnModel
    folder : path
        A new folder.
    about : mlflow.models.Model, optional
        Where it is to be logged.
    metadata : dict, optional
        To be kept beside the signature.
    """
    with warnings.catch_warnings():
        # MLflow warns of its own type hints while it is loaded
        warnings.simplefilter("ignore", UserWarning)
        import mlflow.pyfunc

    with scratch_folder() as scratch:
        saved = model.save(scratch / Path(DATA).name)
        mlflow.pyfunc.save_model(
            str(folder),
            loader_module=LOADER,
            data_path=str(saved),
            signature=signature_of(model),
            input_example=_example(model),
            pip_requirements=requirements(),
            metadata=metadata,
            # so that whoever loads it may say another one
            model_config=NOBODY,
            mlflow_model=about,
        )


def requirements() -> list[str]:
    """Return what a served model needs, at the versions that are here."""
    pinned = [f"cxchurn=={__version__}"]
    for name in _NEEDED:
        try:
            pinned.append(f"{name}=={version(name)}")
        except PackageNotFoundError:
            continue
    return pinned


def _example(model: ChurnModel) -> pd.DataFrame | None:
    """Return the example request, where the model answers it: builders of one's own may not."""
    example = example_of(model)
    try:
        ServedModel(model).predict(example)
    except CxchurnError as error:
        logger.warning("the model is kept without an example of a request: %s", error.found)
        return None
    return example
