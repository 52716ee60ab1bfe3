"""The registry: versions under a name, aliases that say which one serves, and models found by their address."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxchurn._core import UsageError, scratch_folder
from cxchurn.tracking._patience import patience
from cxchurn.tracking._run import shown
from cxchurn.tracking._store import failures, opened

if TYPE_CHECKING:
    from mlflow import MlflowClient

_VERSIONS = "mlflow.modelVersions"
# of a description, in databases that hold to it
_LONGEST_CARD = 5_000
_ROOM = "\u2003\u200b"
_REST = "\n\n(The rest is in the run's artifacts: model_card.md.)"
_NUMBER = re.compile(r"v\d+")
# what tags of the user's own do not begin with
_NOT_THEIRS = ("mlflow.", "cxchurn.")
# how stores say that there is no such model, and no such alias
_ABSENT = ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE")


def check_asked(register_as: str | None, alias: str | None, tags: Mapping[str, str] | None) -> None:
    """Refuse a name, an alias or tags that the registry would refuse, before any work."""
    _check_names(register_as, alias)
    _check_tags(tags)


def _check_names(register_as: str | None, alias: str | None) -> None:
    if alias is not None and register_as is None:
        raise UsageError(
            f"alias={alias!r} is given without a name to register the model as.", hint='register_as="churn"'
        )
    if register_as is not None and (not register_as.strip() or any(sign in register_as for sign in "/:")):
        raise UsageError(
            f"register_as is {register_as!r}.", allowed="a name without / and :", hint='register_as="churn"'
        )
    if alias is not None and (
        not re.fullmatch(r"[\w-]+", alias) or _NUMBER.fullmatch(alias.lower()) or alias.lower() == "latest"
    ):
        raise UsageError(
            f"alias is {alias!r}.",
            allowed="letters, digits, _ and -, but neither 'latest' nor a version such as 'v3'",
            hint='alias="challenger"',
        )


def _check_tags(tags: Mapping[str, str] | None) -> None:
    for name, value in (tags or {}).items():
        if not (isinstance(name, str) and isinstance(value, str)) or name.startswith(_NOT_THEIRS):
            raise UsageError(
                f"the tag {name!r} is {value!r}.",
                allowed=f"text by text, under names that do not begin with {' or '.join(_NOT_THEIRS)}",
                hint='tags={"team": "crm"}',
            )


def register(
    client: MlflowClient, name: str, model_id: str, *, run_id: str, alias: str | None = None, card: str = ""
) -> str:
    """Make a logged model a version of a registered one, and return its address; a failure leaves no empty entry.

    Parameters
    ----------
    client : MlflowClient
    name : str
    model_id : str
    run_id : str
    alias : str, optional
        The alias that moves to the version.
    card : str
        The version's description.
    """
    fresh = _made(client, name)
    try:
        source = client.get_logged_model(model_id).artifact_location
        version = client.create_model_version(
            name, source, run_id=run_id, model_id=model_id, description=_shown(card)
        ).version
    except BaseException:
        if fresh:
            with contextlib.suppress(*failures()):
                client.delete_registered_model(name)
        raise
    _linked(client, model_id, name, version)
    if alias is not None:
        client.set_registered_model_alias(name, alias, version)
    return f"models:/{name}/{version}"


def _shown(card: str) -> str:
    """Return a card as MLflow's page shows it best, as long as a registry takes it, cut off between lines.

    Between the columns of a table the page leaves no room, and blanks at the end of a cell it drops, but for one that
    something without a width follows.
    """
    # no longer than it was: a table takes what it may
    lines = [line.replace(" | ", f"{_ROOM}|") if _is_row(line) else line for line in card.split("\n")]
    card = "\n".join(lines)
    if len(card) <= _LONGEST_CARD:
        return card
    return card[: _LONGEST_CARD - len(_REST)].rpartition("\n")[0] + _REST


def _is_row(line: str) -> bool:
    """Whether a line is a row of a table with content, not the one that says how its columns are aligned."""
    return line.startswith("| ") and not set(line) <= set("|:- ")


def _linked(client: MlflowClient, model_id: str, name: str, version: str) -> None:
    """Say on the model's page which version of what it is, as MLflow's own `register_model` does."""
    held = json.loads(client.get_logged_model(model_id).tags.get(_VERSIONS, "[]"))
    said = {"name": name, "version": version}
    if said not in held:
        client.set_logged_model_tags(model_id, {_VERSIONS: json.dumps([*held, said])})


def _made(client: MlflowClient, name: str) -> bool:
    """Make the registered model where there is none, and return whether that was needed."""
    from mlflow.exceptions import MlflowException

    try:
        client.get_registered_model(name)
        return False
    except MlflowException:
        try:
            client.create_registered_model(name, description="Churn models by cxchurn; each version has its card.")
            return True
        except MlflowException:
            # another process was quicker
            client.get_registered_model(name)
            return False


@contextlib.contextmanager
def fetched(address: str, *, tracking_uri: str | None = None) -> Iterator[Path]:
    """Bring a model that MLflow keeps into a temporary folder, for as long as the block lasts.

    Parameters
    ----------
    address : str
        ``"models:/churn@champion"``, ``"models:/churn/3"``, ``"models:/m-..."``, ``"runs:/<run>/model"``.
    tracking_uri : str, optional
        The MLflow store. Default: MLflow's own.
    """
    with scratch_folder() as scratch:
        yield fetch_model(address, to=scratch, tracking_uri=tracking_uri)


def fetch_model(address: str, *, to: str | Path, tracking_uri: str | None = None) -> Path:
    """Bring a model that MLflow keeps into a folder, for services and clusters that know nothing of MLflow.

    Parameters
    ----------
    address : str
        ``"models:/churn@champion"``, ``"models:/churn/3"``, ``"models:/m-..."``, ``"runs:/<run>/model"``.
    to : path
        The folder; made where there is none.
    tracking_uri : str, optional
        The MLflow store. Default: MLflow's own.

    Returns
    -------
    Path
        The folder of the model itself, for `load_model` and everything that takes a model's folder.

    Examples
    --------
    >>> folder = cx.fetch_model("models:/churn@champion", to="build")  # doctest: +SKIP
    >>> scorer = cx.OnlineScorer(folder)  # doctest: +SKIP
    """
    import mlflow.artifacts

    with patience():
        client = opened(tracking_uri)
        try:
            Path(to).mkdir(parents=True, exist_ok=True)
            place = _place(client, address)
            found = mlflow.artifacts.download_artifacts(
                artifact_uri=place, dst_path=str(to), tracking_uri=client.tracking_uri
            )
        except failures() as error:
            raise _not_found(address, client.tracking_uri, error) from error
        except OSError as error:
            raise UsageError(f"{address} cannot be brought to {to}: {error.strerror or error}.") from error
    return model_folder(Path(found))


def _place(client: MlflowClient, address: str) -> str:
    """Return where the files of a model lie; MLflow's own look-up asks the store that is set, whichever is meant."""
    scheme, _, rest = address.partition(":/")
    if scheme == "runs":
        return _of_run(client, *rest.strip("/").partition("/")[::2])
    name, _, which = rest.strip("/").partition("@" if "@" in rest else "/")
    if not which:
        return client.get_logged_model(name).artifact_location
    if "@" in rest:
        version = client.get_model_version_by_alias(name, which)
    elif which == "latest":
        version = client.get_model_version(name, str(max(int(one.version) for one in _versions(client, name))))
    else:
        version = client.get_model_version(name, which)
    if version.model_id:
        return client.get_logged_model(version.model_id).artifact_location
    return client.get_model_version_download_uri(name, version.version)


