"""Tables by month: what a row sums up is known when its month is over."""

from __future__ import annotations

import re

from cxchurn.interactions.schema._roles import plain
from cxchurn.interactions.schema._sql import name, text
from cxchurn.interactions.schema.guessing._guess import Guess

# how months are written, each with its form
_WAYS = {
    r"\d{4}-(0[1-9]|1[0-2])": "%Y-%m",
    r"\d{4}/(0[1-9]|1[0-2])": "%Y/%m",
    r"(19|20)\d{2}(0[1-9]|1[0-2])": "%Y%m",
    r"(0[1-9]|1[0-2])/\d{4}": "%m/%Y",
    r"(0[1-9]|1[0-2])[.]\d{4}": "%m.%Y",
    r"(0[1-9]|1[0-2])-\d{4}": "%m-%Y",
    r"(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)-\d{2}": "%b-%y",
    r"(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* \d{4}": "%b %Y",
}
# six figures may be anything
_NAMED = re.compile(r".*(month|monat|mois|mese|maand|period|yyyymm|anomes|yearmon).*|mes|(cal)?ym")


def month_asked(found: Guess) -> tuple[str, list[str]] | None:
    """Return a sentence and a query, where no column says when rows happened and one says in which month."""
    if "timestamp" in found.roles:
        return None
    for column, seen in found.facts.columns.items():
        form = _form(seen.examples)
        if form is None or (form == "%Y%m" and not _NAMED.fullmatch(plain(column))):
            continue
        said = (
            f"{column} says no more than the month. What its rows sum up is known when it is over: its first day would tell "
            'the future. A query (--query, or under [[source]]) makes its end the time, for timestamp = "month_over":'
        )
        ends = f"strptime(CAST({name(column)} AS VARCHAR), {text(form)}) + INTERVAL 1 MONTH"
        query = f"# SELECT *, {ends} AS month_over FROM {found.facts.from_}"
        return said, [re.sub(r"[\x00-\x1f\x7f]", " ", query)]
    return None


def _form(examples: tuple[str, ...]) -> str | None:
    fits = (form for shape, form in _WAYS.items() if examples and all(re.fullmatch(shape, one) for one in examples))
    return next(fits, None)
