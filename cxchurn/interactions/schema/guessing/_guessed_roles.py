"""Guessing which column plays which role."""

from __future__ import annotations

import re
from collections.abc import Mapping

from cxchurn.interactions.schema._roles import ROLES, plain
from cxchurn.interactions.schema._text import yes_and_no
from cxchurn.interactions.schema._younger import ASKED_FOR, is_younger
from cxchurn.interactions.schema.guessing._facts import ColumnFacts, TableFacts
from cxchurn.interactions.schema.guessing._filled_later import PROMISED
from cxchurn.interactions.schema.guessing._lengths import length_in
from cxchurn.interactions.schema.guessing._surveys import survey_of

_FITS = {
    "id": ("text", "integer", "number"),
    "instant": ("time", "text", "integer", "number"),
    "category": ("text", "integer", "flag"),
    "number": ("integer", "number", "flag", "span"),
    "flag": ("flag", "integer", "text"),
}
# how names end that no list of whole names holds; of a customer without an id of its own the nearest thing to one
_ENDINGS = (
    (
        "customer_id",
        r".*(customerid|custid|userid|clientid|memberid|subscriberid|accountid|requesterid|kundenid|customer|kunde)",
    ),
    (
        "customer_id",
        r".*(pseudoid|anonymousid|visitorid|deviceid|cookieid|householdkey|householdid|contactids?|authorid|playerid|actorid|distinctid)",
    ),
    (
        "customer_id",
        r".*(customer|client|member|subscriber|account|guest|patient|kunden)(no|nr|num|number|nummer|key|code|ref)",
    ),
    (
        "customer_id",
        r"(customer|client|requester|contact|user|billing|buyer|from|sender)?e?mail(address)?|buyer|sender|reporter|submitter",
    ),
    (
        "customer_id",
        r"ani|cli|caller|msisdn|(caller|calling|customer|phone|from|telefon)(number|num|nummer|no|phone)?|phone|rufnummer",
    ),
    ("customer_id", r"(customer|client|buyer|guest|member|patient|kunden)(full)?name"),
    (
        "value",
        r".*(amount|revenue|sales|totalprice|ordertotal|grandtotal|totalsum|linetotal|betrag|umsatz|nettowert|montant|importe|importo|valor|bedrag|kwota|belopp)(inr|usd|eur|gbp|chf|brl|pln)?",
    ),
    (
        "touchpoint",
        r"(contact|support|service|ticket|case|call|communication|interaction|complaint|intake|entry)(channel|kanal|canal)",
    ),
    ("score", r".*howlikely.*recommend.*|.*weiterempfehl.*"),
    ("delivered_at", r".*delivered(customer)?(date|at|on|time)?"),
    ("promised_at", PROMISED),
)
_EARLIER = re.compile(r".*(birth|dob|signup|registered|registration|joined|since).*")
_TICKET, _BOUGHT = re.compile(r"ticket|incident|complaint|case"), re.compile(r"purchase|bought|order|kauf|invoice")
_STANDS = re.compile(r".*(balance|saldo|outstanding|solde|kontostand)")
_YES_AND_NO = {"true", "false", "yes", "no", "y", "n", "t", "f", "1", "0", "1.0", "0.0"}


def roles_of(facts: TableFacts) -> dict[str, str]:
    """Return the column of each role that a table has one for, by names and by what the columns hold."""
    columns = facts.columns
    found: dict[str, str] = {role: role for role in ROLES if role in columns and not _is_else(role, columns[role])}
    for label in ROLES:
        fits = [column for column in _called(label, facts) if column not in found.values()]
        if label not in found and fits:
            found[label] = fits[0]
    for label, ending in _ENDINGS:
        near = [
            column
            for column, seen in columns.items()
            if re.fullmatch(ending, plain(column))
            and _fits(label, seen)
            and column not in found.values()
            # what is summed up for a customer is no money of a row, nor is what lies in an account
            and (label == "customer_id" or column not in facts.of_customer)
            and not (label == "value" and _STANDS.match(plain(column)))
        ]
        if label not in found and len(near) == 1:
            found[label] = near[0]
    surveys = [column for column, seen in columns.items() if survey_of(column, seen) and column not in found.values()]
    if "score" not in found and len(surveys) == 1:
        found["score"] = surveys[0]
    # what was spent on hold is not all of the waiting
    for column, seen in sorted(columns.items(), key=lambda one: "hold" in one[0].lower()):
        said = length_in(column, written=seen.holds == "span")
        if said is not None and said[0] not in found and _fits(said[0], seen) and column not in found.values():
            found[said[0]] = column
    if "timestamp" not in found and (first := _first_time(facts, found)):
        found["timestamp"] = first
    if not _names_events(found.get("event_id"), facts):
        found.pop("event_id", None)
    if "known_at" in found and found["known_at"] != "known_at" and facts.before and not _never_before(found, facts):
        del found["known_at"]
    return {role: found[role] for role in ROLES if role in found}


