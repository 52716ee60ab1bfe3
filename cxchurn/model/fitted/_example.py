"""Invented customers that a model carries: what it said of them when it was saved, it has to say wherever it is loaded."""

from __future__ import annotations

import contextlib
import copy
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, Self

import numpy as np
import pyarrow as pa

from cxchurn._core import DAY, MismatchError, instant, listed
from cxchurn.features import FittedFeatures, vectors_of
from cxchurn.history import MISSING_TIME, AttributeHistory, EventColumn, History, Labels, Numbers, Times
from cxchurn.interactions import CustomerTable, InteractionLog
from cxchurn.model.fitted._versions import versions

_ID, _FROM = "customer_id", "valid_from"
# days before the cut-off: uneven, nowhere near the edge of a window. One is there daily at the end, one now and then, one is
# new, and one went silent
_LIVES = (
    tuple(round(1.37 * 1.27**k - 1.03, 3) for k in range(24)),
    (9.13, 47.61, 118.37, 263.9, 401.27),
    (1.72, 1.77),
    tuple(round(187.3 + 13.37 * k, 3) for k in range(12)),
)
_REASONS = 3
# what own builders may raise on a history that is unlike those of the log
_FAILURES = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError)
# other processors and versions of numpy differ in the last bits, by far less than this; another meaning of a feature by far
# more
_NEAR = 1e-9


class Scorer(Protocol):
    """What is tried on the invented customers: features, log-odds and the parts in them, as of a `FittedModel`."""

    @property
    def features_(self) -> FittedFeatures:
        """The columns."""

    def raw_score_of_matrix(self, X: np.ndarray) -> np.ndarray:
        """Return the log-odds to churn; float64, shape ``(n,)``."""

    def explained_of_matrix(self, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the log-odds, and each feature's part in them, last the base; ``(n, columns + 1)``."""


@dataclass(frozen=True, eq=False)
class Example:
    """The events of a few invented customers, what is on file about them, and what a model made of them.

    Attributes
    ----------
    events : dict of str to list
        By column: numbers, yes/no, labels that the model knows anyway, and instants in microseconds since 1970.
    at : str
        The cut-off.
    features : list of lists of float or None
        Of each customer, in the order of the model's columns; None for a missing one.
    raw_scores : list of float
        Of each customer.
    reasons : list of lists of str
        The columns that raise each customer's risk most.
    customers : dict of str to list
        What is on file, by column; empty where the log has no attributes.
    attributes : dict of str to str
        Their kinds.
    known_ahead : list of str
        Those of them that may lie ahead.
    """

    events: dict[str, list[Any]]
    at: str
    features: list[list[float | None]]
    raw_scores: list[float]
    reasons: list[list[str]]
    customers: dict[str, list[Any]] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)
    known_ahead: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, model: Scorer, log: InteractionLog, *, at: str) -> Self:
        """Invent events in the columns of a log, and attributes in those of its customers table. No row of it is looked at.

        Parameters
        ----------
        model : Scorer
        log : InteractionLog
        at : str
            The cut-off: the last one of training, so that the references of training serve.
        """
        known = model.features_.known_
        wanted = {_ID, "timestamp", "known_at", "kind", "later", *model.features_.columns_}
        moment = int(instant(at).astype(np.int64))
        events = {one.name: _invented(one, known, moment) for one in log.types if one.name in wanted}
        blank = cls(
            events, at, [], [], [], **_on_file(log.customers, known, moment, ids=list(dict.fromkeys(events[_ID])))
        )
        found = blank.vectors(model)
        raw, parts = model.raw_score_of_matrix(found), model.explained_of_matrix(found)[1]
        plain = [[None if np.isnan(value) else value for value in row] for row in found.tolist()]
        reasons = [[model.features_.says_[place].name for place in _highest(row)] for row in parts[:, :-1]]
        return cls(**{**vars(blank), "features": plain, "raw_scores": raw.tolist(), "reasons": reasons})

    def check(self, model: Scorer, saved_with: Mapping[str, str] | None = None) -> None:
        """Raise where the model makes other features of these customers, other scores, or would tell other reasons.

        Parameters
        ----------
        model : Scorer
        saved_with : mapping of str to str, optional
            The versions the model was saved with: what changed since is named.

        Raises
        ------
        MismatchError
        """
        said = np.array([[np.nan if value is None else value for value in row] for row in self.features])
        moved = ~np.isclose(self.vectors(model), said, rtol=_NEAR, atol=_NEAR, equal_nan=True)
        if moved.any():
            names = [one.name for one, other in zip(model.features_.says_, moved.any(axis=0), strict=True) if other]
            raise _other(
                f"{len(names)} features mean something else here than where the model was saved:"
                f" {listed(names, most=5)}.",
                saved_with,
            )
        raw, parts = model.raw_score_of_matrix(said), model.explained_of_matrix(said)[1]
        away = np.abs(raw - self.raw_scores)
        if not (away <= _NEAR).all():
            worst = int(np.argmax(np.nan_to_num(away, nan=np.inf)))
            raise _other(
                f"the model scores otherwise here than where it was saved: {float(raw[worst])!r} instead of "
                f"{self.raw_scores[worst]!r}.",
                saved_with,
            )
        for row, names in zip(parts[:, :-1], self.reasons, strict=True):
            _check_reasons(row, names, model, saved_with)

    def vectors(self, model: Scorer) -> np.ndarray:
        """Return the features that a model makes of these customers; float64, shape ``(customers, columns)``."""
        return _vectors(model.features_, self.history(model.features_.timezone_), self.at)

    def history(self, timezone: str) -> History:
        """Return these customers' history; made of plain arrays, so that a service loads no library for it."""
        ids, offsets = _blocks(self.events[_ID])
        columns = {name: _column_of(values) for name, values in self.events.items() if name != _ID}
        place = columns["known_at"].values
        about = ids, offsets, place, list(columns), columns.__getitem__
        return History.of_columns(*about, attributes=self._on_file(), clock=timezone)

    def _on_file(self) -> AttributeHistory | None:
        if not self.customers:
            return None
        ids, offsets = _blocks(self.customers[_ID])
        times = [name for name, kind in self.attributes.items() if kind == "time"]
        dated = _FROM in self.customers
        since = self.customers[_FROM] if dated else [MISSING_TIME] * len(ids)
        return AttributeHistory(
            ids,
            offsets,
            np.array(since, dtype=np.int64),
            {name: _column_of(self.customers[name], kind) for name, kind in self.attributes.items()},
            within=frozenset() if dated else frozenset(times) - set(self.known_ahead),
            known_ahead=frozenset(self.known_ahead),
        )


