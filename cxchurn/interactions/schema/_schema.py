"""A schema: which of the user's columns plays which role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cxchurn._core import toml_text
from cxchurn.interactions.schema._customer_schema import CustomerSchema
from cxchurn.interactions.schema._later import Columns, Later, column_of
from cxchurn.interactions.schema._roles import ROLES
from cxchurn.interactions.schema._said import given, said
from cxchurn.interactions.schema._text import Formats
from cxchurn.interactions.schema._toml import FORMAT, sections_of_one

Names = tuple[str, ...] | Mapping[str, str]
Words = Mapping[str, Mapping[str, str | tuple[str, ...]]]


@dataclass(frozen=True, kw_only=True, repr=False)
class Schema:
    """Says which of your columns is the customer, which is the time, and what the others mean.

    Parameters
    ----------
    customer_id, timestamp : str
        Your columns for who and when. Any column may be a field inside another one, by its path: ``"user.id"``, where the
        column ``user`` holds structures or JSON text. A time may be in two columns, a day and the time of it:
        ``("date", "time")``; so may `known_at`, `promised_at` and `delivered_at`.
    kind : str, optional
        Your column for the kind of interaction; or say `kind_is`.
    kind_is : str, optional
        The one kind all rows are of, such as ``"purchase"``, for a table without a column for it; the same as
        ``constants={"kind": "purchase"}``.
    constants : mapping of role to label, optional
        What is the same in all rows and has no column: ``{"kind": "survey", "score_type": "csat"}``.
    event_id : str, optional
        Your column of the ids that the source gave its events, text or whole numbers. Rows of one id that say the same are
        one event, read once and counted; rows of one id that say different things contradict each other and are refused;
        rows of different ids are different events, however alike. `known_at` says when a row came, not what it says: of
        repeats the earliest stands. To correct an event is to tell of another one, with an id and a `known_at` of its own.
        An id is one of its source. It never leaves the reader.
    known_at, touchpoint, case_id, direction, agent, agent_id, wait_s, duration_s, transfers, resolved, score, \
