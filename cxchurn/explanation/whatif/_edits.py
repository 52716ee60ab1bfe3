"""Edits of interactions: what could have gone otherwise, said event by event."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from cxchurn._core import Statement, UsageError, span
from cxchurn.explanation.whatif._cells import moment
from cxchurn.explanation.whatif._rows import Row, Rows, moved


class Edit(Statement):
    """Something that could have gone otherwise; made by `edited`, `answered`, `solved` and the like.

    Attributes
    ----------
    verb : str
        The function that one types to say so.
    note : str
        Under which name the language file has what to know when reading what the model makes of it, "" where nothing is.
    """

    verb: ClassVar[str]
    note: ClassVar[str] = ""

    def __repr__(self) -> str:
        """Return what one would type: the first argument plain, columns by their names."""
        first, *rest = self.get_params().items()
        said = [(name, value) for name, value in rest if value is not None and name != "columns"]
        said += [pair for name, value in rest if name == "columns" for pair in value.items()]
        return f"{self.verb}({', '.join([repr(first[1]), *(f'{name}={value!r}' for name, value in said)])})"

    @abstractmethod
    def apply(self, rows: Rows) -> None:
        """Change the rows of a customer."""


class Edited(Edit):
    """Other values in some columns of an interaction; made by `edited`.

    A value is written where there was one: of a column that is filled in later, on the row that says so. Where there was none,
    it is written on the first row that the name stands for.

    Parameters
    ----------
    event : int, str, datetime or mapping
    columns : mapping of str to value
    """

    verb = "edited"

    def __init__(self, event: Any, columns: Mapping[str, Any]) -> None:
        self.event = event
        self.columns = columns

    def apply(self, rows: Rows) -> None:
        """Change the rows of a customer."""
        columns, found = rows.cells(self.columns), rows.find(self.event)
        if "kind" in self.columns:
            rows.check_kind(self.columns["kind"])
        for name, value in columns.items():
            if name == "timestamp":
                _move(rows, found, value)
                continue
            for row in _telling(rows, found, name, self.event):
                row[name] = value


class Answered(Edit):
    """An answer that came sooner; made by `answered`.

    Parameters
    ----------
    event : int, str, datetime or mapping
    within : str
        A span such as ``"5min"``.
    """

    verb = "answered"

    def __init__(self, event: Any, within: str) -> None:
        self.event = event
        self.within = within

    def apply(self, rows: Rows) -> None:
        """Shorten the wait; in a log without waits, bring the company's first answer in the matter forward."""
        most, found = _length(self.within, "within"), rows.find(self.event)
        waited = [row for row in found if row.get("wait_s") is not None]
        for row in waited:
            row["wait_s"] = min(row["wait_s"], most.total_seconds())
        if waited:
            return
        asked = next((row for row in found if row.get("direction") != "outbound" and not row["later"]), None)
        answer = None if asked is None else _first_answer(rows, asked)
        if asked is None or answer is None:
            raise UsageError(
                f"the log does not tell how long {self.event!r} waited.",
                allowed="an interaction with wait_s, or a matter (case_id) that the company answered (direction outbound)",
            )
        if answer["timestamp"] > asked["timestamp"] + most:
            moved(answer, asked["timestamp"] + most)


class Solved(Edit):
    """A matter that was solved; made by `solved`.

    Parameters
    ----------
    event : int, str, datetime or mapping
    within : str, optional
        How long after the interaction; for logs in which ``resolved`` is filled in later.
    """

    verb = "solved"

    def __init__(self, event: Any, within: str | None = None) -> None:
        self.event = event
        self.within = within

    def apply(self, rows: Rows) -> None:
        """Say that the matter was closed: on its rows, or where that becomes known later, on a row at that time."""
        rows.cells({"resolved": True})
        found = rows.find(self.event)
        if not rows.is_later("resolved"):
            if self.within is not None:
                raise UsageError(
                    "within= is for logs whose schema declares resolved as filled in later.", hint="leave it out."
                )
            for row in _telling(rows, found, "resolved", self.event):
                row["resolved"] = True
            return
        asked, news = found[0], [row for row in rows.rows if _says_so(row, found)]
        for row in news:
            row["resolved"] = True
            if self.within is not None:
                moved(row, max(asked["timestamp"] + _length(self.within, "within"), asked["known_at"]))
        if not news:
            rows.add(self._news(rows, asked))

    def _news(self, rows: Rows, asked: Row) -> Row:
        if self.within is None:
            raise UsageError(
                f"{self.event!r} was never solved, and it has to be said when it would have been.",
                hint="solved(..., within='1D')",
            )
        kind = next(
            later.event_kind for schema in rows.log.schemas for later in schema.later if "resolved" in later.columns
        )
        at = max(asked["timestamp"] + _length(self.within, "within"), asked["known_at"])
        carried: Row = {
            name: asked.get(name) for name in ("touchpoint", "case_id", "agent", "agent_id") if name in asked
        }
        return {**carried, "timestamp": at, "kind": kind, "resolved": True, "later": True}