def _blocks(ids: Sequence[Any]) -> tuple[np.ndarray, np.ndarray]:
    """Return the customers, each once, and where the rows of each begin."""
    rows = Counter(ids)
    own = list(rows)
    offsets = np.cumsum([0, *rows.values()], dtype=np.int64)
    return np.array(own, dtype=np.int64 if isinstance(own[0], int) else object), offsets


def _column_of(values: Sequence[Any], kind: str | None = None) -> EventColumn:
    """Return a column as plain arrays; of which kind, its values say where nothing else does."""
    found = {type(value) for value in values if value is not None}
    if kind == "time" or (kind is None and found == {int}):
        return Times(np.array([MISSING_TIME if value is None else value for value in values], dtype=np.int64))
    if kind == "text" or (kind is None and found == {str}):
        names = tuple(sorted({value for value in values if value is not None}))
        codes = {name: code for code, name in enumerate(names)}
        return Labels(np.array([-1 if value is None else codes[value] for value in values], dtype=np.int32), names)
    return Numbers(np.array([np.nan if value is None else value for value in values], dtype=np.float64))


def _invented(one: pa.Field, known: Mapping[str, tuple[str, ...]], moment: int) -> list[Any]:
    """Return a column of all invented customers' events, each in the order of time."""
    return [value for who, ages in enumerate(_LIVES) for value in _column(one, known, moment, who, ages)]


