"""``[log]``: what a command reads, from a TOML file, from options, or from both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cxchurn as cx
from cxchurn._core import SHELL, Problem, Table, UsageError, check_toml, read_toml, said_in_files, table_of

_EXAMPLE = "pipelines/train.toml is an example."
_PLACES = ("interactions", "query")


@dataclass(frozen=True)
class LogPart:
    """``[log]``: what to read.

    `interactions` is a path, or with `[[log.source]]` tables there are several; `query` stands in the place of a path, and asks
    files, a `database` of DuckDB, or the one at a `uri`.
    """

    interactions: str = ""
    query: str | None = None
    uri: str | None = None
    database: str | None = None
    schema: str | None = None
    customers: str | None = None
    on_error: str = "raise"
    quarantine: str | None = None
    observed_until: str | None = None
    memory_limit: str | None = None
    source: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class _SourcePart:
    interactions: str = ""
    query: str | None = None
    uri: str | None = None
    database: str | None = None
    schema: str | None = None
    observed_until: str | None = None


def log_table() -> Table:
    """Return what ``[log]`` may hold."""
    # here, not above: the help of the command line reads nothing
    from cxchurn.interactions import SECTIONS

    source = table_of(_SourcePart, tables=SECTIONS, several=True, check=_wrong_source)
    return table_of(LogPart, tables={"source": source}, check=_wrong_log)


def _wrong_source(said: Mapping[str, Any]) -> Iterator[Problem]:
    from cxchurn.interactions import wrong_place

    yield from wrong_place(said, title="[[log.source]]", named=_PLACES)
    if "schema" in said and "roles" in said:
        yield Problem("[[log.source]] names a schema and says [log.source.roles] itself.", "one of them")


def _wrong_log(said: Mapping[str, Any]) -> Iterator[Problem]:
    from cxchurn.interactions import wrong_place

    allowed = "interactions, or query, or several [[log.source]]"
    named = [name for name in (*_PLACES, "source") if said.get(name)]
    if not named:
        yield Problem("[log] names no interactions.", allowed, 'interactions = "events.parquet"')
    elif "source" in named and len(named) > 1:
        yield Problem("[log] names both interactions and sources.", allowed)
    elif named != ["source"]:
        yield from wrong_place(said, title="[log]", named=_PLACES)
    if said.get("on_error", "raise") not in ("raise", "quarantine"):
        yield Problem(f"[log] on_error is {said['on_error']!r}.", "'raise' or 'quarantine'")


def overlaid(of_file: Any, options: Mapping[str, Any]) -> Any:
    """Put what the command line gives over what a file says of the log; either may be nothing."""
    if not isinstance(of_file, dict):
        return of_file
    if not any(options.get(name) for name in (*_PLACES, "source")):
        return {**of_file, **options}
    # another log than the file's, with nothing of where that is
    return {name: said for name, said in of_file.items() if name not in (*_PLACES, "source", "uri", "database")} | {
        **options
    }


def log_options(
    logs: Sequence[str] = (),
    schemas: Sequence[str] = (),
    *,
    query: str | None = None,
    uri: str | None = None,
    database: str | None = None,
    command: str | None = None,
    **more: Any,
) -> dict[str, Any]:
    """Return what options say of the log, by the keys of ``[log]``.

    Parameters
    ----------
    logs, schemas : sequences of str
        Several logs become sources, each with the schema at its place, or none at all.
    query, uri, database : str, optional
    command : str, optional
        The command whose argument the logs are; by default they are those of ``--log``.
    **more
        The other keys.
    """
    flag = "--log" if command is None else "LOG"
    if command is not None and not logs and not query:
        hint = f"Try 'cxchurn {command} -h' for help."
        raise UsageError("Missing argument 'LOG'.", allowed="a log, or --query", hint=hint)
    if logs and query:
        raise UsageError(f"both {flag} and --query say what to read.", allowed="one of them")
    if (uri or database) and not query:
        raise UsageError("--uri and --database go with --query.", hint='--query "SELECT * FROM orders"')
    if len(schemas) not in ((0, len(logs)) if len(logs) > 1 else (0, 1)):
        raise UsageError(
            f"{len(logs)} logs and {len(schemas)} schemas: which is whose cannot be told.",
            hint=f"give each {flag} a --schema, in the same order; or name them in a TOML file as [[source]].",
        )
    said = {key: value for key, value in more.items() if value not in (None, [])}
    if "quarantine" in said:
        said.setdefault("on_error", "quarantine")
    if len(logs) > 1:
        pairs = zip(logs, schemas or [""] * len(logs), strict=True)
        return {"source": [{"interactions": one} | ({"schema": of} if of else {}) for one, of in pairs], **said}
    own = {"interactions": logs[0] if logs else None, "schema": schemas[0] if schemas else None}
    own |= {"query": query, "uri": uri, "database": database}
    return {**_named_log({key: value for key, value in own.items() if value}), **said}


def _named_log(said: dict[str, Any]) -> dict[str, Any]:
    """Return what is said of a log; where a TOML file with ``[log]`` is named as one, what that says."""
    path = said.get("interactions", "")
    if not str(path).lower().endswith(".toml") or not Path(path).exists():
        return said
    found = read_toml(path)
    return {**found["log"], "schema": said["schema"]} if "schema" in said else found.get("log", said)


def log_part(said: Any, *, what: str = SHELL) -> LogPart:
    """Return what ``[log]`` says, once it is known to fit."""
    check_toml({"log": said}, Table(tables={"log": log_table()}), what=what, hint=_EXAMPLE)
    return LogPart(**said)


def read_log(
    part: LogPart, *, only: Sequence[str] | None = None, like: cx.ChurnModel | None = None
) -> cx.InteractionLog:
    """Read the log that ``[log]`` names, or some columns of it.

    Parameters
    ----------
    part : LogPart
    only : sequence of str, optional
    like : ChurnModel, optional
        What is said of no schema is read by those that the model learned from, where they fit.
    """
    check_there(part)
    about = {
        key: getattr(part, key) for key in ("customers", "on_error", "quarantine", "observed_until", "memory_limit")
    }
    with said_in_files():
        return cx.read_interactions(*data_and_schema(part, like), only=only, **about)


def data_and_schema(part: LogPart, like: cx.ChurnModel | None = None) -> tuple[Any, Any]:
    """Return the data and the schema that ``[log]`` names, as `cx.read_interactions` takes them."""
    from cxchurn.interactions import data_of, schemas_like, source_of

    schemas = () if like is None else like.schemas_
    if part.source:
        sources = [source_of(one, places=_PLACES) for one in part.source]
        return schemas_like(sources, schemas), None
    data = data_of(vars(part), places=_PLACES)
    if part.schema is not None or not schemas:
        return data, part.schema
    return schemas_like([cx.Source(data)], schemas), None


def check_there(part: LogPart, *, flag: str = "--log") -> None:
    """Refuse paths that lead nowhere, each with what named it, before anything is read, which may take long."""
    from cxchurn.interactions import files_of

    named = [(part.interactions, f"[log] interactions, or {flag}"), (part.customers, "[log] customers, or --customers")]
    named += [(one.get("interactions"), "interactions under [[log.source]]") for one in part.source]
    schemas = [(part.schema, "[log] schema, or --schema")]
    schemas += [(one.get("schema"), "schema under [[log.source]]") for one in part.source]
    for path, where in (*schemas, *named):
        if not path or Path(path).exists():
            continue
        try:
            if (path, where) in schemas or path.lower().endswith(".toml"):
                hint = f"cxchurn schema LOG > {path} writes one to begin with."
                raise UsageError(f"there is no schema file {path}.", hint=hint)
            files_of(path)
        except UsageError as error:
            found = f"{error.found.removesuffix('.')}, which is named by {where}."
            raise UsageError(found, allowed=error.allowed, hint=error.hint) from error


def inputs_of(part: LogPart) -> list[Any]:
    """Return what ``[log]`` names that is read: paths, queries and sources."""
    # here, not above: the help of the command line reads nothing
    from cxchurn.interactions import names_sources, sources_of

    data, schema = data_and_schema(part)
    sources = data if isinstance(data, list) else [data]
    if names_sources(data) and Path(data).exists():
        sources = [data, *sources_of(data)]
    return [one for one in (*sources, schema, part.customers) if one]
