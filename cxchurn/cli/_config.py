"""Reading the TOML files of commands: every key checked before any work begins, options put over what a file says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, is_dataclass
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

import cxchurn as cx
from cxchurn._core import (
    SHELL,
    Problem,
    Table,
    UsageError,
    check_toml,
    did_you_mean,
    instant,
    listed,
    read_toml,
    span,
    table_of,
)
from cxchurn.cli._log_part import LogPart, log_table, overlaid

_DEFINITIONS = {"inactivity": "Inactivity", "cancellation": "Cancellation"}
_EXAMPLE = "pipelines/train.toml is an example."
Run = TypeVar("Run")


@dataclass(frozen=True)
class CutoffsPart:
    """``[cutoffs]``: when to look. `every` is "month", "week" or a span such as "14D"; or a list of instants in `at`.

    Or `spans` such as ``["60D"]`` before a date of the customer's own: `before` is its column or attribute.
    """

    test_from: str = ""
    every: str = "month"
    start: str = ""
    end: str | None = None
    at: list[str] = field(default_factory=list)
    before: str | None = None
    spans: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ModelPart:
    """``[model]``: how to train. `tune` is a number of trials, `lookback` how far back features see.

    `features` is the name of a set of families ("standard", "small", "lean"), or a list of names of sets and families;
    `classifier` holds parameters of the ChurnClassifier.
    """

    random_state: int = 0
    features: str | list[str] | None = None
    folds: int = 4
    tune: int | None = None
    lookback: str | None = None
    classifier: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class OutputPart:
    """``[output]``: where the model, the report and the tracked run go; under which name and alias it is registered.

    `tags` are of your own, for the run and the model.
    """

    folder: str = "out/train"
    experiment: str | None = None
    register_as: str | None = None
    alias: str | None = None
    tags: dict[str, Any] = field(default_factory=dict)
    tracking_uri: str | None = None


@dataclass(frozen=True)
class TrainConfig:
    """A whole training run."""

    log: LogPart
    churn: Mapping[str, Any]
    cutoffs: CutoffsPart
    model: ModelPart
    output: OutputPart


def read_config(path: Path, log: Mapping[str, Any] | None = None) -> TrainConfig:
    """Read and check a training file, with what the command line says of its log over it."""
    return read_run(TrainConfig, path, {"log": log} if log else None, needed=("log", "churn", "cutoffs"))


def read_run(
    kind: type[Run],
    path: Path | None,
    over: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    needed: tuple[str, ...] = (),
    example: str = _EXAMPLE,
    others: tuple[str, ...] = (),
) -> Run:
    """Return what a TOML file and options say of a run, everything checked at once.

    Parameters
    ----------
    kind : type
        A dataclass whose fields are the tables of the file: dataclasses of keys, or mappings.
    path : Path or None
        The file.
    over : mapping of table to mapping of key to value, optional
        What the command line gives: it goes before what the file says.
    needed : tuple of str
        Tables that have to be there.
    example : str
        Where an example is, for errors.
    others : tuple of str
        Tables of other commands that may stand in the file.
    """
    found = {} if path is None else read_toml(path, hint=example)
    found = {name: said for name, said in found.items() if name not in others}
    for name, options in (over or {}).items():
        if name == "log":
            found[name] = overlaid(found.get(name, {}), options)
        elif isinstance(found.get(name, {}), dict):
            found[name] = {**found.get(name, {}), **options}
    parts = get_type_hints(kind)
    found = {name: said for name, said in found.items() if said != {} or name not in parts}
    check_toml(found, _run_table(kind, needed), what=SHELL if path is None else str(path), hint=example)
    said = {name: (part, found.get(name, {})) for name, part in parts.items()}
    return kind(**{name: part(**own) if is_dataclass(part) else own for name, (part, own) in said.items()})  # type: ignore[operator]


def _run_table(kind: type, needed: tuple[str, ...]) -> Table:
    hints = get_type_hints(kind)
    tables = {name: _TABLES[name]() if name in _TABLES else table_of(part) for name, part in hints.items()}
    return Table(tables=tables, needed=needed)


def churn_of(data: Mapping[str, Any]) -> cx.Inactivity | cx.Cancellation:
    """Make the churn definition that ``[churn]`` states."""
    said = {key: value for key, value in data.items() if key != "definition"}
    definition = getattr(cx, _DEFINITIONS[data.get("definition", "inactivity")])
    churn = definition(**{key: _as_parameter(key, value) for key, value in said.items()})
    _ = churn.reach  # spans that are none are refused here, before the log is read
    return churn  # type: ignore[no-any-return]


def _wrong_churn(said: Mapping[str, Any]) -> Iterator[Problem]:
    name = said.get("definition", "inactivity")
    if name not in _DEFINITIONS:
        guess = did_you_mean(str(name), _DEFINITIONS)
        yield Problem(f"[churn] has the definition {name!r}.", listed(_DEFINITIONS), guess)
        return
    known = ["definition", *getattr(cx, _DEFINITIONS[name])._names()]
    for key in said:
        if key not in known:
            yield Problem(f"[churn] has the key {key!r}.", listed(known), did_you_mean(key, known))
    if "horizon" not in said:
        yield Problem("[churn] lacks horizon.", hint='horizon = "60D"')


def _as_parameter(key: str, value: Any) -> Any:
    """Return a value of ``[churn]``; a table is a condition: ``kinds = {kind = "purchase", at_least = {value = 0.01}}``."""
    if not isinstance(value, dict):
        return tuple(value) if isinstance(value, list) else value
    if key != "kinds":
        raise UsageError(f"[churn] {key} is a table.", allowed="a table for kinds alone", hint=_EXAMPLE)
    said: dict[str, Any] = {column: tuple(one) if isinstance(one, list) else one for column, one in value.items()}
    return cx.where(**said)


def cutoffs_of(part: CutoffsPart) -> Any:
    """Make the cut-offs that ``[cutoffs]`` states."""
    if part.at:
        return part.at
    if part.before:
        return cx.before(part.before, *part.spans)
    if part.every == "month":
        return cx.monthly(part.start, part.end)
    return cx.every({"week": "7D"}.get(part.every, part.every), part.start, part.end)


def model_of(churn: Any, part: ModelPart) -> cx.ChurnModel:
    """Make the model, not yet fitted, that ``[model]`` states."""
    classifier = cx.ChurnClassifier(random_state=part.random_state)
    classifier.set_params(**part.classifier)
    if part.lookback is not None:
        span(part.lookback, name="[model] lookback")
    said = {name: getattr(part, name) for name in ("features", "folds", "tune", "lookback", "random_state")}
    return cx.ChurnModel(churn, classifier=classifier, **said)


def _wrong_cutoffs(part: Mapping[str, Any]) -> Iterator[Problem]:
    said = [name for name in ("start", "at", "before") if part.get(name)]
    if len(said) != 1:
        words = f"both {' and '.join(said)}" if said else "neither start nor at, nor before"
        yield Problem(f"[cutoffs] says {words}.", "one of them", 'start = "2024-01-01"')
    if not part.get("test_from"):
        yield Problem("[cutoffs] does not say test_from.", hint='test_from = "2024-10-01": the first test cut-off.')
        return
    try:
        instant(part["test_from"], name="test_from")
    except UsageError as error:
        yield Problem(error.found, error.allowed, error.hint)


def _wrong_model(part: Mapping[str, Any]) -> Iterator[Problem]:
    known = list(cx.ChurnClassifier().get_params())
    for key in part.get("classifier", {}):
        if key not in known:
            guess = did_you_mean(key, known)
            yield Problem(f"[model] classifier has the key {key!r}.", listed(known), guess)


# tables that know more of their keys than which there are
_TABLES = {
    "log": log_table,
    "churn": lambda: Table(any_key=True, check=_wrong_churn),
    "cutoffs": lambda: table_of(CutoffsPart, check=_wrong_cutoffs),
    "model": lambda: table_of(ModelPart, check=_wrong_model),
}
