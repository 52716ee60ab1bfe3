"""What is known of a table before anybody has said what its columns mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cxchurn.interactions.schema._later import Columns
from cxchurn.interactions.schema._sql import text
from cxchurn.interactions.schema.guessing._mixed_times import Mixed


@dataclass(frozen=True)
class ColumnFacts:
    """What was seen of one column.

    Parameters
    ----------
    holds : {"text", "integer", "number", "flag", "time", "span", "other"}
        What its values are; of text files a column whose every value is a number holds numbers.
    distinct : int, optional
        How many different values.
    filled : float
        The share of rows that say something.
    examples : tuple of str
        The most frequent values.
    formats : tuple of str
        Every way of writing times that fits (nearly) all of its texts or whole numbers.
    misfits : int
        How many rows say something that none of `formats` fits.
    misfit : str, optional
        An example of these.
    mixed : Mixed, optional
        The ways of writing times that read all of its texts together, where no one way does.
    styles : tuple of (str, str)
        Where its numbers are written as no computer would: every fitting pair of the signs before decimals and between
        thousands.
    words : tuple of str
        A few words that stand among numbers, where most rows have a number.
    point : bool
        Whether its numbers show that a point stands before decimals.
    percent : bool, optional
        Whether its numbers carry a percent sign; None where some do.
    brief : bool
        Whether its lengths of time are such only because its name says so: 12:30 and 12 m.
    low, high : float, optional
        The smallest and the largest of its plain numbers.
    """

    holds: str
    distinct: int | None = None
    filled: float = 1.0
    examples: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    misfits: int = 0
    misfit: str | None = None
    mixed: Mixed | None = None
    styles: tuple[tuple[str, str], ...] = ()
    words: tuple[str, ...] = ()
    point: bool = False
    percent: bool | None = False
    brief: bool = False
    low: float | None = None
    high: float | None = None

    @property
    def is_time(self) -> bool:
        """Whether its values can be read as times, in whatever way."""
        return self.holds == "time" or bool(self.formats or self.mixed)


@dataclass(frozen=True)
class TableFacts:
    """What was seen of a table.

    Parameters
    ----------
    columns : mapping of str to ColumnFacts
        In their order.
    label : str
        What the table is called.
    rows : int, optional
        How many different rows were looked at.
    before : mapping of (str, str) to float
        For two columns of times the share of rows with both in which the first is not after the second.
    within : mapping of (str, str) to float
        For a column and a column of times the share of the rows that fill the first and fill the second too.
    spans : mapping of str to (str, str)
        Columns of numbers that are, in some unit, what lies between two columns of times: that of the first and the second.
    days : mapping of (str, str) to float
        For two columns of times the median of the days between them.
    joined : mapping of str to tuple of str
        The columns of times that are two of the table's, a day and the time of it: what both are called together.
    against : mapping of (str, str) to tuple of str
        For a column of labels and one of numbers that are never below 0: labels, such as a refund, that say of rows with a
        number that it went the other way.
    of_customer : frozenset of str
        The columns that say the same in every row of a customer, where customers have several, and differ between customers.
    form : mapping
        How a text file is written, where that is not as usual: by keys of ``[format]``.
    place : str, optional
        What a query on the table has after FROM; its label by default.
    """

    columns: Mapping[str, ColumnFacts]
    label: str = "the data"
    rows: int | None = None
    before: Mapping[tuple[str, str], float] = field(default_factory=dict)
    within: Mapping[tuple[str, str], float] = field(default_factory=dict)
    spans: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    days: Mapping[tuple[str, str], float] = field(default_factory=dict)
    joined: Mapping[str, Columns] = field(default_factory=dict)
    against: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    of_customer: frozenset[str] = frozenset()
    form: Mapping[str, Any] = field(default_factory=dict)
    place: str | None = None

    @property
    def from_(self) -> str:
        """What a query on the table has after FROM."""
        return self.place or text(self.label)
