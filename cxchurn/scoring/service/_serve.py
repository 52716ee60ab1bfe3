"""The doors of the service: an application for one's own server, and a server that runs it."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxchurn._core import UsageError, folder_of, logger, require
from cxchurn.scoring.service._limits import Limits
from cxchurn.words import language_of

if TYPE_CHECKING:
    from cxchurn.scoring.online import OnlineScorer

_PURPOSE = "a service over HTTP"
# how a worker learns what it serves; nothing in it is secret
_SERVED = "CXCHURN_SERVED"
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
# seconds that answers on their way have, once the service is told to stop
_GRACE = 20


def serve_app(scorer: OnlineScorer, *, limits: Limits | None = None) -> Any:
    """Return a web application that takes events and answers with scores, for a server of your own.

    It has ``POST /events``, ``GET /customers/{id}/score``, ``POST /score`` (stateless), ``PUT /customers/{id}/attributes``,
    ``DELETE /customers/{id}``, ``GET /health``, ``/ready``, ``/model`` and ``/metrics``. It asks nobody who they are: put it
    behind your own gateway.

    Parameters
    ----------
    scorer : OnlineScorer
        What answers; closed when the application stops.
    limits : Limits, optional
        How much is taken at a time.

    Returns
    -------
    fastapi.FastAPI

    Examples
    --------
    >>> cx.serve_app(cx.OnlineScorer("churn-model")).title
    'cxchurn'
    """
    require("fastapi", extra="serve", purpose=_PURPOSE)
    # here, not above: whoever only scores needs no web framework
    from cxchurn.scoring.service._app import app_of

    return app_of(scorer, limits or Limits())


def serve(
    model: str | Path,
    *,
    store: str | None = None,
    host: str = "127.0.0.1",
    port: int = 8000,
    workers: int = 1,
    limits: Limits | None = None,
    trust: Sequence[str] = (),
    language: str | Path | None = None,
) -> None:
    """Serve a saved model over HTTP until told to stop; then answers on their way are finished and the store is closed.

    Parameters
    ----------
    model : path
        The folder of a saved model, or its address in MLflow (``"models:/churn@champion"``), which is looked up once: all
        workers serve the version that it names then.
    store : str, optional
        Where events are kept, such as ``"sqlite:///events.db"``; default: in memory, so that they are gone with the process.
    host : str, default "127.0.0.1"
        The address to listen at; by default only this machine can ask. Nobody is asked who they are.
    port : int, default 8000
        The port.
    workers : int, default 1
        How many processes answer; more than one only with a store, for each of them has to know all events.
    limits : Limits, optional
        How much is taken at a time.
    trust : sequence of str, optional
        Where your own builders are found, if the model uses any, such as ``"my_builders:Weekends"``.
    language : path, optional
        A language file, in whose words reasons are said; see `in_language`.
    """
    uvicorn = require("uvicorn", extra="serve", purpose=_PURPOSE)
    if workers > 1 and store is None:
        raise UsageError(
            f"{workers} workers cannot share events that are in memory: each would know those it was sent.",
            allowed="one worker, or several with a store",
            hint="add --store sqlite:///events.db, or keep one worker.",
        )
    if host not in _LOOPBACK:
        logger.warning(
            "listening at %s: whoever reaches it can read and change what is known; nobody is asked who they are", host
        )
    if language is not None:
        language_of(language)  # what is wrong with it is said before anything is started
    how = {"host": host, "port": port, "log_level": "warning", "access_log": False, "timeout_keep_alive": 5}
    how |= {"limit_concurrency": (limits or Limits()).max_requests, "timeout_graceful_shutdown": _GRACE}
    with folder_of(model) as folder:
        given = {"model": str(folder), "store": store, "trust": list(trust), "limits": asdict(limits or Limits())}
        given |= {"language": None if language is None else str(Path(language).absolute())}
        by = f" by {workers} workers" if workers > 1 else ""
        _run(uvicorn, given, how, workers, f"serving {model} at http://{host}:{port}{by} until told to stop")
    logger.info("stopped: every answer was given")


def _run(uvicorn: Any, given: dict[str, Any], how: dict[str, Any], workers: int, says: str) -> None:
    # made before the port is opened: what is wrong with the model is said at once, not to the first who asks
    app = _app_from(given) if workers == 1 else None
    # a worker is a fresh process of which uvicorn only knows the name of a function
    os.environ[_SERVED] = json.dumps(given)
    logger.info("%s", says)
    with _stopped_softly():
        if app is not None:
            uvicorn.Server(uvicorn.Config(app, **how)).run()
        else:
            uvicorn.run(f"{__name__}:app_of_worker", factory=True, workers=workers, **how)


def app_of_worker() -> Any:
    """Return the application of one worker process, by what its parent was told to serve."""
    return _app_from(json.loads(os.environ[_SERVED]))


def _app_from(given: dict[str, Any]) -> Any:
    from cxchurn._core.running._compiled import start_lean
    from cxchurn.model import in_language, load_fitted
    from cxchurn.scoring.online import OnlineScorer
    from cxchurn.scoring.service._warm import warm_up

    model, trust = given["model"], given["trust"]
    if given["language"] is not None:
        start_lean()
        model, trust = in_language(load_fitted(model, trust=trust), given["language"]), ()
    scorer = OnlineScorer(model, store=given["store"], trust=trust)
    warm_up(scorer)
    return serve_app(scorer, limits=Limits(**given["limits"]))


@contextmanager
def _stopped_softly() -> Iterator[None]:
    """Let the server alone act on signals: it raises them once more when it has ended, which is then the end of it."""
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = [signal.signal(number, lambda *_: None) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