def _versions(client: MlflowClient, name: str) -> list[Any]:
    from mlflow.exceptions import MlflowException

    found = list(client.search_model_versions(f"name = '{name}'"))
    if not found:
        raise MlflowException(f"no model {name} is registered")
    return found


def _of_run(client: MlflowClient, run_id: str, path: str) -> str:
    run = client.get_run(run_id)
    outputs = run.outputs.model_outputs if run.outputs is not None else []
    for output in outputs:
        logged = client.get_logged_model(output.model_id)
        if logged.name == path:
            return logged.artifact_location
    return f"{run.info.artifact_uri}/{path}"


def model_folder(folder: Path) -> Path:
    """Return the folder of the model itself inside one that MLflow made."""
    from cxchurn.tracking.served import DATA

    if (folder / DATA).is_dir():
        return folder / DATA
    if (folder / "manifest.json").is_file():
        return folder
    raise UsageError(
        f"{folder} is a model of MLflow's, but none that cxchurn logged.",
        allowed="a model that cx.log_run wrote down",
        hint="mlflow.pyfunc.load_model(...) loads others.",
    )


def _not_found(address: str, store: str, error: Exception) -> UsageError:
    why = (str(error).strip().splitlines() or ["no reason is given"])[0]
    return UsageError(
        f"there is no model {address} in the MLflow store {shown(store)}: {why}",
        allowed="'models:/<name>@<alias>', 'models:/<name>/<version>', 'runs:/<run>/model'",
        hint="MLFLOW_TRACKING_URI, or mlflow.set_tracking_uri(...), says which store is asked.",
    )


def version_of(client: MlflowClient, name: str, alias: str) -> Any:
    """Return the version that an alias names, None where there is none.

    Raises
    ------
    UsageError
        Where the registry does not answer: that says nothing about whether there is one.
    """
    try:
        return client.get_model_version_by_alias(name, alias)
    except failures() as error:
        if getattr(error, "error_code", None) in _ABSENT:
            return None
        why = (str(error).strip().splitlines() or ["no reason is given"])[0]
        raise UsageError(
            f"the registry does not say which version of {name!r} is {alias!r}: {why}", hint="try again."
        ) from error
