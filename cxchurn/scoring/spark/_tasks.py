"""What is asked of the customers of a bucket: to be scored, for their features, or only to be looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cxchurn._core import DAY
from cxchurn.features import FeatureSet, began_of
from cxchurn.history import Where, events_by_day, histories_of
from cxchurn.interactions import Counts, InteractionLog, known_by_another_spelling, log_ids
from cxchurn.model import ChurnModel
from cxchurn.panel import Asked, ChurnDefinition, counted
from cxchurn.scoring import _columns
from cxchurn.scoring.batch import BandRule, Stages, Wanted, known_customers, listing, people, scored_rows

INSTANT = pa.timestamp("us", tz="UTC")
Days = dict[Where | None, Counts]
_TYPES = {
    _columns.NUMBER: pa.float64(),
    _columns.LABEL: pa.string(),
    _columns.TEXT: pa.string(),
    _columns.YES_NO: pa.bool_(),
    _columns.INSTANT: INSTANT,
}


@dataclass(frozen=True)
class Tally:
    """What is known of all customers of a bucket, or of several.

    Parameters
    ----------
    days : dict
        The events of a condition (None: of all) by kind and day.
    known, asked : Counter
        The days (since 1970) on which the histories of the customers known before the cut-off begin, and of those who are
        asked about.
    why : Counter
        How many customers are not asked about, by the reason; "" for those who are.
    silent : int
        How many of those asked about are silent already.
    unknown : int
        How many rows are of customers of whom the log knows nothing.
    rows : int
        How many rows were asked for.
    """

    days: Days = field(default_factory=dict)
    known: Counter[int] = field(default_factory=Counter)
    asked: Counter[int] = field(default_factory=Counter)
    why: Counter[str] = field(default_factory=Counter)
    silent: int = 0
    unknown: int = 0
    rows: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            {key: self.days.get(key, Counter()) + other.days.get(key, Counter()) for key in {*self.days, *other.days}},
            self.known + other.known,
            self.asked + other.asked,
            self.why + other.why,
            self.silent + other.silent,
            self.unknown + other.unknown,
            self.rows + other.rows,
        )

    @property
    def who(self) -> Asked:
        """Who is asked about, over all customers, in no order."""
        why = np.repeat(np.array([*self.why], dtype=object), [*self.why.values()])
        silent = np.zeros(why.size, dtype=bool)
        # who they are is not known here, and not needed: only counts are said
        silent[np.flatnonzero(why == "")[: self.silent]] = True
        return Asked(why, silent)


@dataclass(frozen=True)
class Look:
    """Only looks at the events: on which days those came that show until when outcomes are observed."""

    churn: ChurnDefinition

    def __call__(self, log: InteractionLog, rows: pa.Table | None) -> tuple[None, Tally]:
        """Count the events by day."""
        return None, Tally(days_of(log, self.churn))


def days_of(log: InteractionLog, churn: ChurnDefinition) -> Days:
    """Count the events that decide outcomes, and all events, by day."""
    return {where: events_by_day(log, where) for where in (counted(churn), None)}


@dataclass(frozen=True)
class Score:
    """Scores every customer known before an instant.

    Parameters
    ----------
    model : ChurnModel
        With the references that serve.
    at : datetime64[us]
    wanted : Wanted
        What is to be said of each; nothing for which all of them have to be known.
    """

    model: ChurnModel
    at: np.datetime64
    wanted: Wanted

    @property
    def columns(self) -> list[tuple[str, pa.DataType]]:
        """The columns of the answer beside the customer's id."""
        columns = _columns.score_columns(self.wanted.reasons, intervals=self.wanted.intervals is not False)
        return [(name, _TYPES[kind]) for name, kind in columns.items() if kind != _columns.ID]

    def __call__(self, log: InteractionLog, rows: pa.Table | None) -> tuple[pa.Table, Tally]:
        """Score the customers of a bucket."""
        rule = None if self.wanted.bands is None else BandRule.read(self.wanted.bands)
        run = people(self.model, log, self.wanted, self.at, rule)
        found = pa.concat_tables(listing(run, list(scored_rows(run, run.batches, Stages()))).blocks())
        kinds = pa.schema([("customer_id", id_type(log.ids)), *self.columns])
        return with_nulls(found.select(kinds.names).cast(kinds)), self._tally(log, run.asked, run.who)

    def _tally(self, log: InteractionLog, asked: pd.DataFrame, who: Asked) -> Tally:
        began, at = histories_of(log).began, self.at.astype(np.int64)
        own, _ = began_of(log, asked["customer_id"].to_numpy(), asked["cutoff"].to_numpy())
        return Tally(
            days_of(log, self.model.churn_),
            _by_day(began[began < at]),
            _by_day(own),
            Counter(who.why_not.tolist()),
            int(who.already_silent.sum()),
            rows=who.asked.size,
        )


