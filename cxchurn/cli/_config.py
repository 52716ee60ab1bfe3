"""Reading the TOML file of `cxchurn train`: every key checked before any work begins."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any

import cxchurn as cx
from cxchurn._core import UsageError, did_you_mean, instant, listed, span

_DEFINITIONS = {"inactivity": "Inactivity", "cancellation": "Cancellation"}
_EXAMPLE = "pipelines/train.toml is an example."


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _all_are(value: Any, kind: type) -> bool:
    return isinstance(value, list) and all(isinstance(one, kind) for one in value)


# what a key may hold, by the type its part declares: in words, and the test
_FITS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "str": ("text", _is_text),
    "bool": ("true or false", lambda value: isinstance(value, bool)),
    "str | None": ("text", _is_text),
    "int": ("a whole number", lambda value: isinstance(value, int) and not isinstance(value, bool)),
    "int | None": ("a whole number, 1 or more", lambda value: type(value) is int and value >= 1),
    "float": ("a number", lambda value: isinstance(value, (int, float)) and not isinstance(value, bool)),
    "list[str]": ("a list of texts", lambda value: _all_are(value, str)),
    "dict[str, Any]": ("a table", lambda value: isinstance(value, dict)),
    "list[dict[str, str]]": ("[[tables]]", lambda value: _all_are(value, dict)),
}


@dataclass(frozen=True)
class LogPart:
    """``[log]``: what to read. `interactions` is a path, or with `[[log.source]]` tables several of them."""

    interactions: str = ""
    schema: str | None = None
    customers: str | None = None
    on_error: str = "raise"
    quarantine: str | None = None
    observed_until: str | None = None
    memory_limit: str | None = None
    source: list[dict[str, str]] = field(default_factory=list)


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

    `classifier` holds parameters of the ChurnClassifier.
    """

    random_state: int = 0
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


def read_config(path: Path) -> TrainConfig:
    """Read and check a training file."""
    data = read_toml(path, hint=_EXAMPLE)
    known_keys(data, [part.name for part in fields(TrainConfig)], str(path))
    _needed(data, ("log", "churn", "cutoffs"), str(path))
    return TrainConfig(
        log_part(data["log"]),
        _table(data["churn"], "churn"),
        _cutoffs_part(data["cutoffs"]),
        part_of(ModelPart, data.get("model", {}), "model"),
        part_of(OutputPart, data.get("output", {}), "output"),
    )


def read_toml(path: Path, *, hint: str) -> dict[str, Any]:
    """Read a TOML file; the hint goes with what is wrong with it."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UsageError(f"there is no file {path}.", hint=hint) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{path} cannot be read as TOML: {error}", hint=hint) from error


def read_log(part: LogPart, *, only: Sequence[str] | None = None) -> cx.InteractionLog:
    """Read the log that ``[log]`` names, or some columns of it."""
    several = [cx.Source(one["interactions"], one.get("schema"), one.get("observed_until")) for one in part.source]
    keys = ("customers", "on_error", "quarantine", "observed_until", "memory_limit")
    about = {key: getattr(part, key) for key in keys}
    return cx.read_interactions(several or part.interactions, part.schema, only=only, **about)


def inputs_of(part: LogPart) -> list[str]:
    """Return the paths that ``[log]`` names."""
    several = [path for one in part.source for path in (one["interactions"], one.get("schema"))]
    return [path for path in (*several, part.interactions, part.schema, part.customers) if path]


def churn_of(data: Mapping[str, Any]) -> cx.Inactivity | cx.Cancellation:
    """Make the churn definition that ``[churn]`` states."""
    said = dict(data)
    name = str(said.pop("definition", "inactivity"))
    if name not in _DEFINITIONS:
        raise UsageError(
            f"[churn] has the definition {name!r}.", allowed=listed(_DEFINITIONS), hint=did_you_mean(name, _DEFINITIONS)
        )
    definition = getattr(cx, _DEFINITIONS[name])
    known_keys(said, definition._names(), "[churn]")
    _needed(said, ("horizon",), "[churn]")
    churn = definition(**{key: _as_parameter(key, value) for key, value in said.items()})
    _ = churn.reach  # spans that are none are refused here, before the log is read
    return churn


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
    known_keys(part.classifier, list(classifier.get_params()), "[model] classifier")
    classifier.set_params(**part.classifier)
    if part.lookback is not None:
        span(part.lookback, name="[model] lookback")
    said = {name: getattr(part, name) for name in ("folds", "tune", "lookback", "random_state")}
    return cx.ChurnModel(churn, classifier=classifier, **said)


def log_part(data: Any) -> LogPart:
    """Read ``[log]``."""
    part = part_of(LogPart, data, "log")
    for one in part.source:
        known_keys(one, ["interactions", "schema", "observed_until"], "[[log.source]]")
        _needed(one, ("interactions",), "[[log.source]]")
    if bool(part.source) == bool(part.interactions):
        said = "both interactions and sources" if part.source else "no interactions"
        raise UsageError(
            f"[log] names {said}.",
            allowed="interactions, or several [[log.source]]",
            hint='interactions = "events.parquet"',
        )
    return part


def _cutoffs_part(data: Any) -> CutoffsPart:
    part = part_of(CutoffsPart, data, "cutoffs")
    said = [name for name in ("start", "at", "before") if getattr(part, name)]
    if len(said) != 1:
        words = f"both {' and '.join(said)}" if said else "neither start nor at, nor before"
        raise UsageError(f"[cutoffs] says {words}.", allowed="one of them", hint='start = "2024-01-01"')
    if not part.test_from:
        raise UsageError("[cutoffs] does not say test_from.", hint='test_from = "2024-10-01": the first test cut-off.')
    instant(part.test_from, name="test_from")
    return part


def part_of(kind: Any, data: Any, name: str) -> Any:
    """Read one table of a TOML file, every key of it checked."""
    types = {one.name: str(one.type) for one in fields(kind)}
    said = {key: _without_dates(value) for key, value in _table(data, name).items()}
    known_keys(said, list(types), f"[{name}]")
    for key, value in said.items():
        words, fits = _FITS[types[key]]
        if not fits(value):
            raise UsageError(f"[{name}] {key} is {value!r}.", allowed=words, hint=_EXAMPLE)
    return kind(**said)


def _table(data: Any, name: str) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise UsageError(f"{name} is {data!r}.", allowed=f"a table [{name}]", hint=_EXAMPLE)
    return data


def _without_dates(value: Any) -> Any:
    """Write TOML's own dates and times, as in ``start = 2024-01-01``, as text."""
    if isinstance(value, list):
        return [_without_dates(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def known_keys(data: Mapping[str, Any], known: list[str], where: str) -> None:
    """Refuse keys that nobody knows."""
    for key in data:
        if key not in known:
            raise UsageError(
                f"{where} has the key {key!r}.", allowed=listed(known), hint=did_you_mean(key, known) or _EXAMPLE
            )


def _needed(data: Mapping[str, Any], needed: tuple[str, ...], where: str) -> None:
    missing = [key for key in needed if key not in data]
    if missing:
        raise UsageError(f"{where} lacks {listed(missing)}.", allowed=f"all of {listed(needed)}", hint=_EXAMPLE)
