"""A model as it is asked about one customer: its plan, the shape of its events, and who reads them."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from cxchurn._core import MismatchError, UsageError, instant, listed, zone
from cxchurn._core.running._compiled import start_lean
from cxchurn.features import FittedFeatures, References, check_fits, plan_of, read_references
from cxchurn.history import History, Seen, seen_at
from cxchurn.interactions.rows import RowReader
from cxchurn.model import FittedModel, load_fitted
from cxchurn.panel import Eligibility
from cxchurn.scoring.online._together import history_of
from cxchurn.scoring.online.store._on_file import Attributes, OnFile
from cxchurn.scoring.online.store._shape import Shape
from cxchurn.scoring.online.store._state import State

# what whoever asks in Python may do
SAY_SOURCE = "say which one the events are of: source=0."
# columns by which a source is known
_SHOWN = 4
# how the labels of attributes are called among those of events
_ON_FILE = "customers."


class Served:
    """A model that answers for one customer at a time.

    Parameters
    ----------
    model : FittedModel
    references : References, optional
        Newer tables about customers in general. Default: the model's own.

    Attributes
    ----------
    shape : Shape
        The columns of its events.
    readers : tuple of RowReader
        One for each source that it was trained on.
    attributes : Attributes
        What it wants to know of customers besides.
    known, known_on_file : dict of str to frozenset of str
        The labels that it learned, by column of events and by attribute.
    """

    def __init__(self, model: FittedModel, references: References | None = None) -> None:
        if not model.schemas_:
            raise MismatchError(
                "the model does not say in which columns events come.",
                hint="train it again on a log that was read by a schema.",
            )
        self.model = model
        self.features = _with(model.features_, references)
        self.shape = Shape.of(model.schemas_)
        self.readers = tuple(RowReader(schema) for schema in model.schemas_)
        self.attributes = Attributes.of(self.features, model.schemas_)
        self.known, self.known_on_file = _learned(self.features)
        self.plan = plan_of(self.features)
        self._asked = Eligibility(model.churn_)
        self._zone = zone(self.features.timezone_)
        self._nothing = self.attributes.history(())
        self._versions: dict[int | None, str] = {}

    def over(self, shape: Shape) -> Served:
        """Return the same model over events that have more columns than its own."""
        other = copy.copy(self)
        other.shape = shape
        return other

    def reader(self, source: int | None) -> RowReader:
        """Return who reads the rows of a source, by its place among those that the model was trained on."""
        if source is None and len(self.readers) == 1:
            return self.readers[0]
        if source is None or not 0 <= source < len(self.readers):
            count = len(self.readers)
            raise UsageError(
                f"the model was trained on {count} source{'' if count == 1 else 's'}, and source is {source!r}.",
                allowed="; ".join(f"{k} (events with {_columns(reader)})" for k, reader in enumerate(self.readers)),
                hint=SAY_SOURCE,
            )
        return self.readers[source]

    def history(self, keys: Sequence[str], states: Sequence[State], on_file: Sequence[tuple[OnFile, ...]]) -> History:
        """Return the history of some customers: their events, what is on file about them, and the zone of their days."""
        history = history_of(self.shape, keys, states)
        history.zone = self._zone
        if self.attributes.kinds:
            on_record = [(key, rows) for key, rows in zip(keys, on_file, strict=True) if rows]
            history.attributes = self.attributes.history(on_record) if on_record else self._nothing
        return history

    def eligible(self, history: History, at: np.datetime64) -> tuple[np.ndarray, np.ndarray]:
        """Return why customers are not asked about ("" for those who are), and who met the definition already."""
        populations = self.model.churn_.populations
        return self._asked.of(_view(history, np.arange(history.ids.size), at, populations=populations))

    def vectors(self, history: History, which: np.ndarray, at: np.datetime64) -> np.ndarray:
        """Return the features of some of a history's customers; float64, shape ``(customers, columns)``."""
        found = np.empty((len(self.plan.names), which.size))
        self.plan.fill(_view(history, which, at, **self.plan.about), found, slice(0, which.size), more=True)
        return found.T

    def moment(self, at: Any, *, name: str = "at") -> np.datetime64:
        """Return an instant, text without a zone being by the clock of the log; now where none is given."""
        if at is None:
            return np.datetime64(datetime.now(UTC).replace(tzinfo=None), "us")
        return instant(at, name=name, timezone=self.features.timezone_)

    def references_version(self, at: np.datetime64) -> str:
        """Return the version of the tables about customers in general that serve at an instant."""
        references = self.features.references_
        moment = references.moment(at)
        if moment not in self._versions:
            self._versions[moment] = references.version(at)
        return self._versions[moment]


def _columns(reader: RowReader) -> str:
    return listed(map(repr, reader.paths.wanted), most=_SHOWN)


def served(
    model: FittedModel | str | Path, references: References | str | Path | None, trust: tuple[type | str, ...]
) -> Served:
    """Return a model, or that of a folder or an address, ready to be asked."""
    if isinstance(model, (str, Path)):
        start_lean()
        model = load_fitted(model, trust=trust)
    elif not hasattr(model, "version_"):
        raise UsageError(
            f"the model is {'not fitted' if isinstance(model, FittedModel) else f'a {type(model).__name__}'}.",
            allowed="a fitted ChurnModel, or the folder of one that was saved",
        )
    if isinstance(references, (str, Path)):
        references = read_references(references)
    return Served(model, references)


def _learned(features: FittedFeatures) -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    of_all = {column: frozenset(labels) for column, labels in features.known_.items() if "@" not in column}
    on_file = {name.removeprefix(_ON_FILE): of_all.pop(name) for name in [*of_all] if name.startswith(_ON_FILE)}
    return of_all, on_file


def _view(history: History, which: np.ndarray, at: np.datetime64, **about: Any) -> Seen:
    return seen_at(history, which, history.ids[which], np.repeat(at, which.size), **about)


def _with(features: FittedFeatures, references: References | None) -> FittedFeatures:
    if references is None:
        return features
    check_fits(references, features.references_)
    other = copy.copy(features)
    other.references_ = features.references_.updated(references)
    return other
