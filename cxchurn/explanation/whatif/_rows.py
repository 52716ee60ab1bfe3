"""One customer's interactions while they are edited: rows that can be found by what somebody calls them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from cxchurn._core import UsageError, did_you_mean, instant, listed
from cxchurn.explanation.whatif._cells import cell, check_score
from cxchurn.interactions import InteractionLog, with_events

Row = dict[str, Any]
# who, and when it became known, follow from the log; the number is the row's name
_FIXED = ("customer_id", "known_at", "later", "number", "@tie")
_SHOWN = 6


class Rows:
    """The interactions of one customer as plain rows, in the order in which they became known.

    Parameters
    ----------
    log : InteractionLog
        Of one customer alone, see `log_of_one`.
    kinds : tuple of str
        The kinds that the whole log has.
    """

    def __init__(self, log: InteractionLog, kinds: tuple[str, ...]) -> None:
        self.log = log
        self.kinds = kinds
        self.rows: list[Row] = [{**row, "number": k + 1} for k, row in enumerate(log.events.to_pylist())]

    def find(self, event: Any) -> list[Row]:
        """Return the rows that an event's name stands for: a number, a case_id, a time, or ``{column: value}``.

        Raises
        ------
        UsageError
            Where there is none; it lists what is there.
        """
        found = list(self._called(event))
        if found:
            return found
        shown = "".join(f"\n  {told(row)}" for row in self.rows[-_SHOWN:])
        raise UsageError(
            f"no interaction of this customer is called {event!r}. The last ones:{shown}",
            allowed="a number of the account, a case_id, the time it happened, or {column: value}",
            hint="cx.account(model, log, customer).table has the numbers; a log keeps no event_id.",
        )

    def _called(self, event: Any) -> Iterator[Row]:
        if isinstance(event, Mapping):
            asked = self.cells(event, fixed=())
            yield from (row for row in self.rows if all(row.get(name) == value for name, value in asked.items()))
        elif isinstance(event, (int, np.integer)) and not isinstance(event, bool):
            yield from (row for row in self.rows if row["number"] == event)
        elif isinstance(event, str) and any(row.get("case_id") == event for row in self.rows):
            yield from (row for row in self.rows if row.get("case_id") == event)
        else:
            yield from self._at(event)

    def _at(self, event: Any) -> Iterator[Row]:
        try:
            moment = instant(event, timezone=self.log.timezone).astype(datetime)
        except UsageError:
            return
        yield from (row for row in self.rows if moment <= row["timestamp"] < moment + timedelta(seconds=1))

    def columns(self) -> list[str]:
        """Return the columns that can be edited."""
        return [name for name in self.log.types.names if name not in _FIXED]

    def cells(self, columns: Mapping[str, Any], *, fixed: tuple[str, ...] = _FIXED) -> Row:
        """Return values as the log holds them; refuse columns that it lacks, and values that none of its rows could have."""
        known = [name for name in (*self.log.types.names, "number") if name not in fixed]
        for name in columns:
            if name not in known:
                raise UsageError(
                    f"the log has no column {name!r} to be edited.",
                    allowed=listed(known, most=40),
                    hint=did_you_mean(name, known) if isinstance(name, str) else None,
                )
        roles, zone = self.log.roles, self.log.timezone
        return {
            name: value if name == "number" else cell(name, self._type(name), value, zone, is_role=name in roles)
            for name, value in columns.items()
        }

    def _type(self, name: str) -> pa.DataType:
        kind = self.log.types.field(name).type
        return kind.value_type if pa.types.is_dictionary(kind) else kind

    def check_kind(self, kind: Any) -> None:
        """Refuse a kind that no event of the log is of: no feature would see it."""
        if kind not in self.kinds:
            hint = did_you_mean(kind, self.kinds) if isinstance(kind, str) else None
            raise UsageError(
                f"the log has no interaction of the kind {kind!r}.",
                allowed=listed(self.kinds, most=20),
                hint=hint or "kind=...",
            )

    def is_later(self, column: str) -> bool:
        """Whether the schema declares that a column is filled in after its interaction."""
        return any(column in later.columns for schema in self.log.schemas for later in schema.later)

    def add(self, row: Row) -> None:
        """Add a row; what it does not say is missing."""
        empty = dict.fromkeys(self.log.types.names)
        about = {"customer_id": self.rows[0]["customer_id"], "later": False, "number": 0}
        self.rows.append({**empty, **about, "known_at": row["timestamp"], **row})

    def without(self, rows: Iterable[Row]) -> None:
        """Take rows out."""
        gone = {id(row) for row in rows}
        self.rows = [row for row in self.rows if id(row) not in gone]

    def to_log(self) -> InteractionLog:
        """Return the log of the rows as they are now."""
        types = pa.schema(
            [
                pa.field(one.name, pa.string() if pa.types.is_dictionary(one.type) else one.type)
                for one in self.log.types
            ]
        )
        for row in self.rows:
            check_score(row)
        plain = [{name: row[name] for name in types.names} for row in self.rows]
        return with_events(self.log, pa.Table.from_pylist(plain, schema=types))


def told(row: Row) -> str:
    """Say which interaction a row is."""
    said = [str(row["number"]), f"{row['timestamp']:%Y-%m-%d %H:%M:%S}", row["kind"], row.get("touchpoint")]
    said += [f"case {row['case_id']}"] if row.get("case_id") else []
    return " ".join(str(one) for one in said if one)


def moved(row: Row, to: datetime) -> None:
    """Move a row to another time; it becomes known as much earlier or later, never before it happens."""
    row["known_at"] = max(to, row["known_at"] + (to - row["timestamp"]))
    row["timestamp"] = to
