"""The rules every row of an interaction log keeps, as SQL conditions that name the rows that break them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from cxchurn._core import listed
from cxchurn.interactions.log._spelling import folded, folded_sql
from cxchurn.interactions.reading._casts import Cast
from cxchurn.interactions.reading._ends import End
from cxchurn.interactions.reading._engine import LINE, name, text
from cxchurn.interactions.schema._roles import ROLES, SCALES
from cxchurn.interactions.schema._schema import Later, Schema, mapping, named

# the tables of rows that equal an earlier one, and of rows that share their event_id: `find_copies`, `find_repeats`
COPIES, TOLD = "copies", "told"
_NO_NUMBER = "the text is not a number, or a point in it may mean thousands, for others have a decimal comma"
_IS_ROW = f"{name(LINE)} IS NULL"


@dataclass(frozen=True)
class Rule:
    """One rule for one column.

    Parameters
    ----------
    name : str
        The rule's stable name, such as ``"time_in_future"``.
    column : str
        What it is about: the canonical name, or "" for the whole row.
    says : str
        What a row that breaks it did, in words.
    broken : str
        The SQL condition of rows that break it.
    shows : tuple of str
        The user's columns that show the mistake.
    refuses : bool
        Whether such a row is refused; else it is kept, and counted.
    """

    name: str
    column: str
    says: str
    broken: str
    shows: tuple[str, ...] = ()
    refuses: bool = True

    @property
    def label(self) -> str:
        """The rule and its column, as written beside a refused row."""
        return f"{self.name}({self.column})" if self.column else self.name


def rules_of(schema: Schema, casts: Mapping[str, Cast], at: Mapping[str, End], now: np.datetime64) -> list[Rule]:
    """Return the rules for a source.

    Parameters
    ----------
    schema : Schema
        What the columns mean.
    casts : mapping of canonical name to Cast
        How each mapped column is read.
    at : mapping of the user's column to End
        How the times of later-known columns are read.
    now : datetime64
        Times after this one are in the future.
    """
    found = [
        Rule("line_unreadable", "", "the line is not a row of the table", f"{name(LINE)} IS NOT NULL", (LINE,)),
        *_required(schema, casts),
        *_times(schema, casts, at, now),
        *_numbers(schema, casts),
        *_labels(schema, casts),
        *_late(schema, casts, at),
    ]
    if schema.duplicates == "refuse":
        found += _copies(schema)
    return [found[0], *(replace(rule, broken=f"({_IS_ROW} AND {rule.broken})") for rule in found[1:])]


def rules_between(schema: Schema) -> list[Rule]:
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
    shows, own = (schema.event_id,), f"rowid IN (SELECT r FROM {TOLD} WHERE"
    return [
        Rule("event_id_contradicted", "event_id", differ, f"{own} contradicts)", shows),
        Rule("event_id_repeated", "event_id", repeat, f"{own} NOT contradicts)", shows, refuses=False),
    ]


def _copies(schema: Schema) -> Iterator[Rule]:
    who = "the row" if schema.event_id is None else "the row has no event_id and"
    copy, alike = (f"rowid IN (SELECT r FROM {COPIES} WHERE {which})" for which in ("copy", "NOT copy"))
    yield Rule("duplicate", "", f"{who} equals an earlier one in every column of the source", copy)
    says = f"{who} equals an earlier one in every column that the schema uses, but not in all: an event of its own"
    yield Rule("alike", "", says, alike, refuses=False)


def _required(schema: Schema, casts: Mapping[str, Cast]) -> Iterator[Rule]:
    missing = {
        "customer_id": "the customer's id is missing, blank, or a word for nothing (NULL, nan, None, N/A)",
        "timestamp": "the time is missing",
    }
    for role, says in {**missing, "kind": "the kind is missing"}.items():
        if role in casts:
            yield Rule(f"{role}_missing", role, says, f"NOT {casts[role].present}", (getattr(schema, role),))
    for role, whose in {"customer_id": "customer's", "event_id": "event's"}.items():
        if role in casts and (unreadable := casts[role].unreadable):
            says = f"the {whose} id is no whole number, or one too large to be told from its neighbours (2**53 and more as "
            says += "a decimal number)"
            yield Rule(f"{role}_unreadable", role, says, unreadable, (getattr(schema, role),))


def _times(schema: Schema, casts: Mapping[str, Cast], at: Mapping[str, End], now: np.datetime64) -> Iterator[Rule]:
    moment = f"TIMESTAMP {text(str(now).replace('T', ' '))}"
    roles = {
        role: (getattr(schema, role), casts[role]) for role in casts if role in ROLES and ROLES[role].type == "instant"
    }
    ends: dict[str, tuple[str, Cast]] = {column: (column, end) for column, end in at.items()}
    for label, (column, cast) in {**roles, **ends}.items():
        if cast.unreadable:
            yield Rule("time_unreadable", label, "the text or number is not a time", cast.unreadable, (column,))
        if cast.without_zone:
            says = "the time has no zone, while others in the column have one"
            yield Rule("time_without_zone", label, says, cast.without_zone, (column,))
        if label not in ("promised_at", "delivered_at", *at):
            yield Rule(
                "time_in_future", label, "the time is after the present moment", f"({cast.value}) > {moment}", (column,)
            )
    for later in schema.later:
        yield from _ends(schema, later, at[later.at])


def _ends(schema: Schema, later: Later, end: End) -> Iterator[Rule]:
    shows = (later.at, schema.timestamp)
    yield Rule("end_before_start", later.at, "the end lies before its start", end.before_start, shows)
    says = f"the end has not come yet: the row is kept, and no {later.event_kind!r} event is made"
    yield Rule("not_ended_yet", later.at, says, end.not_yet, (later.at,), refuses=False)


def _numbers(schema: Schema, casts: Mapping[str, Cast]) -> Iterator[Rule]:
    columns = mapping(schema)
    numbers = [
        label
        for label in casts
        if label in named(schema.measures) or (label in ROLES and ROLES[label].type == "number")
    ]
    for label in numbers:
        cast, shows = casts[label], (columns[label],)
        if cast.unreadable:
            yield Rule("number_unreadable", label, _NO_NUMBER, cast.unreadable, shows)
        yield Rule("number_infinite", label, "the number is infinite", f"isinf({cast.value})", shows)
        low, high = (ROLES[label].low, ROLES[label].high) if label in ROLES else (None, None)
        if low is not None:
            limits, says = f"({cast.value}) < {low}", f"the number is below {low:g}"
            if high is not None:
                limits, says = (
                    f"(({cast.value}) NOT BETWEEN {low} AND {high})",
                    f"the number is outside {low:g} .. {high:g}",
                )
            yield Rule("number_out_of_range", label, says, f"({limits} AND NOT isinf({cast.value}))", shows)
    if "score" in casts and "score_type" in casts:
        yield _off_scale(schema, casts)


def _off_scale(schema: Schema, casts: Mapping[str, Cast]) -> Rule:
    score, kind = casts["score"].value, casts["score_type"].value
    limits = " ".join(
        f"WHEN {text(scale)} THEN ({score}) NOT BETWEEN {low} AND {high}" for scale, (low, high) in SCALES.items()
    )
    scales = listed(f"{scale} {low:g}-{high:g}" for scale, (low, high) in SCALES.items())
    says = f"the score is outside its scale ({scales})"
    return Rule(
        "score_off_scale",
        "score",
        says,
        f"(CASE lower({kind}) {limits} END)",
        (str(schema.score), str(schema.score_type)),
    )


def _labels(schema: Schema, casts: Mapping[str, Cast]) -> Iterator[Rule]:
    for role in ("resolved", "invited"):
        if role in casts and casts[role].unreadable:
            says = "neither yes nor no (true/false, yes/no, y/n, t/f, 1/0)"
            yield Rule("flag_unreadable", role, says, str(casts[role].unreadable), (getattr(schema, role),))
    allowed = {role: ROLES[role].allowed for role in casts if role in ROLES and ROLES[role].allowed}
    for role, words in allowed.items():
        value = f"lower({casts[role].value})"
        yield _unknown(role, value, words, getattr(schema, role))
    if schema.kinds is not None and "kind" in casts:
        value, words = casts["kind"].value, tuple(schema.kinds)
        if schema.ignore_case:
            value, words = folded_sql(value), tuple(map(folded, words))
        yield _unknown("kind", value, words, str(schema.kind))


def _unknown(role: str, value: str, words: tuple[str, ...], column: str) -> Rule:
    says = f"the label is none of {listed(words)}"
    return Rule("label_unknown", role, says, f"(({value}) NOT IN ({', '.join(map(text, words))}))", (column,))


def _late(schema: Schema, casts: Mapping[str, Cast], at: Mapping[str, End]) -> Iterator[Rule]:
    columns = mapping(schema)
    for later in schema.later:
        for label in later.columns:
            says = f"the value became known later, but {later.at} does not say when"
            there = says_something(label, casts[label])
            yield Rule(
                "late_value_without_time",
                label,
                says,
                f"({there} AND NOT {at[later.at].given})",
                (columns[label], later.at),
            )


def says_something(label: str, cast: Cast) -> str:
    """SQL: a later-known value is there. A "no" without a time says "not yet", which is nothing to be known."""
    flag = label in ROLES and ROLES[label].type == "flag"
    return f"(({cast.value}) IS TRUE)" if flag else cast.present


def later_columns(schema: Schema) -> set[str]:
    """Return the canonical columns that became known after their interaction."""
    return {label for later in schema.later for label in later.columns}


def carried(later: Later) -> tuple[str, ...]:
    """Return what a later-known event takes along beside its values: what was known from the start and explains them."""
    beside = {"score": "score_type", "delivered_at": "promised_at"}
    more = [beside[label] for label in later.columns if label in beside and beside[label] not in later.columns]
    return ("touchpoint", "case_id", "agent", "agent_id", *more)
