"""The interaction log: every interaction of every customer, checked, with what was known when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from cxchurn._core import Deferred, UsageError, html_result, html_table, iso, listed
from cxchurn.interactions.log._customer_table import CustomerTable
from cxchurn.interactions.log._until import named_zones
from cxchurn.interactions.log._validation import Validation
from cxchurn.interactions.schema._roles import ROLES
from cxchurn.interactions.schema._schema import Schema
from cxchurn.interactions.store._arrivals import Arrivals
from cxchurn.interactions.store._labels import distinct
from cxchurn.interactions.store._parts import Parts

if TYPE_CHECKING:
    import pandas as pd

pc = Deferred("pyarrow.compute")


class InteractionLog:
    """The interactions your customers had with you, checked and ready.

    A shared handle: it is never changed and never copied (copying gives the same log), so any number of feature sets
    can hold it. Made by `read_interactions`.

    Parameters
    ----------
    events : pyarrow.Table or Parts
        One row per interaction, with the canonical columns; in memory, or in parts on disk.
    schemas : tuple of Schema
        What the columns of each source meant.
    measures, categories : tuple of str
        The names of the further numbers and labels.
    customers : CustomerTable, optional
        Attributes of the customers.
    validation : Validation
        What checking found.
    refused : pyarrow.Table, optional
        The rows set aside, as read, with ``rule``: the rules they broke.
    observed_until : datetime64[us]
        The log is complete before this instant.
    schema_guessed : bool
        Whether any column's meaning was guessed from its name.
    arrivals : tuple of Arrivals
        How many events of each source there were on each day; empty where the events were changed since.
    end_given : bool
        Whether ``observed_until`` was given, and so is not to be doubted.
    timezone : str
        The zone of the log's days, weeks, hours and months: the one that the schemas name; of several, the first that is
        not UTC.
    """

    def __init__(
        self,
        events: pa.Table | Parts,
        *,
        schemas: tuple[Schema, ...],
        measures: tuple[str, ...],
        categories: tuple[str, ...],
        customers: CustomerTable | None,
        validation: Validation,
        refused: pa.Table | None,
        observed_until: np.datetime64,
        schema_guessed: bool,
        arrivals: tuple[Arrivals, ...] = (),
        end_given: bool = False,
        timezone: str | None = None,
    ) -> None:
        self._events = events
        self.schemas = schemas
        self.measures = measures
        self.categories = categories
        self.customers = customers
        self.validation = validation
        self.refused = refused
        self.observed_until = observed_until
        self.schema_guessed = schema_guessed
        self.arrivals = arrivals
        self.end_given = end_given
        self.timezone = named_zones(schemas)[0] if timezone is None else timezone

    @property
    def schema(self) -> Schema:
        """The schema; of several sources, the first one's (all are in ``schemas``)."""
        return self.schemas[0]

    @property
    def events(self) -> pa.Table:
        """One row per interaction, with the canonical columns; only for a log in memory."""
        if isinstance(self._events, Parts):
            raise UsageError(
                f"the log is in {len(self._events)} parts on disk, not in memory.",
                hint="read a part with log.parts.read(0), or all of them without memory_limit=.",
            )
        return self._events

    def to_pandas(self) -> pd.DataFrame:
        """Return the events as a frame of pandas, to look at and to plot; a copy, the log stays as it is.

        One row an interaction, of everybody in the log (also of one in parts on disk, which then takes as much memory as it
        has), in the order of the log: by customer and time. Times are UTC without a zone, labels are categories. For
        polars: ``pl.from_arrow(log.events)``.

        Examples
        --------
        >>> log.to_pandas().groupby("kind", observed=True)["customer_id"].nunique()[["call", "chat"]]
        kind
        call    217
        chat    216
        Name: customer_id, dtype: int64
        """
        parts = self.parts
        tables = [self.events] if parts is None else [parts.read(one) for one in range(len(parts))]
        return pa.concat_tables(tables, promote_options="permissive").to_pandas()

    @property
    def parts(self) -> Parts | None:
        """The parts on disk of a log larger than memory; None for a log in memory."""
        return self._events if isinstance(self._events, Parts) else None

    @property
    def types(self) -> pa.Schema:
        """The canonical columns and their types."""
        return self._events.types if isinstance(self._events, Parts) else self._events.schema

    @property
    def roles(self) -> frozenset[str]:
        """The roles the log has columns for."""
        # a measure or category may have the name of a younger role
        others = {*self.measures, *self.categories}
        return frozenset(role for role in ROLES if role in self.types.names and role not in others)

    @property
    def ids(self) -> str:
        """The type of the customers' ids: "text" or "integer"."""
        return "integer" if pa.types.is_integer(self.types.field("customer_id").type) else "text"

    @property
    def start(self) -> np.datetime64 | None:
        """When the first interaction happened, ``datetime64[us]``; None for a log without events."""
        firsts = [pc.min(part["timestamp"]).value for part in tables(self, ["timestamp"]) if part.num_rows]
        return np.datetime64(min(firsts), "us") if firsts else None

    @property
    def without_attributes(self) -> int:
        """How many customers of the log the customers table does not know; all of them without such a table."""
        if self.customers is None:
            return sum(map(len, customers_of(self)))
        known = self.customers.table["customer_id"].combine_chunks()
        return sum(len(who) - int(pc.sum(pc.is_in(who, known)).as_py() or 0) for who in customers_of(self))

    def __len__(self) -> int:
        return sum(self._events.rows) if isinstance(self._events, Parts) else int(self._events.num_rows)

    def __copy__(self) -> InteractionLog:
        return self

    def __deepcopy__(self, memo: Any) -> InteractionLog:
        return self

    def _headline(self) -> str:
        who = sum(map(len, customers_of(self)))
        since = f"{iso(self.start)} .. {iso(self.observed_until)}" if len(self) else "empty"
        return f"{len(self):,} interactions of {who:,} customers, {since}"

    def _facts(self) -> dict[str, str]:
        facts = {"roles": listed(sorted(self.roles), most=30)}
        facts |= {"days and hours": self.timezone} if self.timezone != "UTC" else {}
        named = (("measures", self.measures), ("categories", self.categories))
        facts |= {name: listed(value) for name, value in named if value}
        if self.customers is not None:
            without = f"{self.without_attributes:,} customers without"
            facts["attributes"] = f"{listed(self.customers.attributes)} ({without})"
        refused, repeated = self.validation.rows_refused, self.validation.rows_repeated
        facts |= {"refused": f"{refused:,} rows"} if refused else {}
        return facts | ({"repeats": f"{repeated:,} rows, each event read once"} if repeated else {})

    def __repr__(self) -> str:
        facts = (f"  {name}: {value}" for name, value in self._facts().items())
        return "\n".join([f"InteractionLog: {self._headline()}", *facts])

    def _repr_html_(self) -> str:
        return html_result("InteractionLog", self._headline(), html_table(["", ""], self._facts().items()))


def tables(log: InteractionLog, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
    """Yield some columns of a log's events, or all: part by part, or those in memory as the one part they are."""
    if log.parts is None:
        yield log.events if columns is None else log.events.select(columns)
    else:
        for part in range(len(log.parts)):
            yield log.parts.read(part, columns)


def customers_of(log: InteractionLog) -> Iterator[pa.Array]:
    """Yield the ids of the customers that have events, each once, part by part."""
    for part in tables(log, ["customer_id"]):
        yield distinct(part["customer_id"])