@dataclass(frozen=True)
class Features:
    """Makes the features of rows, or of every customer known before an instant.

    Parameters
    ----------
    features : FeatureSet
        Fitted.
    at : datetime64[us], optional
        Default: rows come along.
    """

    features: FeatureSet
    at: np.datetime64 | None = None

    @property
    def columns(self) -> list[tuple[str, pa.DataType]]:
        """The columns of the answer beside the customer's id."""
        kind = pa.float32() if self.features.dtype == "float32" else pa.float64()
        return [("cutoff", INSTANT), *((says.name, kind) for says in self.features.says_)]

    def __call__(self, log: InteractionLog, rows: pa.Table | None) -> tuple[pa.Table | None, Tally]:
        """Make the features of a bucket."""
        if rows is None:
            assert self.at is not None
            who = known_customers(log, self.at)
            asked = pd.DataFrame({"customer_id": who, "cutoff": np.full(who.size, self.at)})
        else:
            asked = _rows_of(log, rows)
        if not len(asked):
            return None, Tally()
        known = histories_of(log).positions(asked["customer_id"].to_numpy()) >= 0
        features = self.features.with_log(log)
        table = pd.concat([asked, _made(features, log, asked)], axis=1)
        tally = Tally(unknown=int((~known).sum()), rows=len(asked))
        return as_table(table, self.columns, log.ids), tally


def _rows_of(log: InteractionLog, rows: pa.Table) -> pd.DataFrame:
    ids = log_ids(rows["customer_id"], log.ids, what="the rows")
    if log.ids == "text":
        ids = known_by_another_spelling(ids, lambda some: histories_of(log).positions(some) >= 0)
    return pd.DataFrame({"customer_id": ids, "cutoff": rows["cutoff"].cast(pa.timestamp("us")).to_numpy()})


def _made(features: FeatureSet, log: InteractionLog, asked: pd.DataFrame) -> pd.DataFrame:
    """Make features; with a row of a customer of the log before them: that a bucket knows none of its rows is no mistake."""
    # a feature set refuses rows of which it knows none, as a mistake in the ids; in a bucket that may be chance
    first = pd.DataFrame({"customer_id": histories_of(log).ids[:1]}).assign(cutoff=asked["cutoff"].iloc[0])
    made = features.transform(pd.concat([first, asked], ignore_index=True) if len(first) else asked)
    return made.iloc[len(first) :].reset_index(drop=True)


def as_table(frame: pd.DataFrame, columns: Sequence[tuple[str, pa.DataType]], ids: str) -> pa.Table:
    """Return an answer as a table of stated types; a number that is none is missing."""
    who = ("customer_id", id_type(ids))
    return pa.table([_column(frame[name], kind) for name, kind in (who, *columns)], schema=pa.schema([who, *columns]))


def with_nulls(table: pa.Table) -> pa.Table:
    """Return a table whose numbers that are none are missing: for Spark such a number is larger than all others."""
    columns = [
        pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)
        if pa.types.is_floating(column.type)
        else column
        for column in table.columns
    ]
    return pa.table(columns, schema=table.schema)


def id_type(ids: str) -> pa.DataType:
    """Return the type of a column of customers' ids."""
    return pa.int64() if ids == "integer" else pa.string()


def _column(values: pd.Series, kind: pa.DataType) -> pa.Array:
    if kind == INSTANT:
        return pa.array(values.to_numpy(dtype="datetime64[us]")).cast(INSTANT)
    if pa.types.is_string(kind):
        return pa.array(values.astype(object).tolist(), kind)
    return pa.array(values.to_numpy(), kind, from_pandas=True)


def _by_day(times: np.ndarray) -> Counter[int]:
    days, counts = np.unique(times // DAY, return_counts=True)
    return Counter(dict(zip(days.tolist(), counts.tolist(), strict=True)))