def _called(label: str, facts: TableFacts) -> list[str]:
    """Return the columns that may play a role by their names, the likeliest first."""
    role, columns = ROLES[label], facts.columns
    synonyms = (plain(label), *role.synonyms)
    fits = [
        (role.type == "instant" and not seen.is_time, plain(day_of(column, facts)) != synonym, place, column)
        for place, synonym in enumerate(synonyms)
        for column, seen in columns.items()
        if synonym in _names(day_of(column, facts)) and _fits(label, seen) and not _is_else(label, seen)
    ]
    # one that holds times goes before others, and a column before a field inside one
    return [column for *_, column in sorted(fits, key=lambda one: one[:3])]


def day_of(column: str, facts: TableFacts) -> str:
    """Return the column by whose name a column goes: of a day and the time of it the day."""
    return facts.joined[column][0] if column in facts.joined else column


def _names(column: str) -> tuple[str, ...]:
    """Return what a column may be called: a field inside another also by its own name, where that is not said of all things."""
    last = column.rpartition(".")[2]
    own = () if last == column or last.lower() in ("id", "type", "name") else (plain(last),)
    return (plain(column), *own)


def _fits(label: str, seen: ColumnFacts) -> bool:
    written_so = bool(seen.styles or seen.words)
    return seen.holds in _FITS[ROLES[label].type] or (ROLES[label].type == "number" and written_so)


def _is_else(label: str, seen: ColumnFacts) -> bool:
    """Whether what would be a yes or no by its name is something else: "opened" is when a ticket was, or how often, too."""
    if label in ASKED_FOR:
        return True
    allowed = ROLES[label].allowed
    if allowed and seen.examples:
        # "Agent" mostly holds the names of people
        return not any(one.lower() in allowed for one in seen.examples)
    if ROLES[label].type != "flag":
        return False
    if seen.holds == "time" or (seen.holds == "text" and seen.is_time):
        return True
    # by its name alone a column was a measure or a category before there were the younger roles
    return is_younger(label) and seen.holds != "flag" and not says_yes_or_no(seen)


def says_yes_or_no(seen: ColumnFacts) -> bool:
    """Whether a column holds yes and no, in whatever words."""
    words = {word.lower() for word in seen.examples}
    return seen.distinct in (1, 2) and (words <= _YES_AND_NO or yes_and_no(words) is not None)


def _first_time(facts: TableFacts, roles: Mapping[str, str]) -> str | None:
    """Return the only column of times, or the one that is before all others in (nearly) every row.

    When something was bought that a ticket is about is not when the ticket was opened: of the other times of tickets it is
    otherwise the only one that every row has.
    """
    of_tickets = _TICKET.search(plain(roles.get("case_id", ""))) is not None
    times = [
        column
        for column, seen in facts.columns.items()
        if seen.is_time and column not in roles.values() and not _EARLIER.fullmatch(plain(column))
        if not (of_tickets and _BOUGHT.search(plain(column)))
    ]
    times = [column for column in times if column not in facts.of_customer]
    for column in times:
        if all(facts.before.get((column, other), 0.0) >= 0.98 for other in times if other != column):
            return column
    always = [column for column in times if of_tickets and facts.columns[column].filled == 1.0]
    return always[0] if len(always) == 1 else None


def _never_before(found: dict[str, str], facts: TableFacts) -> bool:
    return facts.before.get((found.get("timestamp", ""), found["known_at"]), 0.0) >= 0.98


def _names_events(column: str | None, facts: TableFacts) -> bool:
    """Whether a column's values may be ids of events: where they were counted, each row has its own."""
    if column is None or facts.rows is None or facts.columns[column].distinct is None:
        return column == "event_id"
    return facts.columns[column].distinct == facts.rows
