"""Guessing a schema from what was seen of a table: helpful, never silent, and nothing known before it was."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from cxchurn._core import listed
from cxchurn.interactions.schema._later import Columns, Later
from cxchurn.interactions.schema._roles import ROLES, plain
from cxchurn.interactions.schema._schema import Schema
from cxchurn.interactions.schema.guessing._columns_written import formats_in
from cxchurn.interactions.schema.guessing._facts import ColumnFacts, TableFacts
from cxchurn.interactions.schema.guessing._filled_later import (
    are_tickets,
    ends_something,
    event_of,
    filled_later,
    is_called_off,
    is_opened,
    known_from,
    later_times,
)
from cxchurn.interactions.schema.guessing._guessed_roles import roles_of
from cxchurn.interactions.schema.guessing._left_out import MOST_LABELS, is_label_name, left_out, no_label
from cxchurn.interactions.schema.guessing._surveys import survey_of

# what does not add up
_LEVELS = re.compile(
    r".*(balance|saldo|solde|kontostand).*|"
    r".*(price|rate|temperature|percent|percentage|pct|share|age|level|seats|mrr|arr|score|rating)(usd|eur|gbp|inr|chf|brl|pln)?"
)
_WRITTEN = re.compile(r"(last)?(updated?|modified|changed?|loaded|synced|ingested|extracted)(at|on|date|time|ts)*")
# known when the row began, whatever its name
_FIRST = (
    "customer_id",
    "event_id",
    "timestamp",
    "kind",
    "known_at",
    "touchpoint",
    "case_id",
    "direction",
    "currency",
    "promised_at",
)
_AHEAD = ("promised_at", "delivered_at", "known_at")


@dataclass
class Guess:
    """A guess, and why.

    Parameters
    ----------
    facts : TableFacts
    roles : dict of role to column
    later : tuple of Later
    measures, categories, levels : tuple of str
    format : dict
        By keys of ``[format]``.
    why : dict of column to str
        What each column was taken as, or why it was left out.
    ask : list of (str, list of str)
        What has to be decided: a sentence, and lines of TOML of which one is to be taken.
    """

    facts: TableFacts
    roles: dict[str, str] = field(default_factory=dict)
    later: tuple[Later, ...] = ()
    measures: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    format: dict[str, Any] = field(default_factory=dict)
    why: dict[str, str] = field(default_factory=dict)
    ask: list[tuple[str, list[str]]] = field(default_factory=list)

    @property
    def missing(self) -> list[str]:
        """The roles without which there is no log, and for which there is no column."""
        return [role for role in ("customer_id", "timestamp", "kind") if role not in self.roles]

    @property
    def one_a_customer(self) -> bool:
        """Whether the table has no time, and another customer in each row."""
        who = self.facts.columns.get(self.roles.get("customer_id", ""))
        return "timestamp" in self.missing and who is not None and who.distinct == self.facts.rows is not None

    @property
    def times(self) -> list[str]:
        """The columns that are times of the log: of roles, and of what became known later."""
        roles = [column for role, column in self.roles.items() if ROLES[role].type == "instant"]
        return list(dict.fromkeys([*roles, *(one.column for one in self.later)]))

    def given(self, column: str) -> Columns:
        """Return a column as a schema names it: a day and the time of it by both."""
        return self.facts.joined.get(column, column)

    @property
    def survey(self) -> str | None:
        """The survey that all scores are of, by the name of their column, where no column says it."""
        score = self.roles.get("score")
        return None if score is None or "score_type" in self.roles else survey_of(score, self.facts.columns[score])

    def schema(self, kind: str | None = None) -> Schema:
        """Return the guess as a schema; `kind` is that of all rows, where there is no column for it."""
        said: dict[str, Any] = {role: self.given(column) for role, column in self.roles.items()} | self.format
        if "kind" not in said and kind is not None:
            said["kind_is"] = kind
        if self.survey is not None:
            said["constants"] = {"score_type": self.survey}
        parts = {"measures": self.measures, "categories": self.categories, "levels": self.levels, "later": self.later}
        return Schema(**said, **{name: part for name, part in parts.items() if part})  # type: ignore[arg-type]


def guess(facts: TableFacts) -> Guess:
    """Guess what the columns of a table mean.

    Parameters
    ----------
    facts : TableFacts
        What was seen of it; where times were not compared, by names alone.
    """
    found = Guess(facts, roles_of(facts))
    for role, column in found.roles.items():
        found.why[column] = role
    times = _later_times(found)
    late = _filled_later(found, times)
    _rest(found, times, late)
    found.later = tuple(_laters(found, times, late))
    found.format, found.ask = formats_in(facts, found.times, found.roles, found.measures, found.categories)
    return found


def _later_times(found: Guess) -> list[str]:
    timestamp = found.roles.get("timestamp")
    if timestamp is None:
        return []
    exempt = {role for role in _AHEAD if found.roles.get(role) == role}
    exempt |= {found.roles[role] for role in ("promised_at", "known_at") if role in found.roles}
    return [column for column in later_times(found.facts, timestamp) if column not in exempt]


def _filled_later(found: Guess, times: list[str]) -> dict[str, str]:
    """Return the columns that look filled in after the row, each with why."""
    timestamp = found.roles.get("timestamp")
    opened = timestamp is not None and (
        is_opened(timestamp, times) or are_tickets(found.roles.get("case_id"), found.facts)
    )
    if timestamp is None or not opened:
        return {}
    # whoever gives a column the very name of a role has said what it is
    first = {column for role, column in found.roles.items() if role in _FIRST or role == column}
    looks = {}
    for column, seen in found.facts.columns.items():
        if column in first or column in times or (seen.is_time and seen.holds == "time"):
            continue
        place = plain(column) == "state" and (seen.distinct or 0) > 12
        if not place and (why := filled_later(column, found.facts, times, timestamp)) is not None:
            looks[column] = why
    return looks


def _rest(found: Guess, times: list[str], late: dict[str, str]) -> None:
    """Take what plays no role as measures and categories, and say of everything else why it is left out."""
    facts, taken = found.facts, set(found.roles.values())
    kept = {role: column for role, column in found.roles.items() if role not in _FIRST}
    for role, column in kept.items():
        if column in late and known_from(column, facts, times) is None:
            found.why[column] = f"left out: {late[column]}, and no column says when (else it would be {role})"
            del found.roles[role]
    measures, categories = [], []
    for column, seen in facts.columns.items():
        if column in taken or column in times:
            continue
        if (out := left_out(column, facts, found.roles.get("timestamp"))) is not None:
            found.why[column] = f"left out: {out}"
        elif column in late and known_from(column, facts, times) is None:
            found.why[column] = f"left out: {late[column]}, and no column says when"
        elif (seen.holds in ("integer", "number", "span") or seen.styles) and not is_label_name(column, seen):
            measures.append(column)
            found.why[column] = "a measure"
        elif (seen.holds in ("text", "flag", "integer") or is_label_name(column, seen)) and (
            seen.distinct is None or 1 <= seen.distinct <= MOST_LABELS
        ):
            categories.append(column)
            found.why[column] = f"a category{beside_words(seen)}"
        else:
            found.why[column] = f"left out: {no_label(seen)}"
    found.measures, found.categories = tuple(measures), tuple(categories)
    found.levels = tuple(name for name in measures if facts.columns[name].examples and _LEVELS.fullmatch(plain(name)))


def beside_words(seen: ColumnFacts) -> str:
    """Return in words that most of a category's values are numbers; "" where they are not."""
    if not seen.words:
        return ""
    return f", though most of its values are numbers, and not {listed(map(repr, seen.words))}"


