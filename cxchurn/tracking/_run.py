"""Where a run was written down."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Run:
    """Where a run was written down.

    Attributes
    ----------
    run_id, experiment_id : str
    tracking_uri : str
        The MLflow store, such as ``"sqlite:///mlflow.db"``.
    artifact_uri : str
    model_uri : str
        The model, for `load_model` and `mlflow.pyfunc.load_model`: ``"models:/m-..."``.
    registered : str or None
        The version in the registry, such as ``"models:/churn/3"``, where it was registered.
    """

    run_id: str
    experiment_id: str
    tracking_uri: str
    artifact_uri: str
    model_uri: str = ""
    registered: str | None = None