score_type, invited, sentiment, value, currency, reason, promised_at, delivered_at, opened, clicked, \
discount, points, tier, session_id, step, peer_id : str, optional
        Your columns for the other roles. Money is of one currency: a log whose `value` is in several is refused. A `reason` is
        why somebody left, on the row of the cancellation. Whether a message was `opened` or `clicked` mostly becomes known
        after it was sent: say when in `later`. A measure or category may be called like one of the last eight.
    measures, categories : tuple of str, or mapping of new name to column
        All further columns to use: numbers, and labels.
    levels : tuple of str
        The measures that do not add up, such as a temperature, a price or a balance: of these alone no sums are made.
    words : mapping of str to mapping of label to text, or to (one, many), optional
        How labels are called in sentences: under ``"kind"`` what one and several interactions are called, such as
        ``{"kind": {"cb": ("call-back", "call-backs")}}``; under ``"touchpoint"``, or a category's name, the label; under
        ``"measures"`` and ``"customers"`` what measures and attributes are called.
    timezone : str, default "UTC"
        The zone of times that carry none, and the zone of the log's days, weeks, hours and months. Where clocks are set
        back, the hour that comes twice is read as its first coming; where they are set forward, a time in the hour that
        never comes is read as the moment of the jump, so that what was written one after the other stays so.
    time_format : str, tuple of str, or mapping of column to these, optional
        How times are written where they are text or numbers: a format such as ``"%m/%d/%Y"``, ``"iso"`` (ISO 8601, which
        goes without saying), ``"epoch"`` (seconds, milliseconds, microseconds or nanoseconds since 1970, whichever all
        values of the column fit), ``"epoch_s"``, ``"epoch_ms"``, ``"epoch_us"``, ``"epoch_ns"``, or ``"excel"`` (days as a
        spreadsheet counts them). Of several, the first that fits a cell; by column where columns differ:
        ``{"opened": "%d.%m.%Y", "closed": ("iso", "excel")}``.
    duplicates : {"refuse", "keep"}
        Whether a row without an `event_id` that equals an earlier one in every column of the source, mapped or not, is a
        mistake or a second interaction.
    kinds : tuple of str, optional
        The kinds that exist; rows of any other are refused.
    ignore_case : bool, default False
        Whether labels that differ by upper case or the number of blanks alone are one, in lower case; never ids.
    columns : tuple of str, optional
        The names of a text file's columns, for files without a header.
    delimiter : str, optional
        What separates a text file's columns; default a comma (a tab for ``.tsv``); ``"whitespace"``: any run of blanks.
    encoding : str, optional
        How a text file writes letters: ``"utf-8"``, ``"utf-16"``, ``"latin-1"``, ``"cp1252"``. Default UTF-8, or what a file
        that is none is found to be, which is said.
    skip : int, default 0
        How many lines of a text file stand before its header, such as a title.
    decimal : {".", ","}, optional
        What stands before the decimals of numbers that are text; default a point.
    thousands : {".", ",", " ", "'", ""}, optional
        What stands between the thousands of numbers that are text; default nothing.
    percent : tuple of str
        Your columns whose numbers carry a percent sign: ``85 %`` is read as 85. A number without the sign is refused there, and
        one with it everywhere else, for it may be a hundred times what it seems; 0 is the same with and without.
    missing : tuple of str, optional
        The texts that mean that there is nothing. Default the usual ones (``NULL``, ``NA``, ``N/A``, ``nan``, ``-``, ...) in
        ids, times, numbers and flags; in labels the empty text alone, for ``NA`` is a region and ``None`` a plan.
    yes, no : tuple of str, optional
        The words that mean yes and no beside the usual ones (true/false, yes/no, y/n, t/f, 1/0), such as ``("ja",)`` and
        ``("nein",)``; whatever their case.
    duration_unit : {"ms", "s", "min", "h", "D"}, or mapping of column to these, optional
        What `wait_s` and `duration_s` count in where they are plain numbers; default seconds. What is written as a length of
        time, such as ``1:02:03`` or ``12 min``, says it itself.
    discount_unit : {"share", "percent"}, optional
        What `discount` counts in: of the usual price from 0 to 1 (the default), or from 0 to 100, with or without the sign.
    later : tuple of Later
        The columns that were filled in later.
    customers : CustomerSchema, optional
        What the columns of the customers table mean, where that is not plain from their names.
    arrives : str, optional
        How late the source comes, such as ``"1D"`` for last night's load: its rows become known so long after they
        happened, and it is complete until so long before the log's end.

    Examples
    --------
    >>> Schema(customer_id="cust", timestamp="when", kind_is="purchase", value="amount", measures=("quantity",))
    Schema(customer_id='cust', timestamp='when', kind_is='purchase', value='amount', measures=('quantity',))
    """

    customer_id: str
    timestamp: Columns
    kind: str | None = None
    kind_is: str | None = None
    constants: Mapping[str, str] | None = None
    event_id: str | None = None
    known_at: Columns | None = None
    touchpoint: str | None = None
    case_id: str | None = None
    direction: str | None = None
    agent: str | None = None
    agent_id: str | None = None
    wait_s: str | None = None
    duration_s: str | None = None
    transfers: str | None = None
    resolved: str | None = None
    score: str | None = None
    score_type: str | None = None
    invited: str | None = None
    sentiment: str | None = None
    value: str | None = None
    currency: str | None = None
    reason: str | None = None
    promised_at: Columns | None = None
    delivered_at: Columns | None = None
    opened: str | None = None
    clicked: str | None = None
    discount: str | None = None
    points: str | None = None
    tier: str | None = None
    session_id: str | None = None
    step: str | None = None
    peer_id: str | None = None
    measures: Names = ()
    categories: Names = ()
    levels: tuple[str, ...] = ()
    words: Words | None = None
    timezone: str = "UTC"
    time_format: Formats | None = None
    duplicates: str = "refuse"
    kinds: tuple[str, ...] | None = None
    ignore_case: bool = False
    columns: tuple[str, ...] | None = None
    delimiter: str | None = None
    encoding: str | None = None
    skip: int = 0
    decimal: str | None = None
    thousands: str | None = None
    percent: tuple[str, ...] = ()
    missing: tuple[str, ...] | None = None
    yes: tuple[str, ...] | None = None
    no: tuple[str, ...] | None = None
    duration_unit: str | Mapping[str, str] | None = None
    discount_unit: str | None = None
    later: tuple[Later, ...] = ()
    customers: CustomerSchema | None = None
    arrives: str | None = None

    def __post_init__(self) -> None:
        # of two spellings one is kept, so that schemas that say the same are equal
        if isinstance(self.constants, Mapping) and self.kind_is is None and "kind" in self.constants:
            object.__setattr__(self, "kind_is", self.constants["kind"])
            object.__setattr__(self, "constants", _but(self.constants, "kind"))
        if self.constants == {}:
            object.__setattr__(self, "constants", None)

    def __repr__(self) -> str:
        return said(self)

    def __hash__(self) -> int:
        return hash(repr(self))

    def to_toml(self) -> str:
        """Return the schema as the text of a TOML file."""
        changed = given(self)
        sections = [
            (
                "[roles]",
                {name: changed[name] for name in (*ROLES, "measures", "categories", "levels") if name in changed},
            ),
            ("[constants]", constants_of(self)),
            ("[format]", {name: changed[name] for name in FORMAT if name in changed}),
        ]
        laters = [{name: value for name, value in vars(later).items() if value is not None} for later in self.later]
        sections += [("[[later]]", later) for later in laters]
        sections += [("[customers]", given(self.customers))] if self.customers is not None else []
        sections += [("[words]", dict(self.words))] if self.words else []
        return toml_text(sections)

    @classmethod
    def from_toml(cls, path: str | Path) -> Schema:
        """Read a schema from a TOML file.

        Parameters
        ----------
        path : str or Path
            The file.

        Raises
        ------
        UsageError
            Where there is no such file, or with everything that it says and may not.
        """
        return schema_of_sections(sections_of_one(path))


def schema_of_sections(found: Mapping[str, Any]) -> Schema:
    """Return the schema that the tables of a schema file say, once they are known to fit."""
    parts = {**_tupled(found.get("roles", {})), **_tupled(found.get("format", {}))}
    if found.get("constants"):
        parts["constants"] = dict(found["constants"])
    if found.get("later"):
        parts["later"] = tuple(Later(**_tupled(part)) for part in found["later"])
    if "customers" in found:
        parts["customers"] = CustomerSchema(**_tupled(found["customers"]))
    if "words" in found:
        parts["words"] = _tupled(found["words"])
    return Schema(**parts)


def _tupled(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _tupled(part) for name, part in value.items()}
    return tuple(value) if isinstance(value, list) else value


def _but(constants: Mapping[str, str], role: str) -> dict[str, str] | None:
    return {name: label for name, label in constants.items() if name != role} or None


def constants_of(schema: Schema) -> dict[str, str]:
    """Return the roles that are one label in all rows, with the label."""
    said = {} if schema.kind_is is None else {"kind": schema.kind_is}
    return {**said, **(schema.constants or {})}


def named(names: Names) -> dict[str, str]:
    """Return measures or categories as a mapping of new name to the user's column."""
    return dict(names) if isinstance(names, Mapping) else {name: name for name in names}


