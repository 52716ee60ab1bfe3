"""What is known of customers in a file of SQLite: an update that came back is there after a crash; memory is only a cache.

One writer at a time, in this process and in others; readers never wait. Each process notices what others have written by
SQLite's own count of changes, and reads those customers anew.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from cxchurn._core import MismatchError, listed
from cxchurn.scoring.online.store._book import Changes, Kept, Memory, Told
from cxchurn.scoring.online.store._on_file import OnFile
from cxchurn.scoring.online.store._shape import Shape
from cxchurn.scoring.online.store._state import FROM_LOG, Entry, State, updated
from cxchurn.scoring.online.store._tables import FORMAT, TABLES, check_format, connected, said_of_the_file
from cxchurn.scoring.online.store._written import (
    events_from_log,
    events_of_row,
    read_events,
    read_on_file,
    written_events,
    written_on_file,
)

# so many marks of who was written about are kept for processes that have not looked yet
_MARKS = 100_000


class Durable(Memory):
    """All that is known, in a file.

    Parameters
    ----------
    shape : Shape
    path : str
        The file; made where there is none.
    max_events, memory : int, optional
        How much is held in memory besides.
    """

    def __init__(self, shape: Shape, path: str, *, max_events: int | None = None, memory: int | None = None) -> None:
        super().__init__(shape, max_events=max_events, memory=memory)
        self.path = Path(path).absolute()
        self._local = threading.local()
        self._mark = self._version = -1
        with said_of_the_file(self.path):
            self.shape = self._begun(shape)

    def _begun(self, shape: Shape) -> Shape:
        """Make the tables where there are none, and return the columns that the events in the file have."""
        con = self._con
        con.executescript(f"BEGIN IMMEDIATE;{TABLES}COMMIT;")
        with self._transaction():
            con.execute("INSERT OR IGNORE INTO about VALUES ('format', ?)", (str(FORMAT),))
            con.execute("INSERT OR IGNORE INTO about VALUES ('columns', ?)", (json.dumps(asdict(shape)),))
        about = dict(con.execute("SELECT name, value FROM about").fetchall())
        check_format(self.path, about["format"])
        there = Shape(**json.loads(about["columns"]))
        if lacks := there.lacks(shape):
            raise MismatchError(
                f"the model's events have {listed(lacks)}, which those in {self.path} were read without.",
                hint="begin a new file with this model, and warm it from the log.",
            )
        self._mark = self._last_mark()
        return there

    @property
    def _con(self) -> sqlite3.Connection:
        """This thread's own connection; none that was made before a fork is used after it."""
        if getattr(self._local, "pid", None) != os.getpid():
            con = connected(self.path)
            self._local.con, self._local.pid, self._local.version = con, os.getpid(), None
        return self._local.con

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        con = self._con
        # IMMEDIATE: a transaction that reads first and then writes would fail where another one wrote in between, however long
        # it waits
        con.execute("BEGIN IMMEDIATE")
        try:
            yield
            con.execute("COMMIT")
        except BaseException:
            if con.in_transaction:
                con.execute("ROLLBACK")
            raise

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Let nobody else write meanwhile, here or in another process; what was put is seen once it is in the file."""
        with self.lock, said_of_the_file(self.path):
            self._waiting: dict[str, State | None] = {}
            before = self._mark
            try:
                with self._transaction():
                    self._catch_up()
                    before = self._mark
                    yield
            except BaseException:
                # the marks of what was taken back will be given to others
                self._mark = before
                raise
            self._seen(self._waiting)

    def _catch_up(self) -> None:
        """Forget in memory those customers of whom others have written."""
        con = self._con
        version = con.execute("PRAGMA data_version").fetchone()[0]
        if version == self._local.version:
            return
        if self._last_mark() <= self._mark:
            # it was written in this process, whose memory has it
            self._local.version = version
            return
        with self.lock:
            first = con.execute("SELECT min(mark) FROM written").fetchone()[0]
            last = self._last_mark()
            # marks older than those that are kept say nothing any more: all of memory may be stale
            if first is not None and self._mark < first - 1:
                self._states.clear()
                self._on_file.clear()
                self._events = 0
            else:
                since = con.execute("SELECT DISTINCT customer FROM written WHERE mark > ?", (self._mark,)).fetchall()
                for (customer,) in since:
                    self._drop(customer)
            self._mark = max(self._mark, last)
            self._local.version = version

    def _last_mark(self) -> int:
        return self._con.execute("SELECT coalesce(max(mark), 0) FROM written").fetchone()[0]

    def _drop(self, customer: str) -> None:
        state = self._states.pop(customer, None)
        self._on_file.pop(customer, None)
        if state is not None:
            self._events -= state.size

    def _seen(self, states: Mapping[str, State | None]) -> None:
        """Put what is in the file now into memory, and let go of what has been there longest where it is too much."""
        for customer, state in states.items():
            self._drop(customer)
            if state is not None:
                self._states[customer] = state
                self._events += state.size
        while len(self._states) > 1 and self._is_full():
            self._drop(next(iter(self._states)))

    def _is_full(self) -> bool:
        if self.max_events is not None and self._events > self.max_events:
            return True
        return self.memory is not None and self.size(self._events, len(self._states), 0) > self.memory

    def state(self, customer: str) -> State | None:
        """Return a customer's events."""
        with said_of_the_file(self.path):
            waiting = self._waiting if self._con.in_transaction else {}
            if customer in waiting:
                return waiting[customer]
            if not self._con.in_transaction:
                self._catch_up()
            found = self._states.get(customer)
            if found is None:
                found = self._read(customer)
            return found

    def _read(self, customer: str) -> State | None:
        con, alone = self._con, not self._con.in_transaction
        if alone:
            con.execute("BEGIN")
        mark = self._last_mark()
        rows = con.execute("SELECT row, events FROM rows WHERE customer = ?", (customer,)).fetchall()
        if alone:
            con.execute("COMMIT")
        if not rows:
            return None
        entries = (Entry(row, read_events(events)) for row, events in rows)
        state = updated(State.empty(self.shape), self.shape, entries)
        # a reader never waits for a writer to keep what it read; the next one reads it again
        if alone and self.lock.acquire(blocking=False):
            try:
                # what was written since the rows were read must not be hidden by them
                newer = "SELECT 1 FROM written WHERE mark > ? AND customer = ?"
                if con.execute(newer, (mark, customer)).fetchone() is None:
                    self._seen({customer: state})
            finally:
                self.lock.release()
        return state

    def on_file(self, customer: str) -> tuple[OnFile, ...]:
        """Return what else is on file about a customer."""
        with said_of_the_file(self.path):
            found = self._con.execute("SELECT on_file FROM customers WHERE customer = ?", (customer,)).fetchone()
            return read_on_file(found[0]) if found else ()

    def told(self, row: int) -> Told | None:
        """Return what was told under an id."""
        asked = "SELECT customer, content, known FROM rows WHERE row = ? AND content IS NOT NULL"
        found = self._con.execute(asked, (row,)).fetchone()
        return Told(*found) if found else None

    def put(self, changes: Changes) -> None:
        """Take changes in; part of the transaction that `writing` has begun."""
        states = self.states_after(changes)
        for customer, gone in changes.without.items():
            asked = "DELETE FROM rows WHERE customer = ? AND row = ?"
            self._con.executemany(asked, ((customer, row) for row in gone))
        for customer, adopted in changes.adopted.items():
            self._adopt(
                customer, states[customer], set(adopted.values()) - changes.without.get(customer, set()), changes
            )
        self._insert((customer, one) for customer, rows in changes.rows.items() for one in rows)
        self._note(states, changes.on_file)
        self._waiting.update(states)

    def _insert(self, kept: Iterable[tuple[str, Kept]]) -> None:
        self._con.executemany(
            "INSERT INTO rows (customer, row, content, known, size, events) VALUES (?, ?, ?, ?, ?, ?)",
            (
                (
                    who,
                    one.row,
                    *(one.told[1:] if one.told else (None, None)),
                    len(one.events),
                    written_events(one.events),
                )
                for who, one in kept
            ),
        )

    def _adopt(self, customer: str, state: State, rows: set[int], changes: Changes) -> None:
        """Write down which rows events of a log are of."""
        self._con.execute("DELETE FROM rows WHERE customer = ? AND row = ?", (customer, FROM_LOG))
        own = [Kept(row, events_of_row(state, self.shape, row), changes.told[row]) for row in sorted(rows)]
        self._insert(
            (customer, one) for one in (Kept(FROM_LOG, events_from_log(state, self.shape)), *own) if one.events
        )

    def _note(self, states: Mapping[str, State], on_file: Mapping[str, tuple[OnFile, ...]]) -> None:
        con = self._con
        con.executemany(
            "INSERT INTO customers VALUES (?, ?, '[]') ON CONFLICT (customer) DO UPDATE SET size = excluded.size",
            ((customer, state.size) for customer, state in states.items()),
        )
        con.executemany(
            "INSERT INTO customers VALUES (?, 0, ?) ON CONFLICT (customer) DO UPDATE SET on_file = excluded.on_file",
            ((customer, written_on_file(rows)) for customer, rows in on_file.items()),
        )
        self._marked([*states, *on_file])

    def _marked(self, customers: list[str]) -> None:
        con = self._con
        con.executemany("INSERT INTO written (customer) VALUES (?)", ((one,) for one in customers))
        self._mark = self._last_mark()
        con.execute("DELETE FROM written WHERE mark <= ?", (self._mark - _MARKS,))

    def forget(self, customer: str) -> bool:
        """Forget a customer, and return whether there was anything to forget; part of a transaction."""
        con = self._con
        rows = con.execute("DELETE FROM rows WHERE customer = ?", (customer,)).rowcount
        known = con.execute("DELETE FROM customers WHERE customer = ?", (customer,)).rowcount
        self._marked([customer])
        self._waiting[customer] = None
        return bool(rows or known)

    def load(self, states: Mapping[str, State], on_file: Mapping[str, tuple[OnFile, ...]]) -> None:
        """Take whole customers in; part of a transaction."""
        self._insert((who, Kept(FROM_LOG, events_from_log(state, self.shape))) for who, state in states.items())
        self._note(states, on_file)
        self._waiting.update(states)

    @property
    def events(self) -> int:
        """How many events there are."""
        with said_of_the_file(self.path):
            return self._con.execute("SELECT coalesce(sum(size), 0) FROM customers").fetchone()[0]

    def __len__(self) -> int:
        with said_of_the_file(self.path):
            return self._con.execute("SELECT count(*) FROM customers WHERE size > 0").fetchone()[0]

    def close(self) -> None:
        """Let go of the file, as far as this thread holds it."""
        if getattr(self._local, "pid", None) == os.getpid():
            self._local.con.close()
            self._local.pid = None
