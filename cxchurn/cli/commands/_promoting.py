"""What `cxchurn promote` does: read, call, say."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import cxchurn as cx
from cxchurn._core import UsageError
from cxchurn.cli._config import read_run
from cxchurn.cli._log_part import LogPart, read_log
from cxchurn.cli._options import given
from cxchurn.cli._own import own_classes
from cxchurn.cli._say import say

_EXAMPLE = "pipelines/promote.toml is an example."


@dataclass(frozen=True)
class PromotePart:
    """``[promote]``: which registered model, whose aliases, and by which rule."""

    name: str | None = None
    challenger: str = "challenger"
    champion: str = "champion"
    at: str | None = None
    rule: str | None = None
    margin: float = 0.005
    tracking_uri: str | None = None
    trust: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class PromoteConfig:
    """A whole promotion."""

    log: LogPart
    promote: PromotePart


def promote(config: Path | None, log: dict[str, Any], said: dict[str, Any], *, as_json: bool) -> None:
    """Compare a challenger with the champion, as a TOML file and options say, and print what was decided."""
    whole = promote_config(config, log, said)
    part = whole.promote
    rest = {one.name: getattr(part, one.name) for one in fields(PromotePart) if one.name not in ("name", "trust")}
    found = cx.promote(str(part.name), log=read_log(whole.log), trust=own_classes(part.trust), **rest)
    say(json.dumps(found.to_dict(), indent=1, ensure_ascii=False) if as_json else str(found))


def promote_config(path: Path | None, log: dict[str, Any], said: dict[str, Any]) -> PromoteConfig:
    """Read a file, if there is one, and put over it what the command line gives; None where nothing was given."""
    whole = read_run(PromoteConfig, path, {"log": log, "promote": given(said)}, example=_EXAMPLE)
    if not (whole.log.interactions or whole.log.query or whole.log.source):
        raise _missing("log")
    if not whole.promote.name:
        raise _missing("name")
    return whole


def _missing(option: str) -> UsageError:
    return UsageError(
        f"Missing option '--{option}'.",
        allowed="--name and --log, or a TOML file that says them",
        hint="Try 'cxchurn promote -h' for help.",
    )
