"""An invented customer that a model carries: what it said of it when it was saved, it has to say wherever it is loaded."""

from __future__ import annotations

import contextlib
import copy
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pyarrow as pa

from cxchurn._core import DAY, MismatchError, instant, listed
from cxchurn.features import vector_of
from cxchurn.interactions import InteractionLog

if TYPE_CHECKING:
    from cxchurn.model._churn_model import ChurnModel
    from cxchurn.model._fitted import FittedModel

_ID = "customer_id"
_EVENTS = 24
# days before the cut-off: uneven, dense at the end, nowhere near the edge of a window
_AGES = [round(1.37 * 1.27**k - 1.03, 3) for k in range(_EVENTS)]
# what own builders may raise on a history that is unlike those of the log
_FAILURES = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError)
_NEAR = 1e-9


@dataclass(frozen=True, eq=False)
class Example:
    """The events of an invented customer, the features made from them, and the raw score.

    Attributes
    ----------
    events : dict of str to list
        By column: numbers, yes/no, labels that the model knows anyway, and instants in microseconds since 1970.
    at : str
        The cut-off.
    features : list of float or None
        In the order of the model's columns; None for a missing one.
    raw_score : float
    """

    events: Mapping[str, Sequence[Any]]
    at: str
    features: Sequence[float | None]
    raw_score: float

    @classmethod
    def of(cls, model: ChurnModel, log: InteractionLog) -> Self:
        """Invent a customer for a fitted model; no event of the log is looked at, only which columns it has.

        The cut-off is the last one of training, so that the references of training serve.
        """
        at = model.learned_from_.last
        wanted = {_ID, "timestamp", "known_at", "kind", "later", *model.features_.columns_}
        fields = [field for field in log.types if field.name in wanted]
        moment = int(instant(at).astype(np.int64))
        events = {field.name: _invented(field, model.features_.known_, moment) for field in fields}
        features = _vector(model, events, at)
        plain = [None if np.isnan(value) else value for value in features.tolist()]
        return cls(events, at, plain, _raw_score(model, features))

    def check(self, model: FittedModel) -> None:
        """Raise where the model makes other features of the example, or another score, than when it was saved."""
        said = np.array([np.nan if value is None else value for value in self.features])
        now = _vector(model, self.events, self.at)
        moved = ~np.isclose(now, said, rtol=_NEAR, atol=_NEAR, equal_nan=True)
        if moved.any():
            names = [says.name for says, other in zip(model.features_.says_, moved, strict=True) if other]
            raise MismatchError(
                f"{len(names)} features mean something else here than where the model was saved: {listed(names, most=5)}.",
                hint="load it with the versions of its manifest.json, or train it again.",
            )
        score = _raw_score(model, said)
        if not math.isclose(score, self.raw_score, rel_tol=_NEAR, abs_tol=_NEAR):
            raise MismatchError(
                f"the model scores otherwise here than where it was saved: {score!r} instead of {self.raw_score!r}.",
                hint="load it with the versions of its manifest.json, or train it again.",
            )


def _invented(field: pa.Field, known: Mapping[str, tuple[str, ...]], moment: int) -> list[Any]:
    place = sum(map(ord, field.name))  # so that columns differ from each other
    times = [moment - round(age * DAY) for age in reversed(_AGES)]
    if field.name == _ID:
        return [1 if pa.types.is_integer(field.type) else "example"] * _EVENTS
    if field.name in ("timestamp", "known_at"):
        return times
    if field.name == "later":
        return [False] * _EVENTS
    there = [(k + place) % 4 != 0 or field.name == "kind" for k in range(_EVENTS)]
    if pa.types.is_timestamp(field.type):
        made: list[Any] = [at + ((k + place) % 7 - 2) * DAY + 4_321_000_000 for k, at in enumerate(times)]
    elif pa.types.is_boolean(field.type):
        made = [(k * k + place) % 3 == 0 for k in range(_EVENTS)]
    elif pa.types.is_floating(field.type):
        made = [round(0.37 + ((k * 7 + place) % 11) / 12.1, 4) for k in range(_EVENTS)]
    else:
        labels = known.get(field.name, ()) or ("example",)
        made = [labels[(k * 5 + place) % len(labels)] for k in range(_EVENTS)]
    return [value if is_there else None for value, is_there in zip(made, there, strict=True)]


def _table(events: Mapping[str, Sequence[Any]]) -> pa.Table:
    columns = {}
    for name, values in events.items():
        kinds = {type(value) for value in values if value is not None}
        if kinds <= {int} and name != _ID:
            columns[name] = pa.array(values, pa.int64()).cast(pa.timestamp("us"))
        elif kinds <= {str}:
            columns[name] = pa.array(values, pa.string()).dictionary_encode()
        else:
            columns[name] = pa.array(values)
    return pa.table(columns)


def _vector(model: FittedModel, events: Mapping[str, Sequence[Any]], at: str) -> np.ndarray:
    """Return the features of the invented customer; missing where a builder makes nothing of it (nothing is on file)."""
    features, table = copy.copy(model.features_), _table(events)
    features.log = None
    said = features.says_
    vector = np.full(len(said), np.nan)
    for builder in features.builders_:
        own = np.array([says.driver == builder.driver for says in said])
        alone = copy.copy(features)
        alone.builders_ = [builder]
        alone.says_ = [says for says, is_own in zip(said, own, strict=True) if is_own]
        with contextlib.suppress(*_FAILURES):
            vector[own] = vector_of(alone, events[_ID][0], table, at)
    return vector


def _raw_score(model: FittedModel, features: np.ndarray) -> float:
    return float(model.raw_score_of_matrix(features[None, :])[0])
