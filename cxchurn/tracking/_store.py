"""The MLflow store: where it is, whether it answers, and which experiment and run are meant."""

from __future__ import annotations

import os
import ssl
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cxchurn._core import UsageError, write_whole
from cxchurn.tracking._alone import alone, database_file
from cxchurn.tracking._run import shown

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run as MlflowRun

EXPERIMENT = "cxchurn"
# MLflow itself would try for minutes before it says that nobody is there
_SECONDS = 5
# three tries: a server behind a gateway that has just been started answers 503 for a moment
_PAUSES = (1, 2, 0)
# what kind of experiment it is: otherwise its pages open as those of language models
_KIND = {"mlflow.experimentKind": "custom_model_development"}
# what gateways answer where the server behind them is not there
_ABSENT = (500, 502, 503, 504)


def opened(tracking_uri: str | None) -> MlflowClient:
    """Return a client of a store that answers; a local database is made by one process at a time."""
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    where = address_of(tracking_uri)
    try:
        if where.startswith(("http://", "https://")):
            _check_answers(where)
        with alone(where):
            _make_whole(where)
            client = MlflowClient(tracking_uri)
            client.search_experiments(max_results=1)
    except (MlflowException, SQLAlchemyError, OSError, ImportError) as error:
        # an import fails where a database has no driver
        raise _unusable(where, str(error)) from error
    return client


def _make_whole(where: str) -> None:
    """Make a local database where there is none yet: beside its place, for one that is killed half-made is ruined for good."""
    from mlflow import MlflowClient

    file = database_file(where)
    if file is not None and not (file.exists() and file.stat().st_size):
        write_whole(file, lambda beside: MlflowClient(f"sqlite:///{beside}").search_experiments(max_results=1))


def experiment_of(client: MlflowClient, name: str | None, *, default_store: bool) -> str:
    """Return the id of an experiment, made where there is none.

    Parameters
    ----------
    client : MlflowClient
    name : str or None
        Its name; without one that of ``mlflow.set_experiment`` or of the environment (``MLFLOW_EXPERIMENT_ID``,
        ``MLFLOW_EXPERIMENT_NAME``), if any, else "cxchurn".
    default_store : bool
        Whether the store is the one that MLflow itself would use: what is set there says nothing about another one.
    """
    from mlflow.exceptions import MlflowException

    chosen = os.environ.get("MLFLOW_EXPERIMENT_ID") if name is None and default_store else None
    if chosen:
        try:
            return client.get_experiment(chosen).experiment_id
        except MlflowException as error:
            raise UsageError(
                f"the MLflow store has no experiment with the id {chosen!r}, which MLFLOW_EXPERIMENT_ID names.",
                hint="mlflow.set_experiment(...), or experiment=... in log_run.",
            ) from error
    if name is None:
        name = (os.environ.get("MLFLOW_EXPERIMENT_NAME") if default_store else None) or EXPERIMENT
    found = _by_name(client, name)
    if found is not None:
        return found
    try:
        return client.create_experiment(name, artifact_location=_beside(client.tracking_uri, name), tags=_KIND)
    except MlflowException:
        # another process was quicker
        found = _by_name(client, name)
        if found is None:
            raise
        return found


def run_in_force(*, default_store: bool) -> MlflowRun | None:
    """Return the run that the program has started and not ended, if it is in this store."""
    import mlflow

    if not default_store:
        return None
    run = mlflow.active_run()
    given = os.environ.get("MLFLOW_RUN_ID")
    return mlflow.MlflowClient().get_run(given) if run is None and given else run


def address_of(tracking_uri: str | None) -> str:
    """Return the address of a store: MLflow's own where none is given."""
    from mlflow import get_tracking_uri

    return tracking_uri or get_tracking_uri()


def is_default(tracking_uri: str | None) -> bool:
    """Whether a store is the one that MLflow itself would use."""
    from mlflow import get_tracking_uri

    return tracking_uri is None or tracking_uri == get_tracking_uri()


def _by_name(client: MlflowClient, name: str) -> str | None:
    found = client.get_experiment_by_name(name)
    if found is not None and found.lifecycle_stage == "deleted":
        raise UsageError(
            f"the experiment {name!r} was deleted from the MLflow store.",
            hint=f"name another one, or restore it: mlflow experiments restore -x {found.experiment_id}",
        )
    return None if found is None else found.experiment_id


def _beside(tracking_uri: str, name: str) -> str | None:
    """Name the folder of files beside a local database; MLflow itself would take the working directory."""
    database = database_file(tracking_uri)
    return None if database is None else str(database.parent / "mlruns" / name)


def _check_answers(tracking_uri: str) -> None:
    """Raise within seconds where no server answers, or one that says it cannot."""
    parts = urlsplit(tracking_uri)
    address = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}/health"
    said = ""
    for pause in _PAUSES:
        try:
            with urllib.request.urlopen(address, timeout=_SECONDS):
                return
        except urllib.error.HTTPError as error:
            if error.code not in _ABSENT:
                return  # it answers: whether it lets us in is MLflow's to find out
            said = f"it answers {error.code} ({error.reason})"
            time.sleep(pause)
        except urllib.error.URLError as error:
            if isinstance(error.reason, ssl.SSLError):
                return
            raise _unusable(tracking_uri, f"no server answers ({error.reason})") from error
        except TimeoutError as error:
            raise _unusable(tracking_uri, f"no server answers within {_SECONDS} seconds") from error
    raise _unusable(tracking_uri, said)


def failures() -> tuple[type[Exception], ...]:
    """Return what MLflow and what it stands on may raise where a store fails."""
    from mlflow.exceptions import MlflowException
    from requests.exceptions import RequestException
    from sqlalchemy.exc import SQLAlchemyError

    return MlflowException, RequestException, SQLAlchemyError


def _unusable(tracking_uri: str, why: str) -> UsageError:
    return UsageError(
        f"the MLflow store {shown(tracking_uri)} cannot be used: {(why.strip().splitlines() or ['no reason is given'])[0]}",
        allowed="a local store such as 'sqlite:///mlflow.db', or the address of a tracking server that answers",
        hint="check the address and that you may write there.",
    )
