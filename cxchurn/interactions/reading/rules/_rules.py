"""The rules every row of an interaction log keeps, as masks over its cells that hold where a row breaks one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np
import pyarrow as pa

from cxchurn._core import Deferred, listed
from cxchurn.interactions.log._spelling import folded
from cxchurn.interactions.reading._engine import LINE
from cxchurn.interactions.reading.casts._casts import Cast
from cxchurn.interactions.reading.casts.texts._conventions import times_of
from cxchurn.interactions.reading.rules._as_events import said_constants
from cxchurn.interactions.schema._later import Later, column_of
from cxchurn.interactions.schema._roles import AHEAD, ROLES, SCALES
from cxchurn.interactions.schema._schema import Schema, mapping
from cxchurn.interactions.schema._younger import role_of
from cxchurn.interactions.store._event_types import kind_of
from cxchurn.interactions.store._labels import Labels

if TYPE_CHECKING:
    from cxchurn.interactions.reading.casts._casting import CellTable

pc = Deferred("pyarrow.compute")

# where cells break a rule; None for nowhere
Mask = np.ndarray | None
Broken = Callable[["CellTable"], Mask]
How = TypeVar("How")

_NO_NUMBER = "the text is not a number, or a point in it may mean thousands, for others have a decimal comma"
_NO_PERCENT = "the text is not a number, or has no percent sign, which the schema says of the column (percent)"
_PERCENT = ", or it has a percent sign, which the schema does not say of the column (percent)"


@dataclass(frozen=True)
class Rule(Generic[How]):
    """One rule for one column.

    Parameters
    ----------
    name : str
        The rule's stable name, such as ``"time_in_future"``.
    column : str
        What it is about: the canonical name, or "" for the whole row.
    says : str
        What a row that breaks it did, in words.
    broken : callable, optional
        Where rows break it: a mask over cells. None for a rule between rows.
    shows : tuple of str
        The user's columns that show the mistake.
    refuses : bool
        Whether such a row is refused; else it is kept, and counted.
    """

    name: str
    column: str
    says: str
    broken: How | None = None
    shows: tuple[str, ...] = ()
    refuses: bool = True

    @property
    def label(self) -> str:
        """The rule and its column, as written beside a refused row."""
        return f"{self.name}({self.column})" if self.column else self.name


def rules_of(schema: Schema, casts: Mapping[str, Cast], latest: int) -> list[Rule[Broken]]:
    """Return the rules for a source.

    Parameters
    ----------
    schema : Schema
        What the columns mean.
    casts : mapping of str to Cast
        How each column is read: of some nothing is unreadable.
    latest : int
        Times after this microsecond are in the future.
    """
    return [
        Rule("line_unreadable", "", "the line is not a row of the table", lambda cells: cells.no_row, (LINE,)),
        *_required(schema, casts),
        *_times(schema, casts, latest),
        *_numbers(schema, casts),
        *_labels(schema, casts),
        *_late(schema),
        *(_copies(schema) if schema.duplicates == "refuse" else ()),
    ]


def rules_between(schema: Schema) -> list[Rule[Broken]]:
    """Return the rules for rows that share an ``event_id``, among those that keep every other rule.

    Parameters
    ----------
    schema : Schema
        What the columns mean.
    """
    if schema.event_id is None:
        return []
    differ = "rows of one event_id say different things, and which of them is right is not to be known"
    repeat = "the row says again what an earlier one of its event_id said: one event, counted once"
    shows = (schema.event_id,)
    return [
        Rule("event_id_contradicted", "event_id", differ, shows=shows),
        Rule("event_id_repeated", "event_id", repeat, shows=shows, refuses=False),
    ]


def _copies(schema: Schema) -> Iterator[Rule[Broken]]:
    who = "the row" if schema.event_id is None else "the row has no event_id and"
    yield Rule("duplicate", "", f"{who} equals an earlier one in every column of the source")
    says = f"{who} equals an earlier one in every column that the schema uses, but not in all: an event of its own"
    yield Rule("alike", "", says, refuses=False)


def _required(schema: Schema, casts: Mapping[str, Cast]) -> Iterator[Rule[Broken]]:
    missing = {
        "customer_id": "the customer's id is missing, blank, or a word for nothing (NULL, nan, None, N/A)",
        "timestamp": "the time is missing",
    }
    for role, says in {**missing, "kind": "the kind is missing"}.items():
        if role in casts:
            yield Rule(f"{role}_missing", role, says, _missing(role), (column_of(getattr(schema, role)),))
    for role, whose in {"customer_id": "customer's", "event_id": "event's"}.items():
        if role in casts and casts[role].unreadable:
            says = f"the {whose} id is no whole number, or one too large to be told from its neighbours (2**53 and more as "
            says += "a decimal number), or one that a spreadsheet has rounded (4.1E+15)"
            yield Rule(f"{role}_unreadable", role, says, _unreadable(role), (getattr(schema, role),))


def _missing(label: str) -> Broken:
    def broken(cells: CellTable) -> Mask:
        read = cells[label]
        return read.missing if read.placeholder is None else read.missing & ~read.placeholder

    return broken


def _unreadable(label: str) -> Broken:
    return lambda cells: cells[label].unreadable


def _times(schema: Schema, casts: Mapping[str, Cast], latest: int) -> Iterator[Rule[Broken]]:
    roles = {
        role: column_of(getattr(schema, role)) for role in casts if role in ROLES and ROLES[role].type == "instant"
    }
    ends = {later.column: later.column for later in schema.later}
    for label, column in {**roles, **ends}.items():
        # a role may be called as the user's column is
        cast, end = (casts[times_of(label)], True) if label in ends else (casts[label], False)
        of = _end(label) if end else _cells(label)
        if cast.unreadable:
            says = "the text or number is not a time"
            yield Rule("time_unreadable", label, says, _masked(of, "unreadable"), (column,))
        if cast.without_zone:
            says = "the time has no zone, while others in the column have one"
            yield Rule("time_without_zone", label, says, _masked(of, "without_zone"), (column,))
        if not end:
            yield _placeholder(label, column)
        if label not in AHEAD and not end:
            says = "the time is after the present moment"
            yield Rule("time_in_future", label, says, _above(label, latest), (column,))
    for later in schema.later:
        yield from _ended(schema, later)


def _placeholder(label: str, column: str) -> Rule[Broken]:
    required = label == "timestamp"
    says = (
        "the time is one that systems write where they have none, such as 1900-01-01 or 0000-00-00, or in January 1970"
    )
    says += "" if required else ": it is taken as missing"
    return Rule("time_placeholder", label, says, _masked(_cells(label), "placeholder"), (column,), refuses=required)


def _cells(label: str) -> Callable[[CellTable], object]:
    return lambda cells: cells[label]


def _end(column: str) -> Callable[[CellTable], object]:
    return lambda cells: cells.ends[column]


def _masked(of: Callable[[CellTable], object], name: str) -> Broken:
    return lambda cells: getattr(of(cells), name)  # type: ignore[no-any-return]


def _above(label: str, latest: int) -> Broken:
    return lambda cells: _array(cells, label) > latest


def _array(cells: CellTable, label: str) -> np.ndarray:
    values = cells[label].values
    assert isinstance(values, np.ndarray)
    return values


def _ended(schema: Schema, later: Later) -> Iterator[Rule[Broken]]:
    shows, of = (later.column, column_of(schema.timestamp)), _end(later.column)
    yield Rule("end_before_start", later.column, "the end lies before its start", _masked(of, "before_start"), shows)
    says = f"the end has not come yet: the row is kept, and no {later.event_kind!r} event is made"
    yield Rule("not_ended_yet", later.column, says, _masked(of, "not_yet"), (later.column,), refuses=False)


def _numbers(schema: Schema, casts: Mapping[str, Cast]) -> Iterator[Rule[Broken]]:
    columns = mapping(schema)
    for label in (label for label in casts if kind_of(label, schema) == "number"):
        shows = (columns[label],)
        if casts[label].unreadable:
            says = _NO_PERCENT if columns[label] in schema.percent else _NO_NUMBER + _PERCENT
            yield Rule("number_unreadable", label, says, _unreadable(label), shows)
        yield Rule("number_infinite", label, "the number is infinite", _infinite(label), shows)
        role = role_of(label, schema)
        low, high = (None, None) if role is None else (role.low, role.high)
        if low is not None:
            says = f"the number is below {low:g}" if high is None else f"the number is outside {low:g} .. {high:g}"
            if label == "discount" and schema.discount_unit is None:
                says += ", and the schema does not say discount_unit = 'percent'"
            yield Rule("number_out_of_range", label, says, _outside(label, low, high), shows)
    constant = said_constants(schema).get("score_type")
    if "score" in casts and ("score_type" in casts or constant is not None):
        scales = listed(f"{scale} {low:g}-{high:g}" for scale, (low, high) in SCALES.items())
        says = f"the score is outside its scale ({scales})"
        broken = _off_scale if constant is None else _outside("score", *SCALES[constant])
        both = tuple(column for column in (schema.score, schema.score_type) if column is not None)
        yield Rule("score_off_scale", "score", says, broken, both)


def _infinite(label: str) -> Broken:
    return lambda cells: np.isinf(_array(cells, label))


def _outside(label: str, low: float, high: float | None) -> Broken:
    def broken(cells: CellTable) -> Mask:
        values = _array(cells, label)
        beyond = values < low if high is None else (values < low) | (values > high)
        found: np.ndarray = beyond & ~np.isinf(values)
        return found

    return broken


def _off_scale(cells: CellTable) -> Mask:
    score, kind = _array(cells, "score"), cells["score_type"].values
    assert isinstance(kind, Labels)
    limits = [SCALES.get(name, (-np.inf, np.inf)) for name in kind.levels.to_pylist()]
    low, high = np.array([*limits, (-np.inf, np.inf)])[kind.codes].T
    found: np.ndarray = (score < low) | (score > high)
    return found


def _labels(schema: Schema, casts: Mapping[str, Cast]) -> Iterator[Rule[Broken]]:
    for role in (role for role in casts if role in ROLES and kind_of(role, schema) == "flag"):
        if casts[role].unreadable:
            more = "".join(f", {'/'.join(words)}" for words in (schema.yes, schema.no) if words)
            says = f"neither yes nor no (true/false, yes/no, y/n, t/f, 1/0{more})"
            yield Rule("flag_unreadable", role, says, _unreadable(role), (getattr(schema, role),))
    allowed = {role: ROLES[role].allowed for role in casts if role in ROLES and ROLES[role].allowed}
    if schema.kinds is not None and "kind" in casts:
        allowed["kind"] = tuple(map(folded, schema.kinds)) if schema.ignore_case else tuple(schema.kinds)
    for role, words in allowed.items():
        says = f"the label is none of {listed(words)}"
        yield Rule("label_unknown", role, says, _unknown(role, words), (getattr(schema, role),))


def _unknown(label: str, words: tuple[str, ...]) -> Broken:
    def broken(cells: CellTable) -> Mask:
        found = cells[label].values
        assert isinstance(found, Labels)
        strange = ~pc.is_in(found.levels, pa.array(words, pa.string())).to_numpy(zero_copy_only=False)
        return np.append(strange, False)[found.codes] if strange.any() else None

    return broken


def _late(schema: Schema) -> Iterator[Rule[Broken]]:
    columns = mapping(schema)
    for later in schema.later:
        for label in later.columns:
            says = f"the value became known later, but {later.column} does not say when"
            shows = (columns[label], later.column)
            yield Rule("late_value_without_time", label, says, _timeless(label, later.column, schema), shows)


def _timeless(label: str, at: str, schema: Schema) -> Broken:
    # a "no" without a time says "not yet", which is nothing to be known
    flag = kind_of(label, schema) == "flag"

    def broken(cells: CellTable) -> Mask:
        there = _array(cells, label) == 1 if flag else ~cells[label].missing
        found: np.ndarray = there & ~cells.ends[at].given
        return found

    return broken
