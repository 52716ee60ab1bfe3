"""The command line: text in, exit code out."""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

import cxchurn as cx
from cxchurn._core import CxchurnError, logger, shown_progress
from cxchurn.cli import _commands, _serving

_STOPPED, _ENDED = 130, 143
app = typer.Typer(
    help="Predict which customers are about to leave, and why, from the interactions they had with you.",
    epilog="Exit codes: 0 done; 1 the data broke its contract; 2 wrong usage; 3 the model and the log do not fit.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # plain text: an option keeps to its line in 80 columns, and [brackets] are shown
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
)

LogPath = Annotated[
    str, typer.Argument(metavar="LOG", help="Parquet, CSV or JSON lines: a file, a folder or a 'pattern*'.")
]
SchemaPath = Annotated[
    Path | None, typer.Option("--schema", metavar="FILE", help="TOML file that says what the columns mean.")
]
Customers = Annotated[str | None, typer.Option("--customers", metavar="TABLE", help="Table of customer attributes.")]
Until = Annotated[
    str | None,
    typer.Option(
        "--observed-until", metavar="TIME", help="The log is complete until then.  [default: the end of its last day]"
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
    log: LogPath,
    schema: SchemaPath = None,
    customers: Customers = None,
    quarantine: Annotated[
        Path | None,
        typer.Option("--quarantine", metavar="FILE", help="Write the refused rows to this Parquet file."),
    ] = None,
) -> None:
    """Check an interaction log.

    Tells every broken rule with counts and examples. Exit code 1 if any row breaks one.
    """
    raise typer.Exit(_commands.validate(log, schema, customers, quarantine))


@app.command()
def train(
    config: Annotated[Path, typer.Argument(metavar="TRAIN.TOML", help="Such as pipelines/train.toml.")],
    tune: Annotated[
        int | None,
        typer.Option("--tune", metavar="N", min=1, help="Try N sets of parameters first.  [default: none]"),
    ] = None,
) -> None:
    """Train a model as a TOML file says.

    Fits on earlier cut-offs, judges on later ones, writes it down in MLflow, and saves it.
    """
    _commands.train(config, tune)


@app.command()
def score(
    model: Annotated[Path, typer.Option("--model", metavar="FOLDER", help="Folder of a saved model.")],
    log: Annotated[
        str, typer.Option("--log", metavar="LOG", help="The interactions: a file, a folder or a 'pattern*'.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="PATH", help="Where to write: .parquet, .csv, or a folder.")],
    at: Annotated[
        str | None, typer.Option("--at", metavar="TIME", help="The cut-off.  [default: the end of the log]")
    ] = None,
    reasons: Annotated[
        int, typer.Option("--reasons", metavar="N", min=0, max=20, help="Reasons for each customer.")
    ] = 3,
    refresh: Annotated[
        bool,
        typer.Option(
            "--refresh", help="The log holds everybody: compare with everybody as of this week, and keep the tables."
        ),
    ] = False,
    references: Annotated[
        Path | None,
        typer.Option("--references", metavar="FILE", help="Compare by these tables, from an earlier --refresh."),
    ] = None,
    allow_shallow: Annotated[
        bool, typer.Option("--allow-shallow", help="Score a shorter history than the model ever saw.")
    ] = False,
    schema: SchemaPath = None,
    customers: Customers = None,
    observed_until: Until = None,
    memory_limit: Annotated[
        str | None,
        typer.Option(
            "--memory-limit", metavar="SIZE", help="Such as 2GB: a larger log is divided on disk and goes part by part."
        ),
    ] = None,
) -> None:
    """Score every customer as of an instant, with reasons."""
    about: dict[str, Any] = {
        "schema": schema,
        "customers": customers,
        "observed_until": observed_until,
        "memory_limit": memory_limit,
    }
    about |= {"refresh": refresh, "references": references, "allow_shallow": allow_shallow}
    _commands.score(model, log, out, at=at, reasons=reasons, **about)


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


app.registered_commands += _serving.app.registered_commands


@app.callback(invoke_without_command=True)
def _version(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        typer.echo(f"cxchurn {cx.__version__}")
        raise typer.Exit


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit code."""
    try:
        with shown_progress(), _messages_shown():
            app(arguments, prog_name="cxchurn")
    except SystemExit as end:  # how typer ends, after it has said what is wrong with the command line
        code = int(end.code or 0)
    except CxchurnError as error:
        print(f"Error: {error}", file=sys.stderr)  # noqa: T201
        code = error.exit_code
    if code in (_STOPPED, _ENDED):
        print("Stopped. Nothing is half-written.", file=sys.stderr)  # noqa: T201
    return code


@contextmanager
def _messages_shown() -> Iterator[None]:
    """Send what the package says about its work to standard error, for as long as the block lasts."""
    handler, level = logging.StreamHandler(), logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


def main() -> None:
    """Run the command line of this process."""
    signal.signal(signal.SIGTERM, _told_to_stop)
    sys.exit(run(sys.argv[1:]))


def _told_to_stop(number: int, frame: object) -> None:
    # as for Ctrl-C: what was begun is undone, temporary folders are removed
    raise SystemExit(_ENDED)
