"""The model that is to score: itself, or where it lies."""

from __future__ import annotations

from pathlib import Path

from sklearn.utils.validation import check_is_fitted

from cxchurn._core import UsageError
from cxchurn.model import ChurnModel, load_model


def fitted(model: ChurnModel | str | Path) -> ChurnModel:
    """Return a fitted model, read where it is the folder of a saved one or its address in MLflow."""
    if isinstance(model, (str, Path)):
        return load_model(model)
    if not isinstance(model, ChurnModel):
        raise UsageError(
            f"the model is a {type(model).__name__}.",
            allowed="a fitted ChurnModel, the folder of a saved one, or its address in MLflow",
        )
    check_is_fitted(model, "version_")
    return model
