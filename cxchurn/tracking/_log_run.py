"""Writing a training run down in MLflow."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sklearn.utils.validation import check_is_fitted

from cxchurn._core import CxchurnError, UsageError, not_autologged, step
from cxchurn.evaluation import Backtest, Evaluation
from cxchurn.explanation import Explanation
from cxchurn.model import ChurnModel
from cxchurn.report import undisplayed
from cxchurn.tracking._pack import Told, pack
from cxchurn.tracking._patience import patience
from cxchurn.tracking._record import Record
from cxchurn.tracking._registry import check_asked
from cxchurn.tracking._run import Run
from cxchurn.tracking._store import address_of, failures, is_default, opened
from cxchurn.tracking._taken_up import store_said, take_up
from cxchurn.tracking._upload import upload
from cxchurn.tracking._waiting import claimed, waiting


def log_run(
    model: ChurnModel,
    evaluation: Evaluation | None = None,
    explanation: Explanation | None = None,
    *,
    final: ChurnModel | None = None,
    backtest: Backtest | None = None,
    report: str | Path | None = None,
    experiment: str | None = None,
    run_name: str | None = None,
    register_as: str | None = None,
    alias: str | None = None,
    tags: Mapping[str, str] | None = None,
    tracking_uri: str | None = None,
) -> Run:
    """Write a training run down: parameters, data, metrics with intervals, tables, figures, and a model that can be served.

    Where a run of the program's own is going on (``mlflow.start_run``), it is written into that one, unless `experiment` or
    `run_name` is given. Each trial of a tuning and each origin of a backtest is a run of its own inside the run. The model
    takes the raw interactions of some customers and answers with one row a customer: `mlflow.pyfunc.load_model`,
    ``mlflow models serve``, `load_model`.

    Everything is put into a folder first (``cxchurn-unlogged``), which is gone once it is written down. Where the server does
    not take it, the folder stays, and `log_saved` writes it down later. Where the process is stopped or killed meanwhile, the
    next one that writes to the same store from there writes it down, and marks what had been begun as killed.

    No customer's data is written: of the log only its fingerprint, of the panel only its summary. MLflow's own telemetry is
    switched off, unless ``MLFLOW_DISABLE_TELEMETRY`` says otherwise.

    Parameters
    ----------
    model : ChurnModel
        The fitted model that was evaluated.
    evaluation : Evaluation, optional
    explanation : Explanation, optional
    final : ChurnModel, optional
        The model to keep, if it is another than the one evaluated (trained on the whole panel, say): parameters are of it.
    backtest : Backtest, optional
    report : path, optional
        The HTML report, to keep beside the run as it is: one written with scores shows a few customers.
    experiment : str, optional
        Default: that of ``mlflow.set_experiment`` or of the environment (``MLFLOW_EXPERIMENT_NAME``,
        ``MLFLOW_EXPERIMENT_ID``), else "cxchurn".
    run_name : str, optional
        Default: the question, until when the model learned, and its version.
    register_as : str, optional
        The name in the registry under which the model becomes a new version, with its card.
    alias : str, optional
        The alias that then names this version, such as ``"challenger"``.
    tags : mapping of str to str, optional
        Tags of your own for the run and the model, such as ``{"team": "crm"}``.
    tracking_uri : str, optional
        The MLflow store. Default: MLflow's own, as ``mlflow.set_tracking_uri`` or ``MLFLOW_TRACKING_URI`` say, else a local
        SQLite file ``mlflow.db``. The files of a local SQLite store lie beside it, in ``mlruns``.

    Returns
    -------
    Run

    Raises
    ------
    UsageError
        Where the store cannot be used, which is found out within seconds, or fails on the way; the error names the folder in
        which the run waits.

    Examples
    --------
    Needs a store of MLflow's:

    >>> run = cx.log_run(model, evaluation, explanation, register_as="churn", alias="challenger")  # doctest: +SKIP
    >>> cx.load_model("models:/churn@challenger")  # doctest: +SKIP
    """
    for one in (model, final or model):
        if not isinstance(one, ChurnModel):
            raise UsageError(
                f"log_run writes a ChurnModel down, not a {type(one).__name__}.",
                hint="a pipeline of scikit-learn is logged by mlflow.sklearn.log_model; the tables of an evaluation by"
                " mlflow.log_table.",
            )
        check_is_fitted(one, "version_")
    check_asked(register_as, alias, tags)
    if report is not None and not Path(report).is_file():
        raise UsageError(f"there is no report {report}.", hint="cx.write_report(...) writes one.")
    told = Told(model, final or model, evaluation, explanation, backtest, None if report is None else Path(report))
    asked = {"register_as": register_as, "alias": alias, "experiment": experiment}
    store = store_said(address_of(tracking_uri))
    # into a folder first: a server that fails half-way leaves a run that can be written down again, not half a run
    with step("writing the run to MLflow"), waiting(told.final.version_) as folder:
        with patience(), not_autologged(), undisplayed():
            pack(told, folder, name=run_name, tags=tags, store=store, **asked)
        return _written(folder, experiment, tracking_uri, own_run=experiment is not None or run_name is not None)


def log_saved(folder: str | Path, *, experiment: str | None = None, tracking_uri: str | None = None) -> Run:
    """Write a run down that waits in a folder because no server took it; the folder stays.

    Parameters
    ----------
    folder : path
        As the error of `log_run` named it.
    experiment, tracking_uri : str, optional
        As in `log_run`.

    Returns
    -------
    Run

    Raises
    ------
    DataError
        Where the folder holds no run that waits.
    UsageError
        Where the store cannot be used.

    Examples
    --------
    Needs a store of MLflow's:

    >>> cx.log_saved("cxchurn-unlogged/32f07488e9f8-4d1c")  # doctest: +SKIP
    """
    _, asked = Record.read(Path(folder))
    where = experiment if experiment is not None else asked.get("experiment")
    with step("writing the run to MLflow"), claimed(Path(folder)):
        return _written(Path(folder), where, tracking_uri, own_run=where is not None or asked["named"])


def _written(folder: Path, experiment: str | None, tracking_uri: str | None, *, own_run: bool) -> Run:
    with patience(), not_autologged():
        try:
            client = opened(tracking_uri)
            take_up(client)
            default_store = is_default(tracking_uri)
            return upload(client, folder, experiment=experiment, default_store=default_store, own_run=own_run)
        except CxchurnError as error:
            raise UsageError(error.found, allowed=error.allowed, hint=_later(folder, error.hint)) from error
        except failures() as error:
            why = (str(error).strip().splitlines() or ["no reason is given"])[0]
            raise UsageError(f"the run could not be written down in MLflow: {why}", hint=_later(folder)) from error


def _later(folder: Path, hint: str | None = None) -> str:
    kept = f"Nothing trained is lost: the run waits in {folder}. Write it down later: cx.log_saved({str(folder)!r})"
    return kept if hint is None else f"{hint} {kept}"
