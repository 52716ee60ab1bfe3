"""The as-of view: everything known before each row's cut-off."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from weakref import ref

import numpy as np

from cxchurn._core import DAY, MismatchError, UsageError, did_you_mean, listed
from cxchurn.history.asking._depth import Depth, cut, ranges
from cxchurn.history.asking._populations import NAMES, Populations
from cxchurn.history.asking.window._rows import Rows
from cxchurn.history.asking.window._window import Window
from cxchurn.history.data._attributes import AttributeHistory
from cxchurn.history.data._columns import EventColumn, Labels, Times
from cxchurn.history.data._history import History
from cxchurn.history.data._run import run
from cxchurn.history.kernels import _kernels


class About(NamedTuple):
    """What a view knows beside the events.

    Labels known of a column stand under its name, and where a population had others of it, also under
    ``column@population``.
    """

    known: Mapping[str, tuple[str, ...]]
    references: Mapping[str, Mapping[int, Any]]
    populations: Populations
    depth: Depth
    # the attributes that anybody has asked these views for
    asked: set[str]


class Seen(Window):
    """Everything known about each row's customer before its cut-off ``T``; made by `as_of`.

    It answers for all of the past what a `Window` answers for a part, and hands out windows with ``last`` and ``before``.
    Events at or after ``T`` are outside every range it holds.

    Attributes
    ----------
    all, own, activity : Seen
        The same rows, of whose past all events are seen, the customers' own acts, or the activity among these
        (`Populations`). One that sees ``own`` answers as if nothing else had ever happened.
    """

    _about: About
    _position: np.ndarray
    _customers: np.ndarray
    _everything: History
    # a view of all events holds the others made from it; they know it weakly, so that no circle outlives the work
    _views: dict[str, Seen]
    _whole_view: Callable[[], Seen | None]
    _population: str = "all"
    _on_file: np.ndarray | None = None

    def _hold(self, position: np.ndarray, customers: np.ndarray, about: About) -> None:
        self._position, self._customers, self._about = position, customers, about
        self._everything, self._views, self._whole_view = self._rows.history, {}, ref(self)
        self._tables: dict[str, list[tuple[np.ndarray, Any]]] = {}

    @property
    def all(self) -> Seen:
        """The view of all events."""
        found = self._whole_view()
        return found or _view(self._everything, self._position, self._customers, self.cutoffs, self._about)

    @property
    def own(self) -> Seen:
        """The view of the customers' own acts."""
        return self.of("own")

    @property
    def activity(self) -> Seen:
        """The view of the acts that count as activity."""
        return self.of("activity")

    @property
    def populations(self) -> Populations:
        """Whose act an event was, as conditions on events."""
        return self._about.populations

    def of(self, population: str) -> Seen:
        """The view of a population, by its name: "all", "own" or "activity"."""
        if population not in NAMES:
            raise UsageError(
                f"there is no population {population!r}.",
                allowed=listed(NAMES),
                hint=did_you_mean(str(population), NAMES),
            )
        if population == self._population:
            return self
        whole = self.all
        if population == "all":
            return whole
        if population not in whole._views:
            whole._views[population] = whole._part_of(population)
        return whole._views[population]

    def _part_of(self, population: str) -> Seen:
        history = self._rows.history.only(self._about.populations.conditions[population])
        # where two populations are the same events, they share what has been answered; not what training knew
        alike = next((view for view in (self, *self._views.values()) if view._rows.history is history), None)
        view = copy.copy(alike) if alike else _view(history, self._position, self._customers, self.cutoffs, self._about)
        view._everything, view._views, view._whole_view = self._rows.history, {}, ref(self)
        view._population = population
        return view

    @property
    def depth(self) -> Depth:
        """How far back the view sees."""
        return self._about.depth

    @property
    def cutoffs(self) -> np.ndarray:
        """The cut-off of each row, in microseconds since 1970."""
        return self._rows.cutoffs

    @property
    def customers(self) -> np.ndarray:
        """The customer of each row."""
        return self._customers

    def only(self, rows: np.ndarray) -> Seen:
        """The view of some of the rows, by a mask or positions."""
        everything = self.all
        other = Seen(everything._rows.take(rows))
        other._hold(self._position[rows], self._customers[rows], self._about)
        other._on_file = None if everything._on_file is None else everything._on_file[rows]
        return other.of(self._population)

    def compared(self, name: str) -> list[tuple[np.ndarray, Any]]:
        """The reference tables of that name that hold for the rows, each with the positions of its rows.

        A row takes the latest table made at or before its cut-off; rows before the first have none.
        """
        if name not in self._tables:
            self._tables[name] = self._compared(name)
        return self._tables[name]

    def _compared(self, name: str) -> list[tuple[np.ndarray, Any]]:
        references = self._about.references
        if references and name not in references:
            raise UsageError(
                f"there are no reference tables of {name!r}.",
                allowed=listed(references),
                hint="a builder that compares asks for seen.compared(self.table_name).",
            )
        tables = references.get(name, {})
        if self._rows.cutoffs.size == 1:
            # one row, as a service asks for it: the tables are few
            last = max((moment for moment in tables if moment <= self._rows.cutoffs[0]), default=None)
            return [] if last is None else [(np.zeros(1, dtype=np.int64), tables[last])]
        moments = np.array(sorted(tables), dtype=np.int64)
        which = np.searchsorted(moments, self._rows.cutoffs, side="right") - 1
        return [(np.flatnonzero(which == k), tables[int(moments[k])]) for k in np.unique(which[which >= 0])]

    def known(self, column: str) -> tuple[str, ...]:
        """The labels of a column (or attribute) that were learned in training, the most frequent first.

        Those that the events seen had: a view of own acts knows nothing of what only the company sends.
        """
        known = self._about.known
        return known.get(f"{column}@{self._population}", known.get(column, ()))

    def has(self, column: str) -> bool:
        """Whether the log has this column."""
        return column in self._rows.history.columns

    def asked_for(self) -> tuple[str, ...]:
        """The columns of the log that anybody has asked for so far."""
        return tuple(sorted(self.all._rows.history.columns.made))

    def attributes_asked_for(self) -> tuple[str, ...]:
        """The attributes that anybody has asked this view for so far."""
        return tuple(sorted(self._about.asked))

    def attribute(self, name: str) -> np.ndarray:
        """An attribute of the customers as of the cut-off: a number, days since a date, or a label's code.

        The code is the label's position in ``known("customers.<name>")``.

        Missing (NaN) where there was none on file, or where the label was unknown in training. A date that is not known
        ahead and has no date of its own (`CustomerTable.undated_times`) is missing until it has come.
        """
        column = self._attribute_column(name)
        if isinstance(column, Times):
            known = column.present
            if name in self._rows.history.attributes.within:  # type: ignore[union-attr]
                known = known & (column.values < self._rows.cutoffs)
            return np.where(known, (self._rows.cutoffs - np.where(known, column.values, 0)) / DAY, np.nan)
        if not isinstance(column, Labels):
            return column.values
        attributes: AttributeHistory = self._rows.history.attributes  # type: ignore[assignment]
        return attributes.numbered(name, self.known(f"customers.{name}"))[column.values]

    def known_ahead(self, name: str) -> bool:
        """Whether an attribute is a date fixed beforehand, which may lie after the cut-off."""
        attributes = self._rows.history.attributes
        return attributes is not None and name in attributes.known_ahead

    def _attribute_column(self, name: str) -> EventColumn:
        attributes = self._rows.history.attributes
        self._about.asked.add(name)
        if attributes is None or name not in attributes.columns:
            names = [] if attributes is None else list(attributes.columns)
            why = None if attributes is None else attributes.left_out.get(name)
            raise MismatchError(
                f"the customers table has no attribute {name!r}" + (f": {why}." if why else "."),
                allowed=listed(names) or "none: the log was read without customers=",
                hint=did_you_mean(name, names),
            )
        return attributes.read(name, self.look_up(attributes))

    def look_up(self, attributes: AttributeHistory) -> np.ndarray:
        """Return which row of the customers table holds for each row, found out once; int64, shape ``(n,)``."""
        if self._on_file is None:
            self._on_file = attributes.rows(self._customers, self._rows.cutoffs)
        return self._on_file


