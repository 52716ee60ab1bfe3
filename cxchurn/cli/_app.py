"""The command line: text in, exit code out."""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import typer

import cxchurn as cx
from cxchurn._core import CxchurnError, logger, said_in_files, shown_progress
from cxchurn.cli._log_part import log_options, log_part
from cxchurn.cli._options import (
    READING,
    CustomersTable,
    Database,
    MemoryLimit,
    ObservedUntil,
    OnError,
    Quarantine,
    Question,
    Schemas,
    Uri,
    chosen,
    option,
)
from cxchurn.cli.commands import (
    _commands,
    _explain_app,
    _looking,
    _promote_app,
    _report_app,
    _score_app,
    _serving,
    _words_app,
)

_STOPPED, _ENDED, _UNREAD = 130, 143, 141
_INTERRUPTED = "Query interrupted"
# the signals to end that came
_signals: list[int] = []
app = typer.Typer(
    help="Predict which customers are about to leave, and why, from the interactions they had with you.",
    epilog="Exit codes: 0 done; 1 the data broke its contract; 2 wrong usage, or a place that cannot be written to;"
    " 3 the model and the log do not fit; 130 and 143 stopped; 141 nobody read the output.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # plain text: an option keeps to its line in 80 columns, and [brackets] are shown
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
)

LogPaths = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="LOG...", help="Parquet, CSV or JSON lines: a file, a folder or a 'pattern*'; or a TOML of sources."
    ),
]


@app.command()
def demo(
    out: Annotated[
        Path, typer.Option("--out", metavar="FOLDER", help="Folder for the model, scores and report.")
    ] = Path("demo"),
) -> None:
    """Go from the sample log to scored customers with reasons.

    Trains, judges, explains, tracks, scores and writes a report; takes one to three minutes.
    """
    _commands.demo(out)


@app.command()
def validate(
    log: LogPaths = None,
    schema: Schemas = None,
    query: Question = None,
    uri: Uri = None,
    database: Database = None,
    customers: CustomersTable = None,
    quarantine: Annotated[
        Path | None,
        typer.Option("--quarantine", metavar="FILE", help="Write the refused rows to this Parquet file."),
    ] = None,
    as_json: Annotated[bool, option("--json", None, "Print everything as JSON, with all tables.")] = False,
) -> None:
    """Check an interaction log, and say what it holds.

    Tells every broken rule with counts and examples. Exit code 1 if any row breaks one.
    """
    of_log = log_options(
        log or [], schema or [], query=query, uri=uri, database=database, command="validate", customers=customers
    )
    raise typer.Exit(_commands.validate(log_part(of_log), quarantine, as_json=as_json))


@app.command(name="schema")
def schema_(
    log: LogPaths = None,
    query: Question = None,
    uri: Uri = None,
    database: Database = None,
) -> None:
    """Write down what the columns of a log seem to mean.

    A TOML file to be corrected: cxchurn schema orders.csv > schema.toml.
    """
    of_log = log_options(log or [], query=query, uri=uri, database=database, command="schema")
    _commands.schema(log_part(of_log))


@app.command()
def train(
    config: Annotated[Path, typer.Argument(metavar="TRAIN.TOML", help="Such as pipelines/train.toml.")],
    tune: Annotated[
        int | None,
        typer.Option("--tune", metavar="N", min=1, help="Try N sets of parameters first.  [default: none]"),
    ] = None,
    on_error: OnError = None,
    quarantine: Quarantine = None,
    observed_until: ObservedUntil = None,
    memory_limit: MemoryLimit = None,
) -> None:
    """Train a model as a TOML file says.

    Fits on earlier cut-offs, judges on later ones, writes it down in MLflow, and saves it.
    """
    _commands.train(config, tune, log_options(**chosen(locals(), *READING)))


app.command()(_score_app.score)
app.command()(_score_app.compare)
app.command()(_explain_app.explain)
app.command()(_words_app.words)
app.command()(_promote_app.promote)
app.command()(_report_app.report)


@app.command()
def simulate(
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Folder for the files.")],
    customers: Annotated[int, typer.Option("--customers", metavar="N", min=1, help="How many customers.")] = 2000,
    start: Annotated[str, typer.Option("--start", metavar="DATE", help="First day.")] = "2023-07-01",
    end: Annotated[str, typer.Option("--end", metavar="DATE", help="Day after the last.")] = "2025-01-01",
    random_state: Annotated[int, typer.Option("--random-state", metavar="N", min=0, help="Seed.")] = 0,
) -> None:
    """Simulate a company where experience drives leaving.

    Writes what the company would have, and the truth beside it.
    """
    _commands.simulate(out, customers, start, end, random_state)


app.registered_commands += [*_looking.app.registered_commands, *_serving.app.registered_commands]


@app.callback(invoke_without_command=True)
def _version(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        typer.echo(f"cxchurn {cx.__version__}")
        raise typer.Exit


@cache
def _command() -> Any:
    """All commands, put together from their functions; that takes a while, so that a process does it once."""
    return typer.main.get_command(app)


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit code."""
    try:
        with shown_progress(), _messages_shown(), said_in_files():
            _command()(arguments, prog_name="cxchurn")
    except SystemExit as end:  # how typer ends, after it has said what is wrong with the command line
        code = int(end.code or 0)
    except CxchurnError as error:
        print(f"Error: {error}", file=sys.stderr)  # noqa: T201
        code = error.exit_code
    except RuntimeError as error:
        # DuckDB gives up a query where a signal comes, and says so in place of what the signal's handler raised
        # the text alone tells: the class is that of every other failure of a query
        if str(error) != _INTERRUPTED:
            raise
        code = _ENDED if _signals else _STOPPED
    if _nobody_reads():
        print("Whoever read the output is gone; what was written to files is whole.", file=sys.stderr)  # noqa: T201
        code = _UNREAD
    if code in (_STOPPED, _ENDED):
        print("Stopped. Nothing is half-written.", file=sys.stderr)  # noqa: T201
    return code


def _nobody_reads() -> bool:
    """Whether standard output is a pipe whose other end was closed; then what is left to be printed is dropped."""
    try:
        # replaced by typer, where it met the closed pipe before us
        sys.stdout.flush()
        return sys.stdout is not sys.__stdout__ and type(sys.stdout).__name__ == "PacifyFlushWrapper"
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return True


class _Dated(logging.Formatter):
    converter = staticmethod(time.gmtime)


@contextmanager
def _messages_shown() -> Iterator[None]:
    """Send what the package says about its work to standard error, for as long as the block lasts."""
    handler, level = logging.StreamHandler(), logger.level
    if not sys.stderr.isatty():
        # what nobody watches is read later: when it was is part of it
        handler.setFormatter(_Dated("%(asctime)s %(message)s", "%Y-%m-%dT%H:%M:%SZ"))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        # the logger is the process's: whoever runs two commands in one would hear the second twice
        logger.removeHandler(handler)
        logger.setLevel(level)


def main() -> None:
    """Run the command line of this process."""
    signal.signal(signal.SIGTERM, _told_to_stop)
    sys.exit(run(sys.argv[1:]))


def _told_to_stop(number: int, frame: object) -> None:
    _signals.append(number)
    # as for Ctrl-C: what was begun is undone, temporary folders are removed
    raise SystemExit(_ENDED)
