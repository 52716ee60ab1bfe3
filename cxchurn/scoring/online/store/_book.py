"""Where a scorer keeps what is known of customers: in memory, with all of it there, or none of it taken in."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from cxchurn._core import UsageError
from cxchurn.interactions.rows import Event
from cxchurn.scoring.online.store._on_file import OnFile
from cxchurn.scoring.online.store._shape import Shape
from cxchurn.scoring.online.store._state import Entry, State, updated

# bytes of a customer beside the events: the state's own objects, and the place in a table of customers
_A_CUSTOMER = 900
# bytes of an id by which repeats are told
_AN_ID = 200


class FullError(UsageError):
    """A scorer's bound would be passed: nothing of the update was taken in."""


class Told(NamedTuple):
    """What was told under an ``event_id``: whom it is of, what it said (None: what was refused), and when it became known."""

    customer: str
    content: int | None
    known: int


class Kept(NamedTuple):
    """One row that is kept."""

    row: int
    events: Sequence[Event]
    told: Told | None = None


@dataclass
class Changes:
    """What an update does.

    Attributes
    ----------
    rows : dict
        The rows that come, by customer.
    without : dict
        Those that go, because the same event was known earlier by another.
    adopted : dict
        Of which rows, as is known now, events are that came with a log: by customer and their places.
    told : dict
        What was told under the ids of these.
    on_file : dict
    """

    rows: dict[str, list[Kept]] = field(default_factory=dict)
    without: dict[str, set[int]] = field(default_factory=dict)
    adopted: dict[str, dict[int, int]] = field(default_factory=dict)
    told: dict[int, Told] = field(default_factory=dict)
    on_file: dict[str, tuple[OnFile, ...]] = field(default_factory=dict)

    @property
    def customers(self) -> list[str]:
        """Those whom it is about."""
        return list(dict.fromkeys([*self.rows, *self.without, *self.adopted, *self.on_file]))


class Memory:
    """All that is known, in memory: a state is put in another's place in one step, so readers need no lock.

    Parameters
    ----------
    shape : Shape
    max_events, memory : int, optional
        How many events, and bytes (as estimated), there may be.
    """

    def __init__(self, shape: Shape, *, max_events: int | None = None, memory: int | None = None) -> None:
        self.shape = shape
        self.max_events = max_events
        self.memory = memory
        self._states: dict[str, State] = {}
        self._on_file: dict[str, tuple[OnFile, ...]] = {}
        self._told: dict[int, Told] = {}
        self._events = 0
        self._pid, self._lock = os.getpid(), threading.RLock()

    @property
    def lock(self) -> threading.RLock:  # type: ignore[valid-type]
        """Who writes holds it; a process that was forked has one of its own, for nobody there would ever let the old one go."""
        if self._pid != os.getpid():
            self._pid, self._lock = os.getpid(), threading.RLock()
        return self._lock

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Let nobody else write meanwhile."""
        with self.lock:
            yield

    @property
    def events(self) -> int:
        """How many events there are."""
        return self._events

    def customers(self) -> list[str]:
        """Return the customers who have events."""
        return list(self._states)

    def __len__(self) -> int:
        return len(self._states)

    def state(self, customer: str) -> State | None:
        """Return a customer's events."""
        return self._states.get(customer)

    def on_file(self, customer: str) -> tuple[OnFile, ...]:
        """Return what else is on file about a customer."""
        return self._on_file.get(customer, ())

    def told(self, row: int) -> Told | None:
        """Return what was told under an id."""
        return self._told.get(row)

    def put(self, changes: Changes) -> None:
        """Take changes in, or raise where they would pass the bound."""
        states = self.states_after(changes)
        events = self._events + sum(
            state.size - (old.size if (old := self._states.get(customer)) else 0) for customer, state in states.items()
        )
        self._check_room(events, changes)
        self._states.update(states)
        self._on_file.update(changes.on_file)
        self._told.update(changes.told)
        self._told.update({one.row: one.told for rows in changes.rows.values() for one in rows if one.told is not None})
        self._events = events

    def states_after(self, changes: Changes) -> dict[str, State]:
        """Return the states that changes make of those there are."""
        return {
            customer: updated(
                self._before(customer, changes.adopted.get(customer)),
                self.shape,
                (Entry(one.row, one.events) for one in changes.rows.get(customer, ())),
                without=changes.without.get(customer, ()),
            )
            for customer in dict.fromkeys([*changes.rows, *changes.without, *changes.adopted])
        }

    def _before(self, customer: str, adopted: Mapping[int, int] | None) -> State:
        state = self.state(customer) or State.empty(self.shape)
        return state.marked(adopted) if adopted else state

    def forget(self, customer: str) -> bool:
        """Forget a customer, and return whether there was anything to forget."""
        with self.lock:
            state, on_file = self._states.pop(customer, None), self._on_file.pop(customer, None)
            if state is not None:
                self._events -= state.size
                for row in state.rows.tolist():
                    self._told.pop(row, None)
            return state is not None or on_file is not None

    def knows(self, customer: str) -> bool:
        """Whether there is anything to forget of a customer."""
        return self.state(customer) is not None or bool(self.on_file(customer))

    def close(self) -> None:
        """Let go of what is held besides memory: nothing."""

    def load(self, states: Mapping[str, State], on_file: Mapping[str, tuple[OnFile, ...]]) -> None:
        """Take whole customers in, in the place of what was known of them."""
        with self.lock:
            gone = sum(self._states[customer].size for customer in states if customer in self._states)
            events = self._events - gone + sum(state.size for state in states.values())
            self._check_room(events, Changes(rows={key: [] for key in states}))
            self._states.update(states)
            self._on_file.update(on_file)
            self._events = events

    def size(self, events: int, customers: int, ids: int) -> int:
        """Return about how many bytes so much takes."""
        # arrays have half as much room again as they need, at most
        return events * self.shape.bytes_an_event * 5 // 4 + customers * _A_CUSTOMER + ids * _AN_ID

    def _check_room(self, events: int, changes: Changes) -> None:
        if self.max_events is not None and events > max(self.max_events, self._events):
            raise _full(f"{self._events:,} events", f"{events:,}", f"{self.max_events:,} (max_events)")
        if self.memory is None:
            return
        customers = len(self._states) + sum(one not in self._states for one in changes.rows)
        ids = (
            len(self._told)
            + len(changes.told)
            + sum(one.told is not None for rows in changes.rows.values() for one in rows)
        )
        size = self.size(events, customers, ids)
        if size > self.memory and events > self._events:
            now = self.size(self._events, len(self._states), len(self._told))
            raise _full(f"about {_megabytes(now)}", _megabytes(size), f"{_megabytes(self.memory)} (memory_limit)")


def _full(now: str, then: str, most: str) -> FullError:
    return FullError(
        f"the scorer is full: it holds {now}, and would hold {then}. Nothing of this update was taken in.",
        allowed=f"at most {most}",
        hint='raise the bound, forget(...) customers who are gone, or keep events on disk: store="sqlite:///state.db".',
    )


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
