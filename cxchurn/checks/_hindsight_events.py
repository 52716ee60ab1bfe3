"""Columns of the interactions that only make sense with hindsight."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cxchurn._core import toml_value
from cxchurn.checks._suspicion import FEWEST, Suspicion, too_telling
from cxchurn.features import FEW_AHEAD, outcome_name
from cxchurn.history import Events, Measure, Seen, ask_as_of, labels_before
from cxchurn.interactions import InteractionLog, as_given
from cxchurn.panel import Panel

# what every event has, what ties events, and what is a promise
_NOT_LOOKED_AT = ("customer_id", "timestamp", "known_at", "kind", "later", "case_id", "promised_at")
_OF_AN_END = re.compile(
    r"clos(e|ed|ure|ing)|resol(ve|ution)|solved|complet|finish|settled|final|outcome|root_?cause|ended"
)
_TIME = r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}.*)?$"
# as many as features code of a column; rarer ones are too few to suspect
_LABELS = 50
# a hundredth for what was mended by hand: systems that carry a final state onto every row do it nearly everywhere
_ALL = 0.99


@dataclass(frozen=True)
class Coded(Measure):
    """A label's place among known ones."""

    name: str
    labels: tuple[str, ...]

    def compute(self, events: Events) -> np.ndarray:
        """Return the place of each event's label, NaN for none or for another."""
        return events.mapped(self.name, {label: float(place) for place, label in enumerate(self.labels)})


def doubtful_columns(here: Panel) -> Iterator[Suspicion]:
    """Yield why columns of the interactions are to be doubted.

    Parameters
    ----------
    here : Panel
        Rows of customers still here.
    """
    names = [name for name in here.log.types.names if name not in _NOT_LOOKED_AT]
    looked = {name: _Look() for name in names}
    for events in _first_hand(here.log):
        cases = _Cases.of(events)
        for name, look in looked.items():
            look.add(name, events, cases)
    for name, look in looked.items():
        yield from look.suspicions(name, _own_columns(here.log, name))
    for name in (name for name in names if name not in ("agent_id", "delivered_at")):
        yield from _suspicions_of(here, name)


def _first_hand(log: InteractionLog) -> Iterator[pa.Table]:
    """The rows as they were from the start, part by part; not the events made of later-known columns."""
    for part in [None] if log.parts is None else range(len(log.parts)):
        events = log.events if part is None or log.parts is None else log.parts.read(part)
        yield events.filter(pc.invert(events["later"])).combine_chunks()


@dataclass
class _Cases:
    """The matters with several rows: where each begins, in the order of knowing."""

    order: np.ndarray
    starts: np.ndarray

    @classmethod
    def of(cls, events: pa.Table) -> _Cases | None:
        if "case_id" not in events.column_names or not events.num_rows:
            return None
        who, case = (_codes(events[name]) for name in ("customer_id", "case_id"))
        known = events["known_at"].cast(pa.int64()).to_numpy()
        order = np.lexsort((known, case, who))
        order = order[case[order] >= 0]
        new = np.ones(order.size, dtype=bool)
        new[1:] = (who[order[1:]] != who[order[:-1]]) | (case[order[1:]] != case[order[:-1]])
        starts = np.flatnonzero(new)
        several = np.repeat(np.diff(np.append(starts, order.size)) > 1, np.diff(np.append(starts, order.size)))
        return cls(order[several], np.flatnonzero(new[several]))

    def constant(self, column: pa.ChunkedArray) -> tuple[int, int]:
        """Count the matters, and those whose first row has the value that every row of it has."""
        if not self.starts.size:
            return 0, 0
        values = _codes(column)[self.order]
        low, high = (extreme.reduceat(values, self.starts) for extreme in (np.minimum, np.maximum))
        return self.starts.size, int(((low == high) & (low >= 0)).sum())