def _column(
    one: pa.Field, known: Mapping[str, tuple[str, ...]], moment: int, who: int, ages: tuple[float, ...]
) -> Iterator[Any]:
    place = sum(map(ord, one.name)) + 3 * who  # so that columns differ from each other, and customers
    for k, age in enumerate(reversed(ages)):
        at = moment - round(age * DAY)
        if one.name == _ID:
            yield _id(pa.types.is_integer(one.type), who)
        elif one.name in ("timestamp", "known_at"):
            yield at
        elif one.name == "later":
            yield False
        elif (k + place) % 4 == 0 and one.name != "kind":
            yield None
        else:
            yield _value(one, known.get(one.name, ()), at, k, place)


def _id(whole: bool, who: int) -> int | str:
    return who + 1 if whole else f"example {who + 1}"


def _value(one: pa.Field, labels: Sequence[str], at: int, k: int, place: int) -> Any:
    if pa.types.is_timestamp(one.type):
        return at + ((k + place) % 7 - 2) * DAY + 4_321_000_000
    if pa.types.is_boolean(one.type):
        return (k * k + place) % 3 == 0
    if pa.types.is_floating(one.type):
        return round(0.37 + ((k * 7 + place) % 11) / 12.1, 4)
    return labels[(k * 5 + place) % len(labels)] if labels else "example"


def _on_file(
    customers: CustomerTable | None, known: Mapping[str, tuple[str, ...]], moment: int, *, ids: list[Any]
) -> dict[str, Any]:
    """Invent what is on file about the customers, in the columns of a customers table; nothing about the last one."""
    if customers is None:
        return {}
    registered = range(len(ids) - 1)
    columns: dict[str, list[Any]] = {_ID: [ids[who] for who in registered]}
    if customers.dated:
        columns[_FROM] = [moment - round((301.7 + 11.3 * who) * DAY) for who in registered]
    for name in customers.attributes:
        one = customers.table.schema.field(name)
        labels = known.get(f"customers.{name}", ())
        place = sum(map(ord, name))
        columns[name] = [_value(one, labels, moment - 211 * DAY, 2 * who, place + who) for who in registered]
    kinds = {"attributes": dict(customers.attributes), "known_ahead": list(customers.known_ahead)}
    return {"customers": columns, **kinds}


def _vectors(features: Any, history: History, at: str) -> np.ndarray:
    """Return the features of the invented customers; missing where a builder of somebody's own makes nothing of them."""
    with contextlib.suppress(*_FAILURES):
        return vectors_of(features, history, at)
    said = features.says_
    vectors = np.full((history.ids.size, len(said)), np.nan)
    for builder in features.builders_:
        own = np.array([says.driver == builder.driver for says in said])
        alone = copy.copy(features)
        alone.builders_ = [builder]
        alone.says_ = [says for says, is_own in zip(said, own, strict=True) if is_own]
        with contextlib.suppress(*_FAILURES):
            vectors[:, own] = vectors_of(alone, history, at)
    return vectors


def _highest(parts: np.ndarray) -> list[int]:
    order = np.argsort(-parts, kind="stable")[:_REASONS]
    return [int(place) for place in order if parts[place] > _NEAR]


def _check_reasons(
    parts: np.ndarray, names: Sequence[str], model: Scorer, saved_with: Mapping[str, str] | None
) -> None:
    """Raise where other columns raise the risk most; those that differ by a rounding may change places."""
    columns = [one.name for one in model.features_.says_]
    said, now = [columns.index(name) for name in names], _highest(parts)
    if len(said) == len(now) and np.allclose(np.sort(parts[said]), np.sort(parts[now]), rtol=_NEAR, atol=_NEAR):
        return
    raise _other(
        f"the model would tell other reasons here than where it was saved: by {listed(columns[place] for place in now)} "
        f"instead of {listed(names)}.",
        saved_with,
    )


def _other(found: str, saved_with: Mapping[str, str] | None) -> MismatchError:
    here = versions()
    changed = [
        f"{name} {saved_with.get(name, 'not said')}, here {here.get(name, 'none')}"
        for name in (here if saved_with else ())
        if saved_with is not None and saved_with.get(name) != here.get(name)
    ]
    since = (
        f"Saved with {listed(changed)}." if changed else "The versions of the libraries are those it was saved with."
    )
    return MismatchError(
        f"{found} {since}" if saved_with is not None else found,
        hint="load it with the versions of its manifest.json, or train it again.",
    )
