"""A row as a schema reads it: the events it becomes, and the rules it breaks."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from cxchurn._core import DataError, cached_property, span
from cxchurn.interactions.log._spelling import folded, is_folded
from cxchurn.interactions.reading.casts._casts import cast
from cxchurn.interactions.reading.casts.texts._conventions import times_of
from cxchurn.interactions.reading.casts.texts._numbers import is_in_doubt
from cxchurn.interactions.reading.casts.texts._texts import texts_of
from cxchurn.interactions.reading.rules._as_events import carried, later_columns, said_constants
from cxchurn.interactions.reading.rules._as_events import said as as_said
from cxchurn.interactions.reading.rules._rules import Rule, rules_between, rules_of
from cxchurn.interactions.rows._cells import (
    UNREADABLE,
    Reader,
    plain,
    read_flag,
    read_id,
    read_label,
    read_number,
    text_of,
)
from cxchurn.interactions.rows._derived import with_derived
from cxchurn.interactions.rows._ends import End, read_end
from cxchurn.interactions.rows._paths import Paths
from cxchurn.interactions.rows._report import Broken
from cxchurn.interactions.rows._row import Event, Row
from cxchurn.interactions.rows._times import Times, stands_for_none
from cxchurn.interactions.schema._contradictions import check_schema
from cxchurn.interactions.schema._roles import AHEAD, ROLES, SCALES, Role
from cxchurn.interactions.schema._schema import Schema, columns_of, derived_in, mapping
from cxchurn.interactions.schema._younger import role_of
from cxchurn.interactions.store._event_types import kind_of

_READ: dict[str, Reader] = {"id": read_id, "category": read_label, "number": read_number, "flag": read_flag}
_UNREADABLE = {"number": "number_unreadable", "flag": "flag_unreadable", "instant": "time_unreadable"}
# beside decimal commas a point may stand before thousands: 1.234 is then no number that is plain
ID = "event_id"


class RowReader:
    """Reads rows of one source.

    Parameters
    ----------
    schema : Schema
        What the user's columns mean.
    """

    def __init__(self, schema: Schema) -> None:
        check_schema(schema)
        self.schema = schema
        self.columns = columns_of(schema)
        self.paths = Paths(schema)
        self._mapping = list(mapping(schema).items())
        self._types = {label: kind_of(label, schema) for label, _ in self._mapping}
        self._times = {
            column: Times(texts_of(schema, column, "timestamp"))
            for column in [*(column for label, column in self._mapping if self._types[label] == "instant"), *self._ends]
        }
        self._readers = [(label, column, *self._reader(label, column)) for label, column in self._mapping]
        self._derived = derived_in(schema)
        self._late = later_columns(schema)
        self._used = frozenset(self.columns)
        self._words = [(label, column) for label, column, _, fold, _ in self._readers if fold is not None]
        self._arrives = 0 if schema.arrives is None else span(schema.arrives, name="arrives").microseconds
        self._constants = said_constants(schema)
        fold = self._folded("kind") or str
        self._kinds = None if schema.kinds is None else frozenset(map(fold, schema.kinds))

    @cached_property
    def rules(self) -> dict[Broken, Rule[Any]]:
        """Every rule there is, in the reader's own words."""
        schema, held = self.schema, '"c0"'
        types = {label: "DOUBLE" if self._types[label] == "id" else "VARCHAR" for label, _ in self._mapping}
        casts = {
            label: cast(
                column,
                types[label],
                self._types[label],  # type: ignore[arg-type]
                held=held,
                says="",
                texts=texts_of(schema, column, label),
            )
            for label, column in self._mapping
        }
        casts |= {
            times_of(column): cast(
                column, "VARCHAR", "instant", held=held, says="", texts=texts_of(schema, column, "later")
            )
            for column in self._ends
        }
        rules = [*rules_of(schema, casts, _now()), *rules_between(schema)]
        return {Broken(rule.name, rule.column): rule for rule in rules}

    @property
    def who(self) -> list[str]:
        """The user's columns that tell rows apart in a report."""
        return self.columns[:3]

    def read(self, rows: list[Mapping[str, Any]], *, now: int | None = None) -> list[Row]:
        """Read rows.

        Parameters
        ----------
        rows : list of mappings
            From the user's columns to cells.
        now : int, optional
            Times after this one are in the future, in microseconds since 1970. Default: the clock.
        """
        moment = _now() if now is None else now
        if self._derived:
            rows = [with_derived(cells, self._derived) for cells in rows]
        zoned, commas = self._seen_beside(rows)
        return [self._row(cells, moment, zoned, commas) for cells in rows]

    def _seen_beside(self, rows: list[Mapping[str, Any]]) -> tuple[frozenset[str], frozenset[str]]:
        """Return the columns with texts that carry a zone beside others, and those of numbers with a comma beside others."""
        if len(rows) < 2:
            return frozenset(), frozenset()
        zoned = (at for at, times in self._times.items() if any(times.is_zoned(cells.get(at)) for cells in rows))
        plain = self.schema.decimal is None and not self.schema.thousands
        numbers = (column for label, column in self._mapping if plain and self._types[label] == "number")
        commas = (
            one for one in numbers if any("," in cell for cells in rows if isinstance(cell := cells.get(one), str))
        )
        return frozenset(zoned), frozenset(commas)

    @property
    def _ends(self) -> list[str]:
        return [later.column for later in self.schema.later]

    def _row(self, cells: Mapping[str, Any], now: int, zoned: frozenset[str], commas: frozenset[str]) -> Row:
        row, values, there = Row(cells), {}, set()
        for label, column, read, fold, problem in self._readers:
            cell = cells.get(column)
            value = None if cell is None else plain(cell)
            value = None if value is None else read(value)
            if value is UNREADABLE or (column in commas and _has_thousands(cell)):
                if not problem:
                    raise _no_label(column, label, cell)
                there.add(label)
                row.broken.append(Broken(problem, label))
            elif value is not None and self._types[label] == "instant" and self._is_placeholder(label, value):
                # what is required is there, and refused
                there |= {label} & {"timestamp"}
                row.broken.append(Broken("time_placeholder", label))
            elif value is not None:
                there.add(label)
                values[label] = fold(value) if fold is not None else value
            if column in zoned and self._times[column].is_zoned(cell) is False:
                row.broken.append(Broken("time_without_zone", label))
        row.customer, row.event_id = values.get("customer_id"), values.get(ID)
        ends = [self._end(later.column, cells, values.get("timestamp"), now, zoned, row) for later in self.schema.later]
        row.broken += self._rules(values, there, ends, now)
        row.refused = any(self.rules[one].refuses for one in row.broken) if row.broken else False
        if not row.refused:
            row.events = list(self._events(values, ends))
            row.content = self._content(row, values, ends)
        return row

    def _is_placeholder(self, label: str, value: int) -> bool:
        return stands_for_none(value, self.schema.timezone, ahead=label in AHEAD)

    def _content(self, row: Row, values: dict[str, Any], ends: list[End]) -> tuple[Any, ...]:
        moments = tuple(end.value for end in ends)
        if row.event_id is not None:
            said = (item for item in values.items() if item[0] not in ("known_at", ID))
            return (*sorted(said), *moments)
        written = {label: text_of(row.cells[column]) for label, column in self._words if label in values}
        others = (str(row.cells[name]) for name in sorted(set(row.cells) - self._used) if row.cells[name] is not None)
        return (*sorted({**values, **written}.items()), *moments, *others)

    def _end(
        self, column: str, cells: Mapping[str, Any], began: int | None, now: int, zoned: frozenset[str], row: Row
    ) -> End:
        cell = plain(cells.get(column))
        end = read_end(cell, self._times[column], began=began, now=now, timezone=self.schema.timezone)
        if column in zoned and "not_ended_yet" not in end.broken and self._times[column].is_zoned(cell) is False:
            row.broken.append(Broken("time_without_zone", column))
        row.broken += [Broken(rule, column) for rule in end.broken]
        return end

    def _rules(self, values: Mapping[str, Any], there: set[str], ends: list[End], now: int) -> Iterator[Broken]:
        for label in ("customer_id", "timestamp", "kind"):
            if label not in there and label not in self._constants:
                yield Broken(f"{label}_missing", label)
        for label, value in values.items():
            kind = self._types[label]
            if kind == "instant":
                if value > now and label not in AHEAD:
                    yield Broken("time_in_future", label)
            elif kind == "number":
                yield from _out_of_reach(label, value, role_of(label, self.schema))
            elif label in ROLES and ROLES[label].allowed and value not in ROLES[label].allowed:
                yield Broken("label_unknown", label)
        if self._kinds is not None and "kind" in values and values["kind"] not in self._kinds:
            yield Broken("label_unknown", "kind")
        low, high = SCALES.get(values.get("score_type", self._constants.get("score_type", "")), (-math.inf, math.inf))
        if "score" in values and not low <= values["score"] <= high:
            yield Broken("score_off_scale", "score")
        for later, end in zip(self.schema.later, ends, strict=True):
            if not end.given:
                # a "no" without a time says "not yet"
                said = (x for x in later.columns if (values.get(x) if self._types[x] == "flag" else x in there))
                yield from (Broken("late_value_without_time", label) for label in said)

    def _events(self, values: dict[str, Any], ends: list[End]) -> Iterator[Event]:
        happened = values["timestamp"]
        known = max(happened + self._arrives, values.get("known_at", happened))
        own = {name: value for name, value in values.items() if name not in ("customer_id", "known_at", ID)}
        own |= self._constants
        yield Event(known, {name: value for name, value in own.items() if name not in self._late} | {"later": False})
        for place, (later, end) in enumerate(zip(self.schema.later, ends, strict=True)):
            if end.value is None:
                continue
            at = max(known, end.value + self._arrives)
            kept = {name: own[name] for name in (*carried(later), *later.columns) if name in own}
            made = kept | {"timestamp": at, "kind": as_said(later.event_kind, self.schema), "later": True}
            if later.once_per is None or "case_id" not in own:
                yield Event(at, made)
            else:
                yield Event(at, made, (place, own["case_id"]), (end.value, known, tuple(sorted(own.items()))))

    def _reader(self, label: str, column: str) -> tuple[Reader, Reader | None, str]:
        kind = self._types[label]
        problem = f"{label}_unreadable" if kind == "id" else _UNREADABLE.get(kind, "")
        if kind == "instant":
            return self._times[column], None, problem
        fold = self._folded(label) if kind == "category" else None
        return partial(_READ[kind], texts=texts_of(self.schema, column, label)), fold, problem

    def _folded(self, label: str) -> Reader | None:  # type: ignore[return]
        if label in ROLES and ROLES[label].allowed:
            return str.lower
        return folded if self.schema.ignore_case and is_folded(label) else None


def _out_of_reach(label: str, value: float, role: Role | None) -> Iterator[Broken]:
    if math.isinf(value):
        yield Broken("number_infinite", label)
        return
    if role and ((role.low is not None and value < role.low) or (role.high is not None and value > role.high)):
        yield Broken("number_out_of_range", label)


def _has_thousands(cell: Any) -> bool:
    return isinstance(cell, str) and is_in_doubt(text_of(cell) or "")


def _no_label(column: str, label: str, cell: Any) -> DataError:
    return DataError(
        f"the column {column!r} holds a {type(cell).__name__}, which cannot be read as {label} (category).",
        allowed="text, numbers, yes or no",
        hint="give one value an event.",
    )


def _now() -> int:
    return int(datetime.now(UTC).timestamp() * 1_000_000)
