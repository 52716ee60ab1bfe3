"""Writing a training run down in MLflow."""

from __future__ import annotations

import contextlib
import math
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pandas as pd
from sklearn.utils.validation import check_is_fitted

from cxchurn._core import UsageError, not_autologged, step
from cxchurn.evaluate import Evaluation
from cxchurn.explain import Explanation
from cxchurn.interactions import fingerprint
from cxchurn.model import ChurnModel
from cxchurn.panel import Panel
from cxchurn.report import plot_churn_rate, plot_drivers, plot_lift, plot_reliability, undisplayed
from cxchurn.tracking._store import experiment_of, is_default, opened, patience, run_in_force

if TYPE_CHECKING:
    from mlflow import MlflowClient

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
    experiment: str | None = None,
    run_name: str | None = None,
    tracking_uri: str | None = None,
) -> Run:
    """Write a training run down: parameters, data, metrics with their intervals, tables, figures, the model.

    Where a run of the program's own is going on (``mlflow.start_run``), it is written into that one, unless `experiment` or
    `run_name` is given. Each trial of a tuning is written as a run of its own inside the run.

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
    experiment : str, optional
        Default: that of ``mlflow.set_experiment`` or of the environment (``MLFLOW_EXPERIMENT_NAME``,
        ``MLFLOW_EXPERIMENT_ID``), else "cxchurn".
    run_name : str, optional
    tracking_uri : str, optional
        The MLflow store. Default: MLflow's own, as ``mlflow.set_tracking_uri`` or ``MLFLOW_TRACKING_URI`` say, else a local
        SQLite file ``mlflow.db``. The files of a local SQLite store lie beside it, in ``mlruns``.

    Returns
    -------
    Run

    Raises
    ------
    UsageError
        Where the store cannot be used, which is found out within seconds, or fails on the way. The model stays as it is: it
        can be saved, and written down later.
    """
    for one in (model, final or model):
        if not isinstance(one, ChurnModel):
            raise UsageError(
                f"log_run writes a ChurnModel down, not a {type(one).__name__}.",
                hint="a pipeline of scikit-learn is logged by mlflow.sklearn.log_model; the tables of an evaluation by"
                " mlflow.log_table.",
            )
        check_is_fitted(one, "version_")
    with step("writing the run to MLflow"), patience(), not_autologged(), undisplayed():
        client = opened(tracking_uri)
        default_store = is_default(tracking_uri)
        with _failures_said(), _run(client, experiment, run_name, default_store=default_store) as info:
            _log_all(client, info.run_id, model, evaluation, explanation, final or model)
            _log_trials(client, info.experiment_id, info.run_id, model)
            if report is not None:
                client.log_artifact(info.run_id, str(report))
    return Run(info.run_id, info.experiment_id, client.tracking_uri, info.artifact_uri)


@contextlib.contextmanager
def _run(client: MlflowClient, experiment: str | None, run_name: str | None, *, default_store: bool) -> Iterator[Any]:
    """Give the run to write into: the one that is going on, which goes on, or a new one, which ends with how it went."""
    going_on = run_in_force(default_store=default_store)
    own = going_on is None or experiment is not None or run_name is not None
    info: Any = _started(client, experiment, run_name, going_on, default_store) if own else cast(Any, going_on).info
    try:
        yield info
    except BaseException:
        if own:
            with contextlib.suppress(*_mlflows_own()):
                client.set_terminated(info.run_id, status="FAILED")
        raise
    if own:
        client.set_terminated(info.run_id)


@contextlib.contextmanager
def _failures_said() -> Iterator[None]:
    try:
        yield
    except _mlflows_own() as error:
        raise UsageError(
            f"the run could not be written down in MLflow: {str(error).strip().splitlines()[0]}",
            hint="nothing trained is lost: model.save(...) keeps a model, and log_run can write the whole run again (as a run"
            " of its own with run_name=...).",
        ) from error


def _mlflows_own() -> tuple[type[Exception], ...]:
    from mlflow.exceptions import MlflowException
    from requests.exceptions import RequestException
    from sqlalchemy.exc import SQLAlchemyError

    return MlflowException, RequestException, SQLAlchemyError


def _started(
    client: MlflowClient, experiment: str | None, run_name: str | None, going_on: Any, default_store: bool
) -> Any:
    experiment_id = experiment_of(client, experiment, default_store=default_store)
    inside = going_on is not None and going_on.info.experiment_id == experiment_id
    tags = {"mlflow.parentRunId": going_on.info.run_id} if inside else {}
    return client.create_run(experiment_id, tags=tags, run_name=run_name).info


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
