"""Reading the TOML file of `cxchurn score`; what is given on the command line goes before it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cxchurn._core import UsageError
from cxchurn.cli._config import read_run
from cxchurn.cli._log_part import LogPart
from cxchurn.cli._options import given

_EXAMPLE = "pipelines/score.toml is an example."


@dataclass(frozen=True)
class ScorePart:
    """``[score]``: with which model, as of when, what to say, and where to write it."""

    model: str | None = None
    at: str | None = None
    out: str | None = None
    reasons: int = 3
    language: str | None = None
    refresh: bool = False
    references: str | None = None
    allow_shallow: bool = False
    allow_missing: bool = False
    bands: str | None = None
    intervals: bool = False
    value: str | None = None
    exclude: str | None = None
    top: int | None = None
    partitioned: bool = False
    resume: bool = False
    work: str | None = None
    trust: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ScoreConfig:
    """A whole scoring run."""

    log: LogPart
    score: ScorePart


def score_config(path: Path | None, log: dict[str, Any], score: dict[str, Any]) -> ScoreConfig:
    """Read a scoring file, if there is one, and put over it what the command line gives.

    Parameters
    ----------
    path : Path or None
    log, score : dict
        By key of ``[log]`` and ``[score]``; of the second None where nothing was given.
    """
    return read_run(ScoreConfig, path, {"log": log, "score": given(score)}, example=_EXAMPLE)


def check_whole(config: ScoreConfig) -> None:
    """Refuse a run that does not say with which model, on which log, or where to."""
    missing = [name for name in ("model", "out") if not getattr(config.score, name)]
    missing += [] if config.log.interactions or config.log.query or config.log.source else ["log"]
    if missing:
        raise UsageError(
            f"Missing option '--{missing[0]}'.",
            allowed="--model, --log and --out, or a TOML file that says them",
            hint="Try 'cxchurn score -h' for help.",
        )
