"""Columns that were filled in after their row: recognised by their names and by the order of times."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cxchurn.interactions.schema._other_scripts import english_name
from cxchurn.interactions.schema._roles import ROLES, plain
from cxchurn.interactions.schema.guessing._facts import TableFacts

# share of rows in which a time is not before that of the row, for it to be a later one
_NEARLY = 0.98
_AT_ONCE = ("currency", *ROLES["currency"].synonyms)
# rows that are opened and then go on: what else they say may have been filled in since
_OPENED = re.compile(
    r"(created|opened|open|submitted|reported|raised|requested|logged|placed|order|purchas|bought|bestell|book|reserv|started|start|begin|"
    r"began|signup)"
)
# what such rows are given only in the course of things
_FILLED = re.compile(
    r"(status|state|stage|open|outcome|result|resolution|resolved|solved|solution|closed|close|completed|finished|ended|"
    r"satisfaction|csat|reopen|reopened|reopens|reply|replies|response|responses|handle|handling|cancel|cancelled|canceled|"
    r"refund|refunded|returned|churn|churned|escalated|escalation|escalations|reassigned|reassignment|reassignments|transfers|"
    r"touches|sla|breach|breached|mod|mods|modified|overdue|survey|interactions|spent|tracked|happiness)"
)
_LASTS = re.compile(r".*(minutes|minute|mins|seconds|hours|days|duration|elapsed)$")
# times for which something is expected: they are known beforehand
PROMISED = re.compile(r".*(estimated|expected|promised|planned|scheduled).*|(sla)?due(by)?(date|at|on|time)*")
# when a contract that lasts is renewed or billed next, which moves on and is no event
_PLANNED = re.compile(
    r".*(current|this)(term|period|billing|cycle|subscription).*|.*next(term|period|bill|invoice|payment|charge|renewal|order|due).*|"
    r".*(renewal|renews|rebill).*|.*trial(period)?(end|ends|expir\w*)(date|at|on|time)*"
)
# what is booked lies ahead when it is, and may never come about
_BOOKED = re.compile(
    r".*(checkin|checkout|arrival|departure|appointment|travel|flight|stay)(window)?(start|end|from|to)?(date|time|at|day|on)*"
)
_BOOKING = re.compile(r".*(book|reserv|order|creat|purchas|request|submit|placed).*")
_ENDS = re.compile(r"(solved|resolved|closed|completed|finished|ended|end)")
_AT = re.compile(
    r"^(?i:date[/ _]?time|date|дата|ημερομηνία)[ _](?=\w)|(?<=..)(日期|日付|日時|时间|時間|日)$|"
    r"([ _](?i:at|on|am|date|time|ts|datetime|timestamp)|(?<=[a-z])(At|On|Date|Time|Timestamp))$"
)


def later_times(facts: TableFacts, timestamp: str) -> list[str]:
    """Return the columns of times that are not before that of the row, in (nearly) every row that has both; earliest first."""
    found = [
        column
        for column in facts.columns
        if column != timestamp
        and not is_booked(column, timestamp)
        and not PROMISED.fullmatch(plain(column))
        and not is_planned(column)
        and column not in facts.of_customer
        and facts.before.get((timestamp, column), 0.0) >= _NEARLY
    ]
    # a time that is the same throughout says nothing later
    found = [
        column
        for column in found
        if facts.before.get((column, timestamp), 0.0) < 1.0 or _ENDS.search(english_name(column).lower())
    ]
    return sorted(found, key=lambda column: -sum(facts.before.get((column, other), 0.0) >= _NEARLY for other in found))


def is_booked(column: str, timestamp: str) -> bool:
    """Whether a time says for when something was booked, by its name and that of the time of its row."""
    return _BOOKED.fullmatch(plain(column)) is not None and _BOOKING.fullmatch(plain(timestamp)) is not None


def is_planned(column: str) -> bool:
    """Whether a time says when something that lasts goes on, by its name: when it is renewed, or billed next."""
    return _PLANNED.fullmatch(plain(column)) is not None


def is_opened(timestamp: str, later: Iterable[str]) -> bool:
    """Whether rows are things that are opened and go on, such as tickets, and no events."""
    return bool(_OPENED.match(plain(timestamp))) or any(True for _ in later)


def are_tickets(case: str | None, facts: TableFacts) -> bool:
    """Whether each row is a ticket of its own, by the column that ties rows together: it has a state that moves on."""
    if case is None or facts.rows is None or facts.columns[case].distinct != facts.rows:
        return False
    names_it = re.search(r"ticket|incident|complaint|case", plain(case)) is not None
    return names_it and any(re.search(r"status|state$|resol|closed|solved", plain(other)) for other in facts.columns)


def filled_later(column: str, facts: TableFacts, times: list[str], timestamp: str) -> str | None:
    """Return in words why a column looks filled in later; None where it does not.

    Parameters
    ----------
    column : str
    facts : TableFacts
    times : list of str
        The later times of the table.
    timestamp : str
        The time of its rows.
    """
    words = re.findall(r"[a-z]+", re.sub(r"([a-z])([A-Z])", r"\1_\2", english_name(column)).lower())
    if column in facts.spans:
        first, second = facts.spans[column]
        return f"it is the time from {first} to {second}"
    for time in times:
        if _stem(time) and column != time and column.lower().startswith(_stem(time)):
            return f"it belongs to {time} by its name"
    if any(_FILLED.fullmatch(word) or word.endswith("status") for word in words):
        return "by its name it is filled in later"
    if words[-1:] in (["count"], ["counts"]) and times:
        return "it counts what came about in the course of things"
    if times and _LASTS.fullmatch(plain(column)):
        return "it says how long something took, which was known at its end"
    # rows without a time of their own, such as a second header, say nothing of what comes later
    gaps = [time for time in times if facts.columns[time].filled > 0.0 and facts.within.get((timestamp, time)) != 1.0]
    for time in gaps:
        if _are_lines(facts, time, timestamp):
            continue
        if facts.columns[column].filled <= facts.columns[time].filled and facts.within.get((column, time)) == 1.0:
            return f"it is filled only where {time} is"
    return None


def _are_lines(facts: TableFacts, time: str, timestamp: str) -> bool:
    """Whether rows without a time are further lines of others, as those of an order are: they lack what was known at once too.

    That is a currency, or a time that is not after that of the row.
    """
    share = facts.columns[time].filled
    alike = [
        one for one, seen in facts.columns.items() if seen.filled == share and facts.within.get((one, time)) == 1.0
    ]
    return any(
        plain(one) in _AT_ONCE or (one != time and facts.before.get((one, timestamp), 0.0) >= _NEARLY) for one in alike
    )


def known_from(column: str, facts: TableFacts, times: list[str]) -> str | None:
    """Return the later time at which a column was known at the latest: it is there wherever the column is; None for none."""
    there = [time for time in times if facts.within.get((column, time), 0.0) == 1.0]
    if column in facts.spans and facts.spans[column][1] in there:
        return facts.spans[column][1]
    by_name = [time for time in there if _stem(time) and column.lower().startswith(_stem(time))]
    ends = [time for time in there if _ENDS.search(english_name(time).lower())]
    # what moves on with the row, such as its status, is true as of the last of the times alone
    moves = re.search(r"status|state|stage|reopen|touches|transfers|assign", english_name(column).lower()) is not None
    if moves and not by_name:
        # where the last of the times is missing in some rows, nothing says when these came to be what they are
        return next((time for time in there if time == times[-1]), None)
    return next(iter([*by_name, *ends, *reversed(there)]), None)


def event_of(time: str) -> str:
    """Return the kind of event that a later time makes: its name without what says that it is a time, and where it stands.

    Examples
    --------
    >>> event_of("shipped_at"), event_of("DeliveryDate"), event_of("data.delivered"), event_of("Date/Time Closed (UTC)")
    ('shipped', 'Delivery', 'delivered', 'Closed')
    """
    name = re.sub(r" *\((?:utc|gmt|local)\)$", "", time.partition(" + ")[0].rpartition(".")[2], flags=re.IGNORECASE)
    return _AT.sub("", name).strip("_ ") or time


def ends_something(facts: TableFacts, timestamp: str, time: str) -> bool:
    """Whether a later time ends what lasts for days, as a contract does, and not a call."""
    ends = re.match(r"(end|ended|ends|cancel|cancelled|canceled|terminat|expir|until|validto|churn)", plain(time))
    return ends is not None and facts.days.get((timestamp, time), 0.0) >= 2.0


def is_called_off(facts: TableFacts, time: str) -> bool:
    """Whether a time says when one order was called off, by the names in its table, and not when a customer left."""
    named = [plain(column) for column in (facts.label, *facts.columns)]
    ordered = any(re.search(r"(order|booking|bestell)(id|no|nr|number|nummer|date|datum)", one) for one in named)
    lasts = any(re.search(r"subscri|contract|membership", one) for one in named)
    return re.match(r"cancel|storn", plain(time)) is not None and ordered and not lasts


def _stem(time: str) -> str:
    stem = event_of(time).lower()
    return stem if stem != time.lower() else ""
