"""The plan of a fitted feature set: what it asks of a customer's past, worked out once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from cxchurn._core import logger
from cxchurn.features._builder import Builder
from cxchurn.features.fitting._attribute_roles import attributes_of
from cxchurn.features.fitting._compute import columns_of, come_and_go, fill
from cxchurn.features.fitting._replayed import Recording, alike, record
from cxchurn.history import History, Seen, Which, rows_of, seen_at
from cxchurn.history.plan import KindsOf, replay, scattered


class _Places(NamedTuple):
    """The registers of the columns that are kept, where each belongs, and the places of those that builders make."""

    registers: np.ndarray
    kept: np.ndarray
    rest: dict[str, int]


class Plan:
    """What a fitted feature set asks of customers' pasts, worked out once; made by ``features.plan()``.

    The builders are run on symbols instead of a past, which write down what is asked of them; what was written down is run
    for each customer without Python between the compiled loops. The numbers are those of the builders to the bit. A builder
    that does what can not be written down (branches on values, indexes by answers, calls unknown functions) is called as it
    is. Holds the builders and what was learned, no log and no customer's data; pickles.

    Parameters
    ----------
    names : tuple of str
        The columns, in the order of ``features.says_``.
    builders : sequence of Builder
    about : mapping of str to anything
        What a view knows beside the events, as `as_of` takes it.
    ahead : frozenset of str
        The attributes that are dates fixed beforehand.
    differ : frozenset of str
        The drivers whose builders have to be called as they are.
    spare : frozenset of str
        The columns of theirs that are left out.

    Examples
    --------
    >>> cx.FeatureSet([cx.Recency(), cx.Volume()], log=log).fit(panel.frame).plan()
    Plan(57 columns of 2 builders)
      4 windows, 0 selections, 10 questions, 44 operations
      called as they are: none
    """

    def __init__(
        self,
        names: tuple[str, ...],
        builders: Sequence[Builder],
        about: Mapping[str, Any],
        *,
        ahead: frozenset[str] = frozenset(),
        differ: frozenset[str] = frozenset(),
        spare: frozenset[str] = frozenset(),
    ) -> None:
        self.names = names
        self.builders = tuple(builders)
        self.about = about
        self.ahead = ahead
        self.differ = differ
        self.spare = spare
        self.place = {name: k for k, name in enumerate(names)}
        # logs with other columns are asked otherwise: one recording for each
        self.recordings: list[Recording] = []
        self._found: dict[tuple[int, bool], _Places] = {}

    def __repr__(self) -> str:
        text = f"Plan({len(self.names)} columns of {len(self.builders)} builders)"
        if not self.recordings:
            return f"{text}, recorded when it is first asked"
        made = self.recordings[-1]
        counts = made.program.counts
        said = ", ".join(f"{counts[what]:,} {what}" for what in ("windows", "selections", "questions"))
        called = [f"{type(self.builders[k]).__name__} ({why})" for k, why in made.called.items()]
        return f"{text}\n  {said}, {counts['arithmetic']:,} operations\n  called as they are: {', '.join(called) or 'none'}"

    def one(self, history: History, customer: Any, cutoff: np.datetime64) -> np.ndarray:
        """Return the features of one customer at one cut-off; float64, shape ``(columns,)``.

        Parameters
        ----------
        history : History
            The customer's events on the clock of knowing, with attributes and zone (`history_of_one`); nobody else's. What
            lies at or after the cut-off is not seen.
        customer : int or str
            As ``history.ids`` would hold it; it may have no event.
        cutoff : datetime64[us]
            UTC.
        """
        who = np.array([customer], dtype=np.int64 if isinstance(customer, (int, np.integer)) else object)
        position = np.full(1, 0 if history.ids.size and history.ids[0] == customer else -1)
        seen = seen_at(history, position, who, np.array([cutoff], dtype="datetime64[us]"), **self.about)
        out = np.empty((len(self.names), 1))
        self.fill(seen, out, slice(0, 1), more=True)
        return out[:, 0]

    def fill(self, seen: Seen, out: np.ndarray, rows: Which, *, more: bool) -> None:
        """Write the columns of the rows of a view of all events where they belong: ``out[column, rows]``.

        Parameters
        ----------
        seen : Seen
        out : ndarray, shape (columns, n)
        rows : slice or ndarray
            Which of the n the view's rows are.
        more : bool
            Whether the log knows more than the one that was learned from: then columns without a place are left out.
        """
        made = self.recorded(rows_of(seen).history)
        places = self._places(made, more=more)
        left = np.ones(seen.cutoffs.size, dtype=bool)
        for which, answers in replay(made.program, seen):
            left[which] = False
            scattered(answers, places.registers, places.kept, _of(rows, which), out)
        if places.rest or made.called:
            called = [self.builders[k] for k in made.called]
            fill(called, seen, places.rest, out, rows, more=more, spare=self.spare)
        if left.any():
            chosen = np.flatnonzero(left)
            fill(self.builders, seen.only(chosen), self.place, out, _of(rows, chosen), more=more, spare=self.spare)

    def recorded(self, history: History) -> Recording:
        """Return what is asked of a history with these columns."""
        for made in self.recordings:
            if made.serves(history):
                return made
        return self._record(KindsOf(history))

    def without(self, seen: Seen) -> frozenset[str]:
        """Return the drivers whose columns come out otherwise than their builders make them, for the rows of a view."""
        made = self.recorded(rows_of(seen).history)
        found = np.empty((len(made.names), seen.cutoffs.size))
        for which, answers in replay(made.program, seen):
            scattered(answers, made.program.out, np.arange(len(found)), which, found)
        place = {name: k for k, name in enumerate(made.names)}
        wrong = {
            builder.driver
            for number, builder in enumerate(self.builders)
            if number not in made.called
            for column in columns_of(builder, seen)
            if column.name in place and not alike(found[place[column.name]], column.values)
        }
        for driver in sorted(wrong):
            logger.debug("the columns of %s come out otherwise when replayed: its builder is called as it is.", driver)
        return frozenset(wrong)

    def _record(self, kinds: Mapping[str, str]) -> Recording:
        known = {name: value for name, value in self.about.items() if name != "references"}
        made = record(self.builders, kinds, ahead=self.ahead, differ=self.differ, spare=self.spare, **known)
        for number, why in made.called.items():
            logger.debug("%s is called as it is: %s.", type(self.builders[number]).__name__, why)
        self.recordings = [*self.recordings, made]
        return made

    def _places(self, made: Recording, *, more: bool) -> _Places:
        """Return which columns of a program belong where, and which are for the builders that are called."""
        found = self._found.get((id(made), more))
        if found is None:
            there = [name in self.place for name in made.names]
            if not all(there) and not more:
                raise come_and_go([name for name in made.names if name not in self.place])
            kept = np.array([self.place[name] for name in made.names if name in self.place], dtype=np.int64)
            rest = {name: at for name, at in self.place.items() if name not in set(made.names)}
            found = self._found[id(made), more] = _Places(made.program.out[there], kept, rest)
        return found

    def __getstate__(self) -> dict[str, Any]:
        """Return what a pickle holds: all but what is found by the places of objects in memory."""
        return self.__dict__ | {"_found": {}}


def _of(rows: Which, which: np.ndarray) -> np.ndarray:
    return which + (rows.start or 0) if isinstance(rows, slice) else rows[which]


def plan_of(features: Any) -> Plan:
    """Return the plan of a fitted feature set, made once for it; for other references (`with_log`) anew."""
    tables = features.references_.tables
    found: Plan | None = features.__dict__.get("_plan")
    if found is None or found.about["references"] is not tables or not _same(found.builders, features.builders_):
        made = Plan(
            tuple(says.name for says in features.says_),
            features.builders_,
            {**features.about_, "references": tables},
            ahead=attributes_of(features.roles_)[1],
            differ=frozenset(getattr(features, "called_", ())),
            spare=features.spare_names_,
        )
        if found is not None and found.builders == made.builders:
            made.recordings = found.recordings
        found = features._plan = made
    return found


def _same(one: Sequence[Builder], other: Sequence[Builder]) -> bool:
    return [*map(id, one)] == [*map(id, other)]
