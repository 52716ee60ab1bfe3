"""What a guess asks about: of what kind the rows are, whose they are, which survey the scores answer, and who reached out."""

from __future__ import annotations

import re

from cxchurn._core import listed, toml_value
from cxchurn.interactions.schema._outbound import looks_outbound
from cxchurn.interactions.schema._roles import SCALES, plain
from cxchurn.interactions.schema._sql import name, text
from cxchurn.interactions.schema.guessing._guess import Guess
from cxchurn.interactions.schema.guessing._guessed_roles import says_yes_or_no
from cxchurn.interactions.schema.guessing._surveys import fitting_surveys

_KIND = re.compile(r".*(type|kind|action|event|activity|page|screen|topic|subject|category|art|tipo)(name)?")
_REACHED_OUT = re.compile(r"(is)?(inbound|incoming|(?P<out>outbound|outgoing))|(is)?from(customer|user)")


def kinds_among(found: Guess) -> list[str]:
    """Return the categories that may say of what kind the rows are, by their names: they do so in every row."""
    seen = found.facts.columns
    return [
        column
        for column in found.categories
        if _KIND.fullmatch(plain(column)) and seen[column].filled == 1.0 and (seen[column].distinct or 0) > 1
    ]


def gap_asked(role: str, found: Guess) -> str | None:
    """Return what is to be decided of a column that every row needs and some lack; None where all have it."""
    column = found.roles.get(role)
    if column is None or (filled := found.facts.columns[column].filled) == 1.0:
        return None
    said = f"{column} says nothing in {max(1.0 - filled, 0.001):.1%} of rows, and these are refused."
    if role == "kind":
        return (
            f"{said} Where they are like the others, take {column} among the categories instead, and name one kind of all rows "
            "under [constants]."
        )
    if role == "customer_id":
        fuller = ids_that_repeat(found, fuller_than=filled)
        other = (
            f" More rows have {' or '.join(fuller)}: name it here if each stands for one customer." if fuller else ""
        )
        return f"{said} Where they are of nobody who is known, --on-error quarantine sets them aside.{other}"
    return said


def ids_that_repeat(found: Guess, *, fuller_than: float = 0.0) -> list[str]:
    """Return the ids that a guess leaves out and that come again in other rows: any may be the customer's.

    Parameters
    ----------
    found : Guess
    fuller_than : float
        The share of rows that have to say more of them.
    """
    ids = [column for column, why in found.why.items() if why.startswith("left out: an id")]
    seen, rows = found.facts.columns, found.facts.rows or 0
    return [one for one in ids if (seen[one].distinct or 0) < rows and seen[one].filled > fuller_than]


def survey_asked(found: Guess) -> tuple[str, list[str]]:
    """Return a sentence on which survey the scores answer, and lines of TOML: one that is taken, or those of which one fits."""
    column = found.roles["score"]
    scales = listed(f"{survey} ({low:g} to {high:g})" for survey, (low, high) in SCALES.items())
    if found.survey is not None:
        return (
            f"which survey {column} answers, by its name. There are {scales}.",
            [f"score_type = {toml_value(found.survey)}"],
        )
    fits = fitting_surveys(found.facts.columns[column])
    said = f"no column says which survey {column} answers: {scales}. Without it, answers are hardly looked at"
    if not fits and found.facts.columns[column].low is not None:
        return f"{said}; its numbers are on none of these scales: take it among the measures.", []
    return f"{said}. Take one:", [f"# score_type = {toml_value(survey)}" for survey in fits or SCALES]


def direction_asked(found: Guess) -> tuple[str, list[str]] | None:
    """Return a sentence and a query, where whose act a row was stands in the log and in no column for the direction."""
    if "direction" in found.roles:
        return None
    asked = _by_flag(found) or _by_kind(found)
    if asked is None:
        return None
    said, case = asked
    query = f"# SELECT *, CASE WHEN {case} END AS direction FROM {found.facts.from_}"
    said += ' A query (--query, or under [[source]]) makes a column for direction = "direction":'
    return said, [re.sub(r"[\x00-\x1f\x7f]", " ", query)]


def _by_flag(found: Guess) -> tuple[str, str] | None:
    for column, seen in found.facts.columns.items():
        flag = _REACHED_OUT.fullmatch(plain(column))
        if flag is not None and seen.distinct in (1, 2) and says_yes_or_no(seen):
            said = f"{column} says who reached out. Rows that the company wrote need the customer's id, not that of who wrote."
            yes, no = ("outbound", "inbound") if flag["out"] else ("inbound", "outbound")
            return said, f"CAST({name(column)} AS BOOLEAN) THEN '{yes}' ELSE '{no}'"
    return None


def _by_kind(found: Guess) -> tuple[str, str] | None:
    column = found.roles.get("kind")
    if column is None:
        return None
    kinds = found.facts.columns[column].examples
    sent = [kind for kind in kinds if looks_outbound(kind)]
    if not sent or len(sent) == len(kinds):
        return None
    said = f"{listed(map(repr, sent))} in {column} looks like what the company does, and no column says so: rhythm and churn"
    these = ", ".join(map(text, sent))
    return f"{said} are seen in what customers do.", f"{name(column)} IN ({these}) THEN 'outbound' ELSE 'inbound'"
