"""A schema: which of the user's columns plays which role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cxchurn._core import UsageError, listed
from cxchurn.interactions.schema._customer_schema import CustomerSchema
from cxchurn.interactions.schema._roles import KEPT_BACK, ROLES
from cxchurn.interactions.schema._said import given, said
from cxchurn.interactions.schema._toml import FORMAT, read_sections, toml_text

Names = tuple[str, ...] | Mapping[str, str]
Words = Mapping[str, Mapping[str, str | tuple[str, ...]]]


@dataclass(frozen=True, kw_only=True, repr=False)
class Later:
    """A column that was filled in after its interaction, and so becomes an event of its own at that later time.

    Parameters
    ----------
    at : str
        The user's column that says when the values became known, such as ``"resolved_at"``.
    columns : tuple of str
        What became known then: names of roles, measures or categories (not of the user's columns). May be empty
        where the moment itself is the news.
    kind : str, optional
        The kind of the event made; by default `at` without its ``"_at"``.
    once_per : {None, "case_id"}
        With ``"case_id"`` one event a customer's matter (the earliest), for tables that repeat the final value on
        every row.

    Examples
    --------
    >>> Later(at="resolved_at", columns=("resolved",))
    Later(at='resolved_at', columns=('resolved',))
    """

    at: str
    columns: tuple[str, ...] = ()
    kind: str | None = None
    once_per: str | None = None

    def __repr__(self) -> str:
        return said(self)

    @property
    def event_kind(self) -> str:
        """The kind of the event that is made."""
        return self.kind or self.at.removesuffix("_at")


@dataclass(frozen=True, kw_only=True, repr=False)
class Schema:
    """Says which of your columns is the customer, which is the time, and what the others mean.

    Parameters
    ----------
    customer_id, timestamp : str
        Your columns for who and when.
    kind : str, optional
        Your column for the kind of interaction; or say `kind_is`.
    kind_is : str, optional
        The one kind all rows are of, such as ``"purchase"``, for a table without a column for it.
    event_id : str, optional
        Your column of the ids that the source gave its events, text or whole numbers. Rows of one id that say the same are
        one event, read once and counted; rows of one id that say different things contradict each other and are refused;
        rows of different ids are different events, however alike. `known_at` says when a row came, not what it says: of
        repeats the earliest stands. To correct an event is to tell of another one, with an id and a `known_at` of its own.
        An id is one of its source. It never leaves the reader.
    known_at, touchpoint, case_id, direction, agent, agent_id, wait_s, duration_s, transfers, resolved, score, \
score_type, invited, sentiment, value, currency, reason, promised_at, delivered_at : str, optional
        Your columns for the other roles. Money is of one currency: a log whose `value` is in several is refused. A `reason` is
        why a customer left, on the row of the cancellation.
    measures, categories : tuple of str, or mapping of new name to column
        All further columns to use: numbers, and labels.
    levels : tuple of str
        The measures that do not add up, such as a temperature, a price or a balance: no sums are made of them. All others are
        amounts, such as a quantity.
    words : mapping of str to mapping of label to text, or to (one, many), optional
        How labels are called in sentences: under ``"kind"`` what one and several interactions are called, such as
        ``{"kind": {"cb": ("call-back", "call-backs")}}``; under ``"touchpoint"``, or a category's name, the label; under
        ``"measures"`` and ``"customers"`` what measures and attributes are called.
    timezone : str, default "UTC"
        The zone of times that carry none, and the zone of the log's days, weeks, hours and months. Where clocks are set
        back, the hour that comes twice is read as its first coming; where they are set forward, a time in the hour that
        never comes is read as the moment of the jump, so that what was written one after the other stays so.
    time_format : str, optional
        How times are written where they are text or numbers: ``"%Y%m%d"``, ``"epoch_s"``, ``"epoch_ms"``; default
        ISO 8601.
    duplicates : {"refuse", "keep"}
        Whether a row without an `event_id` that equals an earlier one in every column of the source, mapped or not, is a
        mistake or a second interaction.
    kinds : tuple of str, optional
        The kinds that exist; rows of any other are refused.
    ignore_case : bool, default False
        Whether kinds, touchpoints and other labels that differ by upper case or the number of blanks alone are one label, in
        lower case; never ids.
    columns : tuple of str, optional
        The names of a text file's columns, for files without a header.
    delimiter : str, optional
        What separates a text file's columns; default a comma (a tab for ``.tsv``); ``"whitespace"`` is any run of
        blanks.
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
    timestamp: str
    kind: str | None = None
    kind_is: str | None = None
    event_id: str | None = None
    known_at: str | None = None
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
    promised_at: str | None = None
    delivered_at: str | None = None
    measures: Names = ()
    categories: Names = ()
    levels: tuple[str, ...] = ()
    words: Words | None = None
    timezone: str = "UTC"
    time_format: str | None = None
    duplicates: str = "refuse"
    kinds: tuple[str, ...] | None = None
    ignore_case: bool = False
    columns: tuple[str, ...] | None = None
    delimiter: str | None = None
    later: tuple[Later, ...] = ()
    customers: CustomerSchema | None = None
    arrives: str | None = None

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
            ("[constants]", {"kind": self.kind_is} if self.kind_is is not None else {}),
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
        """
        found = read_sections(path)
        missing = [name for name in ("customer_id", "timestamp") if name not in found.get("roles", {})]
        if missing:
            raise UsageError(
                f"the schema file {path} names no column for {listed(missing)}.",
                hint='under [roles]: customer_id = "..."',
            )
        parts = {**found["roles"], **found.get("format", {})}
        if "kind" in found.get("constants", {}):
            parts["kind_is"] = found["constants"]["kind"]
        if found.get("later"):
            parts["later"] = tuple(Later(**part) for part in found["later"])
        if "customers" in found:
            parts["customers"] = CustomerSchema(**found["customers"])
        if "words" in found:
            parts["words"] = {role: _tuples(labels) for role, labels in found["words"].items()}
        return cls(**parts)


def _tuples(labels: Mapping[str, str | list[str]]) -> dict[str, str | tuple[str, ...]]:
    return {label: said if isinstance(said, str) else tuple(said) for label, said in labels.items()}


def named(names: Names) -> dict[str, str]:
    """Return measures or categories as a mapping of new name to the user's column."""
    return dict(names) if isinstance(names, Mapping) else {name: name for name in names}


def columns_of(schema: Schema) -> list[str]:
    """Return the user's columns that a schema needs."""
    return list(dict.fromkeys([*mapping(schema).values(), *(later.at for later in schema.later)]))


def content_of(schema: Schema) -> list[str]:
    """Return the user's columns that say what happened: all that a schema needs, but for the ids of events."""
    said = [column for label, column in mapping(schema).items() if label not in KEPT_BACK]
    return list(dict.fromkeys([*said, *(later.at for later in schema.later)]))


def mapping(schema: Schema) -> dict[str, str]:
    """Return every canonical name the schema maps, with the user's column for it."""
    roles = {role: getattr(schema, role) for role in ROLES if getattr(schema, role) is not None}
    return {**roles, **named(schema.measures), **named(schema.categories)}