@dataclass
class _Look:
    """What was counted of one column."""

    rows: int = 0
    filled: int = 0
    times: int = 0
    ahead: int = 0
    cases: int = 0
    constant: int = 0

    def add(self, name: str, events: pa.Table, cases: _Cases | None) -> None:
        """Count the rows of some events."""
        column = events[name]
        self.rows += events.num_rows
        self.filled += len(column) - column.null_count
        times = _as_times(column)
        if times is not None:
            self.times += len(times) - times.null_count
            self.ahead += int(pc.sum(pc.greater(times, events["known_at"])).as_py() or 0)
        if cases is not None and _OF_AN_END.search(name.lower()):
            count, constant = cases.constant(column)
            self.cases, self.constant = self.cases + count, self.constant + constant

    def suspicions(self, name: str, columns: list[str]) -> Iterator[Suspicion]:
        """Yield what follows from the counts; of a time also by which of the user's columns it is."""
        if self.times and self.ahead > FEW_AHEAD * self.times:
            evidence = f"later than its own row on {self.ahead / self.times:.0%} of {self.times:,} rows"
            why = "a time that had not come: known before it could be"
            yield Suspicion(name, "events", why, evidence, _filled_in(columns))
        if self.cases >= FEWEST and self.constant >= _ALL * self.cases:
            evidence = (
                f"the same on every row, also the first, of {self.constant / self.cases:.0%} of {self.cases:,} matters"
            )
            yield Suspicion(name, "events", "the final value of a matter on all its rows", evidence, _later(name))
        elif outcome_name(name) and 2 * self.filled > self.rows:
            evidence = f"filled in on {self.filled / self.rows:.0%} of {self.rows:,} rows"
            yield Suspicion(name, "events", "the name of an outcome", evidence, _later(name))


def _own_columns(log: InteractionLog, name: str) -> list[str]:
    """Return what a column of the log is in the user's data, as a schema file names it: of each source that has it."""
    return list(dict.fromkeys(toml_value(own[name]) for schema in log.schemas if name in (own := as_given(schema))))


def _filled_in(columns: list[str]) -> str:
    return f"leave it out, or say that it was filled in later: [[later]] at = {' or '.join(columns)}"


def _later(name: str) -> str:
    return f'leave it out, or say when it became known: [[later]] at = "..." with columns = ["{name}"]'


def _as_times(column: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """A column of instants, or of labels that are all written as instants; else None."""
    if pa.types.is_timestamp(column.type):
        return column
    if not pa.types.is_dictionary(column.type):
        return None
    labels = column.combine_chunks()
    words = labels.dictionary.cast(pa.string())
    if not len(words) or not pc.all(pc.match_substring_regex(words, _TIME)).as_py():
        return None
    read = pd.to_datetime(pd.Series(words.to_pylist()), errors="coerce", utc=True, format="ISO8601").dt.tz_localize(
        None
    )
    times = pa.array(read.astype("datetime64[us]"), pa.timestamp("us"), from_pandas=True)
    return pa.chunked_array([times.take(labels.indices)])


def _codes(column: pa.ChunkedArray) -> np.ndarray:
    """Whole numbers that tell values apart, -1 for none."""
    values = column.combine_chunks()
    coded = values if pa.types.is_dictionary(values.type) else values.dictionary_encode()
    return coded.indices.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False)


def _suspicions_of(here: Panel, name: str) -> Iterator[Suspicion]:
    kind, labels = here.log.types.field(name).type, None
    if pa.types.is_dictionary(kind):
        labels = labels_before(here.log, name, here.log.observed_until, most=_LABELS)
    column = name if labels is None else Coded(name, labels)
    values = ask_as_of(here.log, here.frame["customer_id"].to_numpy(), here.cutoffs, partial(_last, column=column))
    yield from too_telling(name, "events", values, here.y, labels, _later(name))


def _last(seen: Seen, *, column: str | Measure) -> np.ndarray:
    return seen.latest(column)