def _laters(found: Guess, times: list[str], late: dict[str, str]) -> Iterator[Later]:
    facts, timestamp = found.facts, found.roles.get("timestamp", "")
    names = {column: role for role, column in found.roles.items()}
    names |= {column: column for column in (*found.measures, *found.categories)}
    news: dict[str, list[str]] = {time: [] for time in times}
    for column, why in late.items():
        at = known_from(column, facts, times)
        if at is not None and column in names:
            news[at].append(names[column])
            found.why[column] += f", known from {at} on: {why}"
    ended = False
    for time, columns in news.items():
        if time in names and time not in columns:
            columns.insert(0, names[time])
        if not columns and _WRITTEN.fullmatch(plain(time)):
            found.why[time] = "left out: it says when the row was last written"
            continue
        # whoever has cancelled does not leave once more when the contract runs out
        ends = not ended and ends_something(facts, timestamp, time) and not is_called_off(facts, time)
        ended = ended or ends
        kind = "cancel" if ends else event_of(time)
        found.why[time] = f"an event of its own, {kind!r}: it is never before {timestamp}"
        yield Later(
            at=found.given(time), columns=tuple(columns), kind=None if kind == time.removesuffix("_at") else kind
        )
    if not facts.before and "resolved" in found.roles and "resolved_at" in facts.columns:
        seen = facts.columns["resolved_at"]
        if seen.holds in ("time", "text"):
            found.why["resolved_at"] = "when resolved became known"
            yield Later(at="resolved_at", columns=("resolved",))
