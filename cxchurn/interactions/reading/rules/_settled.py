"""What is settled between the rows of a source, once each was looked at: copies, repeats, and one event a matter."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from cxchurn.interactions.log._validation import Finding
from cxchurn.interactions.reading.casts._source_rows import SourceRows
from cxchurn.interactions.reading.rules._copies import find_copies
from cxchurn.interactions.reading.rules._event_ids import find_repeats
from cxchurn.interactions.reading.rules._findings import findings_of, refused_rows
from cxchurn.interactions.reading.rules._once_per import find_later_ones
from cxchurn.interactions.reading.rules._passing import Passed
from cxchurn.interactions.reading.rules._rules import rules_between
from cxchurn.interactions.reading.rules._tally import Tally
from cxchurn.interactions.schema._schema import columns_of
from cxchurn.interactions.store._counts import Handed
from cxchurn.interactions.store._dividing import Store
from cxchurn.interactions.store._repeats import twice


class Settled:
    """The rows of a source, of which more and more is known.

    Parameters
    ----------
    read : SourceRows
        The rows.
    store : Store
        Where their events are.
    passed : Passed
        What was found in each of them.

    Attributes
    ----------
    refused : ndarray of int64
        The rows refused.
    repeated : int
        How many rows repeat another one by their id.
    handed : Handed
        How many events are left.
    """

    def __init__(self, read: SourceRows, store: Store, passed: Passed) -> None:
        self._read = read
        self._store = store
        self._passed = passed
        self._tally = passed.tally
        self._tally.every = True
        self._between = Tally(rules_between(read.schema), every=True)
        self._tables = 1 + len(read.schema.later)
        self.refused = passed.tally.all_refused
        self.repeated = 0
        self.handed = passed.handed

    def refuse_copies(self, *, all_named: bool) -> None:
        """Refuse the rows that are copies of earlier ones.

        Parameters
        ----------
        all_named : bool
            Whether all rows kept have an id of their own: then copies may be among the rows refused alone.
        """
        read = self._read
        found = [self._refused_alike()]
        if not all_named:
            events, hashes = self._store.suspects()
            found.append((events // self._tables, hashes))
        suspects, hashes = (np.concatenate(each) for each in zip(*found, strict=True))
        copies = find_copies(read.rows, read.schema, read.casting, suspects, hashes, columns=read.columns)
        for place, rule in enumerate(self._tally.rules):
            rows = {"duplicate": copies.copies, "alike": copies.alike}.get(rule.name)
            if rows is not None and rows.size:
                self._tally.say(place, copies.says(rule, list(read.data.columns)))
                self._tally.note(place, rows)
        self._refuse(copies.copies)

    def _refused_alike(self) -> tuple[np.ndarray, np.ndarray]:
        pairs = self._passed.refused
        rows = np.concatenate([np.empty(0, np.int64), *(rows for rows, _ in pairs)])
        hashes = np.concatenate([np.empty(0, np.uint64), *(some for _, some in pairs)])
        # equal hashes are suspects only: whether rows are copies is seen in the rows themselves
        several = np.isin(hashes, twice(hashes))
        return rows[several], hashes[several]

    def settle_repeats(self, bits: np.ndarray) -> None:
        """Refuse the rows that contradict others of their id, and drop those that repeat one; `bits` are of such ids."""
        if not bits.size:
            return
        read = self._read
        repeats = find_repeats(read.rows, read.schema, read.casting, bits, self.refused)
        for place, rule in enumerate(self._between.rules):
            self._between.say(place, *repeats.says(rule))
            self._between.note(place, repeats.contradicted if rule.refuses else repeats.repeated)
        self._refuse(repeats.contradicted)
        self._drop(repeats.repeated)
        self.repeated = repeats.repeated.size

    def choose_earliest(self) -> None:
        """Leave of the events made once a matter the earliest."""
        if any(later.once_per for later in self._read.schema.later):
            read = self._read
            self._lose(find_later_ones(self._store, read.rows, read.schema, read.casting))

    def findings(self) -> list[Finding]:
        """Return what was found."""
        read, columns = self._read, columns_of(self._read.schema)
        return [
            one for tally in (self._tally, self._between) for one in findings_of(read.data, read.rows, tally, columns)
        ]

    def refused_rows(self) -> pa.Table:
        """Return the rows refused as they are in the source, with the rules they broke."""
        return refused_rows(self._read.data, self._read.rows, self.refused, [self._tally, self._between])

    def _refuse(self, rows: np.ndarray) -> None:
        self._drop(rows)
        self.refused = np.union1d(self.refused, rows)

    def _drop(self, rows: np.ndarray) -> None:
        # a row stands for an event of its own and one for each column that was filled in later: all go with it
        self._lose((rows[:, None] * self._tables + np.arange(self._tables)).ravel())

    def _lose(self, events: np.ndarray) -> None:
        if events.size:
            gone = self._store.drop(events)
            kept = int(np.count_nonzero(gone % self._tables == 0))
            self.handed -= Handed(kept, gone.size - kept)
