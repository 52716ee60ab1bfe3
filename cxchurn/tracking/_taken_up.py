"""Runs whose process was killed while it wrote them down: the next one does so, and ends what was begun."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxchurn._core import CxchurnError, logger
from cxchurn.tracking._patience import patience
from cxchurn.tracking._record import FILE, Record
from cxchurn.tracking._store import experiment_of, failures, is_default, opened
from cxchurn.tracking._upload import WAITED_IN, upload
from cxchurn.tracking._waiting import left_behind, remove

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run as MlflowRun


def store_said(tracking_uri: str) -> str:
    """Return by what a folder knows the store that its run is for: no address, which may hold a password."""
    return hashlib.sha256(tracking_uri.encode()).hexdigest()


def check_store(tracking_uri: str | None = None) -> None:
    """Make sure that runs can be written down there, before the work that is to be written down.

    Runs whose process was killed while it wrote them down are written down first; see `log_run`.

    Parameters
    ----------
    tracking_uri : str, optional
        The MLflow store, as in `log_run`. A local database is made where there is none.

    Raises
    ------
    UsageError
        Where the store cannot be used.
    """
    with patience():
        take_up(opened(tracking_uri))


def take_up(client: MlflowClient) -> None:
    """Write the runs down that wait here for this store, and that nobody writes down any more.

    Parameters
    ----------
    client : MlflowClient
        Of the store; what was to go to another one goes on waiting.
    """
    caught: tuple[type[Exception], ...] = (CxchurnError, OSError, *failures())
    with left_behind() as folders:
        for folder in folders:
            try:
                _taken_up(client, folder)
            except caught as error:
                logger.warning("the run of a killed process in %s could not be written down: %s", folder, error)


def _taken_up(client: MlflowClient, folder: Path) -> None:
    if not (folder / FILE).is_file():
        # killed before it was packed: nothing of it is in any store
        remove(folder)
        return
    _, asked = Record.read(folder)
    if asked["store"] != store_said(client.tracking_uri):
        logger.warning("a run for another MLflow store waits in %s: cx.log_saved(...) writes it down.", folder)
        return
    experiments = [one.experiment_id for one in client.search_experiments()]
    begun = _begun(client, experiments, folder.name)
    _end(client, experiments, folder.name, begun)
    if not any(run.data.tags[WAITED_IN] == folder.name and run.info.status == "FINISHED" for run in begun):
        run_id = _written(client, folder, asked)
        logger.warning("a process was killed while it wrote a run to MLflow: it is written down now, as %s.", run_id)
    remove(folder)


def _begun(client: MlflowClient, experiments: list[str], name: str) -> list[MlflowRun]:
    """Return the run that is in the store already, and those inside it."""
    return list(client.search_runs(experiments, filter_string=f"tags.`{WAITED_IN}` LIKE '{name}%'"))


def _end(client: MlflowClient, experiments: list[str], name: str, begun: list[MlflowRun]) -> None:
    for run in begun:
        if run.info.status == "RUNNING":
            client.set_terminated(run.info.run_id, status="KILLED")
    for model in client.search_logged_models(experiments, filter_string=f"tags.`{WAITED_IN}` = '{name}'"):
        if model.status == "PENDING":
            client.finalize_logged_model(model.model_id, "FAILED")


def _written(client: MlflowClient, folder: Path, asked: dict[str, Any]) -> str:
    where = experiment_of(client, asked["experiment"], default_store=is_default(client.tracking_uri))
    name = client.get_experiment(where).name
    # never into a run that this process has going on: that is another one
    return upload(client, folder, experiment=name, default_store=False, own_run=True).run_id