class Replied(Edit):
    """Something that the company did afterwards; made by `called_back`.

    Parameters
    ----------
    event : int, str, datetime or mapping
    after : str
        How long after the interaction.
    kind : str
    columns : mapping of str to value
    """

    verb = "called_back"

    def __init__(self, event: Any, after: str, kind: str, columns: Mapping[str, Any]) -> None:
        self.event = event
        self.after = after
        self.kind = kind
        self.columns = columns

    def apply(self, rows: Rows) -> None:
        """Add the interaction, in the same matter."""
        rows.check_kind(self.kind)
        columns, asked = rows.cells(self.columns), rows.find(self.event)[0]
        at = asked["timestamp"] + _length(self.after, "after")
        about: Row = {name: asked[name] for name in ("case_id", "touchpoint") if name in asked}
        about |= {"direction": "outbound"} if "direction" in asked else {}
        rows.add({**about, **columns, "timestamp": at, "kind": self.kind})


class Added(Edit):
    """An interaction more; made by `added`.

    Parameters
    ----------
    kind : str
    at : str or datetime
    columns : mapping of str to value
    """

    verb = "added"

    def __init__(self, kind: str, at: Any, columns: Mapping[str, Any]) -> None:
        self.kind = kind
        self.at = at
        self.columns = columns

    def apply(self, rows: Rows) -> None:
        """Add the interaction; it is known at once, unless ``known_at`` says when."""
        said = dict(self.columns)
        known = said.pop("known_at", None)
        rows.check_kind(self.kind)
        said = rows.cells(said, fixed=("customer_id", "known_at", "number", "@tie"))
        at, zone = moment("timestamp", self.at, rows.log.timezone), rows.log.timezone
        told = {} if known is None else {"known_at": max(at, moment("known_at", known, zone))}
        rows.add({**said, **told, "timestamp": at, "kind": self.kind})


class Without(Edit):
    """An interaction that had not taken place; made by `without`.

    Parameters
    ----------
    event : int, str, datetime or mapping
    """

    verb = "without"

    def __init__(self, event: Any) -> None:
        self.event = event

    def apply(self, rows: Rows) -> None:
        """Take the rows out, and what became known later of their matter with it where the whole matter is meant."""
        rows.without(rows.find(self.event))


def _telling(rows: Rows, found: list[Row], column: str, event: Any) -> list[Row]:
    """Return the rows on which a column is told, or the first where none tells it.

    What only says that something became known tells what is filled in later, unless it is meant itself.
    """
    later = rows.is_later(column)
    own = [row for row in found if later or not row["later"]] or found
    telling = [row for row in own if row.get(column) is not None]
    if telling or not later:
        return telling or own[:1]
    news = [row for row in rows.rows if _says_so(row, found) and row.get(column) is not None]
    if not news:
        raise UsageError(
            f"{column} of {event!r} is filled in later, and never was.",
            hint="solved(..., within='1D') says when a matter was closed; added(...) adds any row.",
        )
    return news


def _move(rows: Rows, found: list[Row], to: datetime) -> None:
    """Move the first row that is meant; nothing of it becomes known before it happens."""
    moved(found[0], to)
    for row in rows.rows:
        if _says_so(row, found[:1]) and row["timestamp"] < to:
            moved(row, to)


def _says_so(row: Row, found: list[Row]) -> bool:
    """Whether a row only says what became known later of the matter of others."""
    cases = {one.get("case_id") for one in found} - {None}
    return bool(row["later"]) and (row.get("case_id") in cases or any(row is one for one in found))


def _first_answer(rows: Rows, asked: Row) -> Row | None:
    if asked.get("case_id") is None:
        return None
    answers = [
        row
        for row in rows.rows
        if row.get("case_id") == asked["case_id"]
        and row.get("direction") == "outbound"
        and not row["later"]
        and row["timestamp"] >= asked["timestamp"]
    ]
    return min(answers, key=lambda row: row["timestamp"], default=None)


def _length(text: str, name: str) -> timedelta:
    return timedelta(microseconds=span(text, name=name, zero=True).microseconds)
