"""Writing a training run down in MLflow."""

from __future__ import annotations

import logging
import math
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pandas as pd
from sklearn.utils.validation import check_is_fitted

from cxchurn._core import UsageError, step
from cxchurn.evaluate import Evaluation
from cxchurn.explain import Explanation
from cxchurn.interactions import fingerprint
from cxchurn.model import ChurnModel
from cxchurn.panel import Panel
from cxchurn.report import plot_churn_rate, plot_drivers, plot_lift, plot_reliability

if TYPE_CHECKING:
    from mlflow import MlflowClient

EXPERIMENT = "cxchurn"
_MODEL = "model"


@dataclass(frozen=True)
class Run:
    """Where a run was written down.

    Attributes
    ----------
    run_id, experiment_id : str
    tracking_uri : str
        The MLflow store, such as ``"sqlite:///mlflow.db"``.
    artifact_uri : str
    """

    run_id: str
    experiment_id: str
    tracking_uri: str
    artifact_uri: str


def log_run(
    model: ChurnModel,
    evaluation: Evaluation | None = None,
    explanation: Explanation | None = None,
    *,
    final: ChurnModel | None = None,
    report: str | Path | None = None,
    experiment: str = EXPERIMENT,
    run_name: str | None = None,
    tracking_uri: str | None = None,
) -> Run:
    """Write a training run down: parameters, data, metrics with their intervals, tables, figures, the model.

    Each trial of a tuning is written as a run of its own inside the run.

    No customer's data is written: of the log only its fingerprint, of the panel only its summary. MLflow's own telemetry is
    switched off, unless ``MLFLOW_DISABLE_TELEMETRY`` says otherwise.

    Parameters
    ----------
    model : ChurnModel
        The fitted model that was evaluated.
    evaluation : Evaluation, optional
    explanation : Explanation, optional
    final : ChurnModel, optional
        The model to keep, if it is another than the one evaluated (trained on the whole panel, say).
    report : path, optional
        The HTML report, to keep beside the run as it is: one written with scores shows a few customers.
    experiment : str, default "cxchurn"
    run_name : str, optional
    tracking_uri : str, optional
        The MLflow store. Default: MLflow's own, a local SQLite file ``mlflow.db``. The files of a local SQLite store lie
        beside it, in ``mlruns``.

    Returns
    -------
    Run
    """
    check_is_fitted(model, "version_")
    check_is_fitted(final or model, "version_")
    client = _client(tracking_uri)
    with step("writing the run to MLflow"):
        run = client.create_run(_experiment(client, experiment), run_name=run_name)
        run_id = run.info.run_id
        try:
            _log_all(client, run_id, model, evaluation, explanation, final or model)
            _log_trials(client, run.info.experiment_id, run_id, model)
            if report is not None:
                client.log_artifact(run_id, str(report))
        except BaseException:
            client.set_terminated(run_id, status="FAILED")
            raise
        client.set_terminated(run_id)
    return Run(run_id, run.info.experiment_id, client.tracking_uri, run.info.artifact_uri)


def check_store(tracking_uri: str | None = None) -> None:
    """Make sure that runs can be written down there, before the work that is to be written down.

    Parameters
    ----------
    tracking_uri : str, optional
        The MLflow store, as in `log_run`. A local database is made where there is none.

    Raises
    ------
    UsageError
        Where the store cannot be used.
    """
    _client(tracking_uri)


def _client(tracking_uri: str | None) -> MlflowClient:
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    if "MLFLOW_LOGGING_LEVEL" not in os.environ:
        logging.getLogger("mlflow").setLevel(logging.WARNING)
    try:
        client = MlflowClient(tracking_uri)
        client.search_experiments(max_results=1)
    except (MlflowException, SQLAlchemyError, OSError) as error:
        raise UsageError(
            f"the MLflow store {tracking_uri or 'by default'} cannot be used: {str(error).strip().splitlines()[0]}",
            allowed="a local store such as 'sqlite:///mlflow.db', or the address of a tracking server",
            hint="check the address and that you may write there.",
        ) from error
    return client


def _experiment(client: MlflowClient, name: str) -> str:
    found = client.get_experiment_by_name(name)
    if found is not None and found.lifecycle_stage == "deleted":
        raise UsageError(
            f"the experiment {name!r} was deleted from the MLflow store.",
            hint=f"name another one, or restore it: mlflow experiments restore -x {found.experiment_id}",
        )
    if found is not None:
        return found.experiment_id
    return client.create_experiment(name, artifact_location=_beside(client.tracking_uri, name))