def columns_of(schema: Schema) -> list[str]:
    """Return the user's columns that a schema needs; fields inside a column by their path, two that are one time as one."""
    return list(dict.fromkeys([*mapping(schema).values(), *(later.column for later in schema.later)]))


def times_in_two(schema: Schema) -> dict[str, tuple[str, ...]]:
    """Return the times that are in two columns: what they are called among `columns_of`, with the columns."""
    return {column_of(columns): columns for _, columns in times_given(schema) if isinstance(columns, tuple)}


def times_columns(schema: Schema) -> list[str]:
    """Return what the columns of all times are called among `columns_of`."""
    return list(dict.fromkeys(column_of(columns) for _, columns in times_given(schema)))


def times_given(schema: Schema) -> list[tuple[str, Columns]]:
    """Return the columns of all times, as given, with the roles they play."""
    roles = [(name, getattr(schema, name)) for name, role in ROLES.items() if role.type == "instant"]
    later = [("the at of a later", later.at) for later in schema.later]
    return [(role, columns) for role, columns in [*roles, *later] if columns is not None]


def derived_in(schema: Schema) -> dict[str, tuple[str, ...]]:
    """Return the columns that may have to be made of others, each with what it is made of: paths, and times in two."""
    joined = times_in_two(schema)
    return {column: joined.get(column, (column,)) for column in columns_of(schema) if column in joined or "." in column}


def columns_read(schema: Schema) -> list[str]:
    """Return the columns, or paths into columns, that are read of the data itself."""
    joined = times_in_two(schema)
    return list(dict.fromkeys(one for column in columns_of(schema) for one in joined.get(column, (column,))))


def as_given(schema: Schema) -> dict[str, Columns]:
    """Return every canonical name the schema maps, with the user's column for it, or the two that are one time."""
    roles = {role: getattr(schema, role) for role in ROLES if getattr(schema, role) is not None}
    return {**roles, **named(schema.measures), **named(schema.categories)}


def mapping(schema: Schema) -> dict[str, str]:
    """Return every canonical name the schema maps, with the user's column for it."""
    return {name: column_of(column) for name, column in as_given(schema).items()}