def as_of(
    history: History,
    customers: np.ndarray,
    cutoffs: np.ndarray,
    *,
    known: Mapping[str, tuple[str, ...]] | None = None,
    references: Mapping[str, Mapping[int, Any]] | None = None,
    populations: Populations | None = None,
    depth: Depth | None = None,
) -> Seen:
    """Return the view of all events of a history as of given cut-offs.

    Parameters
    ----------
    history : History
        All events.
    customers : ndarray, shape (n,)
        The customer of each row; one without events has an empty past.
    cutoffs : ndarray of datetime64[us], shape (n,)
        The cut-off of each row.
    known : mapping of column to labels, optional
        What was learned in training, see `Seen.known`.
    references : mapping of name to tables by instant, optional
        What is known about everybody, see `Seen.compared`.
    populations : Populations, optional
        Whose act an event was. Default: nothing ends a customer, and all own acts are activity.
    depth : Depth, optional
        How far back the view sees. Default: as far as the log goes, wherever that begins.
    """
    about = {"known": known, "references": references, "populations": populations, "depth": depth}
    return seen_at(history, history.positions(customers), customers, cutoffs, **about)


def seen_at(history: History, position: np.ndarray, customers: np.ndarray, cutoffs: np.ndarray, **about: Any) -> Seen:
    """Return the view where it is known at which position of the history each row's customer stands, -1 for nowhere.

    For arguments see `as_of`.
    """
    at = np.asarray(cutoffs, dtype="datetime64[us]").astype(np.int64)
    knows = _about(**about)
    shown, local = cut(history, position, at, knows.depth.lookback)
    return _view(shown, local, np.asarray(customers), at, knows)


def _about(
    known: Mapping[str, tuple[str, ...]] | None = None,
    references: Mapping[str, Mapping[int, Any]] | None = None,
    populations: Populations | None = None,
    depth: Depth | None = None,
) -> About:
    return About(known or {}, references or {}, populations or Populations(), depth or Depth(), set())


def _view(history: History, position: np.ndarray, customers: np.ndarray, at: np.ndarray, about: About) -> Seen:
    first, end = ranges(history, position)
    until = run(_kernels.search, at.size, history.place, first, end, at, dtype=np.int64)
    seen = Seen(Rows(history, at, first, until))
    seen._hold(position, customers, about)
    return seen