def _beside(tracking_uri: str, name: str) -> str | None:
    """Name the folder of files beside a local database; MLflow itself would take the working directory."""
    if not tracking_uri.startswith("sqlite:///"):
        return None
    database = Path(tracking_uri.removeprefix("sqlite:///").partition("?")[0])
    return str(database.resolve().parent / "mlruns" / name)


def _log_all(
    client: MlflowClient,
    run_id: str,
    model: ChurnModel,
    evaluation: Evaluation | None,
    explanation: Explanation | None,
    final: ChurnModel,
) -> None:
    for name, value in _parameters(model).items():
        client.log_param(run_id, name, value)
    client.set_tag(run_id, "cxchurn.model_version", final.version_)
    for number, note in enumerate(model.notes_, start=1):
        client.set_tag(run_id, f"cxchurn.note_{number}", note)
    _log_table(client, run_id, model.features_.families_, "families", folder="data")
    _log_table(client, run_id, model.features_.catalogue(), "features", folder="data")
    client.log_metric(run_id, "training_churn_rate", model.base_rate_)
    if hasattr(model, "training_panel_"):
        _log_data(client, run_id, model.training_panel_)
    if evaluation is not None:
        _log_evaluation(client, run_id, evaluation)
    if explanation is not None:
        _log_table(client, run_id, explanation.drivers(), "drivers")
        _log_figure(client, run_id, plot_drivers(explanation.drivers()), "drivers")
    with tempfile.TemporaryDirectory() as folder:
        client.log_artifacts(run_id, str(final.save(Path(folder) / _MODEL)), _MODEL)


def _log_trials(client: MlflowClient, experiment_id: str, run_id: str, model: ChurnModel) -> None:
    """Write each trial of the tuning as a run inside the run; a loaded model has none."""
    trials = getattr(model, "trials_", None)
    if trials is None:
        return
    _log_table(client, run_id, trials, "trials", folder="tuning")
    for row in trials.to_dict("records"):
        number, value, state = (row.pop(name) for name in ("number", "value", "state"))
        tags = {"mlflow.parentRunId": run_id, "cxchurn.trial_state": state}
        inside = client.create_run(experiment_id, tags=tags, run_name=f"trial {number}").info.run_id
        for name, given in row.items():
            client.log_param(inside, name, given)
        if not math.isnan(value):
            client.log_metric(inside, "log_loss_on_folds", value)
        client.set_terminated(inside)


def _parameters(model: ChurnModel) -> dict[str, Any]:
    churn = {f"churn.{name}": value for name, value in model.churn_.get_params().items()}
    classifier = {f"classifier.{name}": value for name, value in model.classifier_.get_params().items()}
    classifier.pop("classifier.categorical_features")
    return {
        "churn": type(model.churn_).__name__,
        **churn,
        **classifier,
        "trees": model.classifier_.n_rounds_,
        "features": len(model.features_.says_),
        "families": ", ".join(type(builder).__name__ for builder in model.features_.builders_),
        "folds": model.folds,
        "calibration": repr(model.calibration_)[:250],
    }


def _log_data(client: MlflowClient, run_id: str, panel: Panel) -> None:
    client.log_dict(run_id, fingerprint(panel.log), "data/log.json")
    _log_table(client, run_id, panel.summary, "panel", folder="data")
    _log_figure(client, run_id, plot_churn_rate(panel.summary), "churn_rate")
    client.log_metric(run_id, "training_rows", len(panel))


def _log_evaluation(client: MlflowClient, run_id: str, evaluation: Evaluation) -> None:
    for row in cast(Any, evaluation.metrics.itertuples()):
        if row.cutoff != "pooled" and not str(row.cutoff).startswith("mean"):
            continue
        where = "" if row.cutoff == "pooled" else "_mean_over_cutoffs"
        who = "" if row.model == "model" else f"{str(row.model).replace(' ', '_')}."
        for suffix, value in (("", row.value), ("_low", row.low), ("_high", row.high)):
            if not math.isnan(value):
                client.log_metric(run_id, f"{who}{row.metric}{where}{suffix}", value)
    for name in ("metrics", "differences", "reliability", "lift"):
        _log_table(client, run_id, getattr(evaluation, name), name)
    _log_figure(client, run_id, plot_reliability(evaluation.reliability), "reliability")
    _log_figure(client, run_id, plot_lift(evaluation.lift), "lift")


def _log_table(client: MlflowClient, run_id: str, table: pd.DataFrame, name: str, *, folder: str = "tables") -> None:
    client.log_text(run_id, table.to_csv(index=False), f"{folder}/{name}.csv")


def _log_figure(client: MlflowClient, run_id: str, axes: Any, name: str) -> None:
    client.log_figure(run_id, axes.figure, f"figures/{name}.png")
