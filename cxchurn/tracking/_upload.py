"""Writing a packed run down in MLflow."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxchurn._core import listed, logger
from cxchurn.tracking._record import ARTIFACTS, MODEL, Data, Measured, Record
from cxchurn.tracking._registry import register
from cxchurn.tracking._run import Run
from cxchurn.tracking._store import experiment_of, failures, run_in_force

if TYPE_CHECKING:
    from mlflow import MlflowClient

# MLflow takes no more at once
_PARAMS, _METRICS, _TAGS = 100, 1000, 100
MODEL_NAME = "model"
# the tag by which a run whose process was killed is found again: the folder in which it waited
WAITED_IN = "cxchurn.waited_in"
_NOTE = "mlflow.note.content"


def upload(client: MlflowClient, folder: Path, *, experiment: str | None, default_store: bool, own_run: bool) -> Run:
    """Write a packed run down: in the run that is going on, which goes on, or in one of its own.

    Parameters
    ----------
    client : MlflowClient
    folder : Path
        As `pack` filled it.
    experiment : str, optional
    default_store : bool
        Whether the store is the one that MLflow itself would use.
    own_run : bool
        Whether a run of its own was asked for.
    """
    record, asked = Record.read(folder)
    with _run(client, record, experiment, default_store, own_run, folder.name) as info:
        _write(client, info.run_id, record)
        client.log_artifacts(info.run_id, str(folder / ARTIFACTS))
        model_id = _model(client, info, record, folder)
        for number, inside in enumerate(record.inside, start=1):
            _nested(client, info, inside, f"{folder.name}/{number}")
        registered = None
        if asked.get("register_as"):
            registered = register(
                client,
                asked["register_as"],
                model_id,
                run_id=info.run_id,
                alias=asked.get("alias"),
                card=record.about["card"],
            )
    return Run(
        run_id=info.run_id,
        experiment_id=info.experiment_id,
        tracking_uri=client.tracking_uri,
        artifact_uri=info.artifact_uri,
        model_uri=f"models:/{model_id}",
        registered=registered,
        name=info.run_name,
        experiment=client.get_experiment(info.experiment_id).name,
        logged=_counted(record, folder),
    )


def _counted(record: Record, folder: Path) -> dict[str, int]:
    return {
        "parameters": len(record.params),
        "metrics": len({one.key for one in record.metrics}),
        "data sets": len(record.data),
        "files": sum(path.is_file() for path in (folder / ARTIFACTS).rglob("*")),
        "runs inside": len(record.inside),
    }


@contextlib.contextmanager
def _run(
    client: MlflowClient, record: Record, experiment: str | None, default_store: bool, own_run: bool, name: str
) -> Iterator[Any]:
    active = run_in_force(default_store=default_store)
    if active is not None and not own_run:
        yield active.info
        return
    experiment_id = experiment_of(client, experiment, default_store=default_store)
    inside = active is not None and active.info.experiment_id == experiment_id
    parent = {"mlflow.parentRunId": active.info.run_id} if active is not None and inside else {}
    with _begun(client, experiment_id, record.name, {**parent, WAITED_IN: name}) as info:
        yield info


@contextlib.contextmanager
def _begun(client: MlflowClient, experiment_id: str, name: str, tags: dict[str, str]) -> Iterator[Any]:
    """Begin a run that ends with the block: as finished, failed, or killed where the process is told to stop."""
    info = client.create_run(experiment_id, tags=tags, run_name=name).info
    try:
        yield info
    except BaseException as error:
        with contextlib.suppress(*failures()):
            # an interrupt or a signal to end is no Exception: nothing failed, somebody stopped it
            client.set_terminated(info.run_id, status="FAILED" if isinstance(error, Exception) else "KILLED")
        raise
    client.set_terminated(info.run_id)


def _nested(client: MlflowClient, info: Any, record: Record, name: str) -> None:
    tags = {"mlflow.parentRunId": info.run_id, WAITED_IN: name}
    with _begun(client, info.experiment_id, record.name, tags) as inside:
        _write(client, inside.run_id, record)


def _write(client: MlflowClient, run_id: str, record: Record) -> None:
    from mlflow.entities import Param, RunTag

    # what the program itself has said of its run stays as it is
    held = client.get_run(run_id).data
    tags = {
        name: value for name, value in record.tags.items() if not (name.startswith("mlflow.") and name in held.tags)
    }
    params = _not_held(record.params, held.params)
    for some in _chunks([Param(*one) for one in params.items()], _PARAMS):
        client.log_batch(run_id, params=some)
    for some in _chunks([RunTag(*one) for one in tags.items()], _TAGS):
        client.log_batch(run_id, tags=some)
    for some in _chunks(_metrics(record.metrics), _METRICS):
        client.log_batch(run_id, metrics=some)
    if record.data:
        client.log_inputs(run_id, datasets=[_dataset(one) for one in record.data])


def _not_held(ours: dict[str, str], held: dict[str, str]) -> dict[str, str]:
    """Return the parameters that a run does not hold yet: MLflow changes none, and what the program has said stands."""
    other = [name for name, value in ours.items() if held.get(name, value) != value]
    if other:
        logger.warning(
            "the run that is going on holds other values of %s: they stay; the model's own are on the model's page.",
            listed(other),
        )
    return {name: value for name, value in ours.items() if name not in held}


def _metrics(measured: Sequence[Measured], model_id: str | None = None, on: Data | None = None) -> list[Any]:
    from mlflow.entities import Metric

    now = int(time.time() * 1000)
    data = {} if on is None else {"dataset_name": on.name, "dataset_digest": on.digest}
    return [Metric(one.key, one.value, one.at or now, one.step, model_id=model_id, **data) for one in measured]


def _dataset(data: Data) -> Any:
    from mlflow.entities import Dataset, DatasetInput, InputTag

    colspec = [{"name": name, "type": kind, "required": True} for name, kind in data.columns.items()]
    dataset = Dataset(
        name=data.name,
        digest=data.digest,
        source_type="cxchurn",
        source=json.dumps({"about": "only its shape is kept: no row, no place"}),
        schema=json.dumps({"mlflow_colspec": colspec}),
        profile=json.dumps({**{f"num_{key}" if key == "rows" else key: value for key, value in data.counts.items()}}),
    )
    return DatasetInput(dataset, tags=[InputTag("mlflow.data.context", data.context)])


def _model(client: MlflowClient, info: Any, record: Record, folder: Path) -> str:
    """Write the model down as one that MLflow can load, register and serve, and return its id."""
    from mlflow.entities import LoggedModelOutput

    packed = folder / MODEL
    version = record.tags["cxchurn.model_version"]
    logged = client.create_logged_model(
        info.experiment_id,
        name=MODEL_NAME,
        source_run_id=info.run_id,
        params=dict(list(record.params.items())[:_PARAMS]),
        tags={
            **record.own,
            "cxchurn.model_version": version,
            WAITED_IN: folder.name,
            _NOTE: record.tags.get(_NOTE, ""),
        },
        model_type="churn",
    )
    try:
        _addressed(packed, logged, info.run_id)
        client.log_model_artifacts(logged.model_id, str(packed))
        client.finalize_logged_model(logged.model_id, "READY")
    except BaseException:
        with contextlib.suppress(*failures()):
            client.finalize_logged_model(logged.model_id, "FAILED")
        raise
    client.log_outputs(info.run_id, [LoggedModelOutput(logged.model_id, step=0)])
    judged_on = next((one for one in record.data if one.context == "evaluation"), None)
    for some in _chunks(_metrics(record.of_model(), logged.model_id, judged_on), _METRICS):
        client.log_batch(info.run_id, metrics=some)
    return logged.model_id


def _addressed(packed: Path, logged: Any, run_id: str) -> None:
    """Say in the packed model where it is logged."""
    from mlflow.models import Model

    about = Model.load(str(packed))
    about.model_id = about.model_uuid = logged.model_id
    about.run_id, about.artifact_path = run_id, logged.artifact_location
    about.save(str(packed / "MLmodel"))


def _chunks(items: list[Any], size: int) -> Iterator[list[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
