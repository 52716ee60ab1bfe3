"""Where a run was written down."""

from __future__ import annotations

from dataclasses import dataclass

_KIND = "workflowType=machine_learning"


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

    @property
    def url(self) -> str | None:
        """The run's page on a tracking server; None for a store without one."""
        if not self.tracking_uri.startswith(("http://", "https://")):
            return None
        # said in the address, as pages open as those of language models otherwise
        return f"{self.tracking_uri.rstrip('/')}/#/experiments/{self.experiment_id}/runs/{self.run_id}?{_KIND}"
