"""The commands around a service: starting one, and compiling beforehand for it."""

from __future__ import annotations

from typing import Annotated

import typer

from cxchurn.cli._options import LanguageFile, Trust
from cxchurn.cli._own import own_classes
from cxchurn.cli._say import say

app = typer.Typer()


@app.command()
def serve(
    model: Annotated[
        str, typer.Option("--model", metavar="MODEL", help="Folder of a saved model, or its address in MLflow.")
    ],
    store: Annotated[
        str | None,
        typer.Option(
            "--store", metavar="URL", help="Such as sqlite:///events.db.  [default: in memory, gone at the end]"
        ),
    ] = None,
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", metavar="N", min=1, max=65535, help="The port.")] = 8000,
    workers: Annotated[
        int, typer.Option("--workers", metavar="N", min=1, help="Processes; several only with --store.")
    ] = 1,
    max_bytes: Annotated[
        int, typer.Option("--max-bytes", metavar="N", min=1, help="The largest body of a request.")
    ] = 4_000_000,
    max_events: Annotated[
        int, typer.Option("--max-events", metavar="N", min=1, help="The most events in a request.")
    ] = 10_000,
    language: LanguageFile = None,
    trust: Trust = None,
) -> None:
    """Answer over HTTP: events in, one customer's score out.

    Asks nobody who they are: put it behind your own gateway. GET /openapi.json describes every address.
    """
    from cxchurn.scoring.service import Limits, serve

    own_classes(trust or ())
    limits = Limits(max_bytes, max_events)
    serve(
        model, store=store, host=host, port=port, workers=workers, limits=limits, trust=trust or (), language=language
    )


@app.command(name="compile")
def compile_(
    model: Annotated[
        str | None,
        typer.Option("--model", metavar="MODEL", help="A saved model that is to be ready too: its folder or address."),
    ] = None,
    trust: Trust = None,
) -> None:
    """Compile beforehand what is compiled at its first use.

    For a container's build: NUMBA_CACHE_DIR names the folder that keeps it.
    """
    from cxchurn.scoring import compile_kernels

    say(str(compile_kernels(model, trust=own_classes(trust or ()))))
