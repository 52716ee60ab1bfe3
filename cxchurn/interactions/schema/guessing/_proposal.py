"""A schema file to begin with: a guess as TOML, with what was seen of each column and what is to be decided."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cxchurn._core import listed, toml_key, toml_value
from cxchurn.interactions.schema._later import Later
from cxchurn.interactions.schema._roles import ROLES
from cxchurn.interactions.schema.guessing._asked import (
    direction_asked,
    gap_asked,
    ids_that_repeat,
    kinds_among,
    survey_asked,
)
from cxchurn.interactions.schema.guessing._facts import ColumnFacts
from cxchurn.interactions.schema.guessing._guess import Guess
from cxchurn.interactions.schema.guessing._money import money_said
from cxchurn.interactions.schema.guessing._month_alone import month_asked
from cxchurn.interactions.schema.guessing._undecided import ALONE, are_a_row

_WIDTH = 100
_DECIDE, _EXAMPLE = "DECIDE", 30
# a time of the day without a zone behind it
_ON_A_CLOCK = re.compile(r"(?<![+-]\d)\d:\d\d(:\d\d([.]\d+)?)?( ?[AaPp]\.?[Mm]\.?)?$")
# what rows may be that no column names, by what their table is called
_KINDS = {
    "subscri|contract|member|plan": "subscribe",
    "order|sale|transaction|purchase|invoice|receipt|basket|retail": "purchase",
    "bestell|rechnung|commande|vente|achat|pedido|venda|compra": "purchase",
    "ticket|complaint|incident|issue|case": "ticket",
    "call|phone|cdr": "call",
    "booking|reservation": "booking",
    "chat": "chat",
    "survey|nps|csat|feedback": "survey",
    "rating|review": "rating",
    "visit|session|page|web|click|event": "visit",
    "login": "login",
}


def kind_for(found: Guess) -> str:
    """Return a kind for all rows of a table that has no column for it, by what the table and its matters are called."""
    if any(later.event_kind == "cancel" for later in found.later):
        return "subscribe"
    # what ties rows together tells more than what a file is called
    said = (found.roles.get("case_id", "").lower(), found.facts.label.lower())
    return next((kind for one in said for words, kind in _KINDS.items() if re.search(words, one)), "interaction")


def proposal(found: Guess, *, source: str | None = None) -> str:
    """Return a guess as the text of a schema file.

    Parameters
    ----------
    found : Guess
    source : str, optional
        The lines that say where the table is, where it is one of several: it is then a ``[[source]]``.
    """
    inside = "" if source is None else "source."
    parts = [] if source is None else [f"[[source]]\n{source}"]
    parts += [_roles(found, inside), _constants(found, inside), _format(found, inside)]
    parts += [_later(one, found, inside) for one in found.later]
    parts += [_left_out(found)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _roles(found: Guess, inside: str) -> str:
    lines = [f"[{inside}roles]"]
    if found.one_a_customer:
        lines += commented(f"{_DECIDE}: {ALONE}.")
    if any(later.columns for later in found.later):
        said = "The rows were written again after they began. Whatever else may have changed since then belongs under"
        lines += commented(f"{_DECIDE}: {said} [[{inside}later]] too.")
    if found.missing and are_a_row(found.facts.columns):
        said = "the first line looks like a row, and not like the names of columns. Where it is, name them under"
        lines += commented(f'{_DECIDE}: {said} [{inside}format]: columns = ["customer", "when", ...].')
    for role in ("customer_id", "timestamp"):
        if role not in found.roles:
            lines += commented(f"{_DECIDE}: no column was recognised as {role} ({ROLES[role].says}). Name it:")
            lines.append(f"# {role} = {toml_value(_likely(role, found))}")
    if (asked := month_asked(found)) is not None:
        lines += [*commented(f"{_DECIDE}: {asked[0]}"), *asked[1]]
    for role, column in found.roles.items():
        if role in ("customer_id", "kind") and (gap := gap_asked(role, found)) is not None:
            lines += commented(f"{_DECIDE}: {gap}")
        lines += commented(f"{column} ({ROLES[role].says}): {_seen(found.facts.columns[column])}{_more(found, column)}")
        lines.append(f"{role} = {toml_value(found.given(column))}")
    if (asked := direction_asked(found)) is not None:
        lines += [*commented(f"{_DECIDE}: {asked[0]}"), *asked[1]]
    for sentence, query in money_said(found):
        shown = query.replace('"', '\\"')
        lines += [*commented(f"{_DECIDE}: {sentence}"), f'#   cxchurn schema --query "{shown}"']
    lines += _listed("measures", found.measures, found, "numbers that are added up, averaged and so on")
    if found.levels:
        lines += commented("of these, the ones that do not add up, such as a price:")
        lines.append(f"levels = {toml_value(found.levels)}")
    lines += _listed("categories", found.categories, found, "labels")
    return "\n".join(lines)


def _likely(role: str, found: Guess) -> str:
    """Return the column that may play a role that none plays by its name: of a customer an id that comes again."""
    return next(iter(ids_that_repeat(found)), "...") if role == "customer_id" else "..."


def _listed(name: str, columns: Iterable[str], found: Guess, what: str) -> Iterator[str]:
    if not columns:
        return
    yield from commented(f"{name}: {what}. Take out what you do not want.")
    yield f"{name} = ["
    for column in columns:
        yield from commented(f"{column}: {_seen(found.facts.columns[column])}{_more(found, column)}", indent="  ")
        yield f"  {toml_value(column)},"
    yield "]"


def _more(found: Guess, column: str) -> str:
    why = found.why.get(column, "").partition(", known from")[2]
    same = "; the same in all rows of a customer: take it out if it may have changed since"
    seen = found.facts.columns[column]
    clock = "; read as minutes and seconds" if seen.brief and ":" in seen.examples[0] else ""
    return clock + (f"; known from{why}" if why else "") + (same if column in found.facts.of_customer else "")


def _constants(found: Guess, inside: str) -> str:
    lines = []
    if "kind" not in found.roles:
        said = f"{_DECIDE}: no column says of what kind the rows are. If all are of one kind, name it here: purchase,"
        said += (
            f" visit, call, survey, complaint, ...; otherwise take this out and name the column under [{inside}roles]"
        )
        likely = kinds_among(found)
        said += f", perhaps {listed(likely)}." if likely else "."
        lines += [*commented(said), f"kind = {toml_value(kind_for(found))}"]
    if "score" in found.roles and "score_type" not in found.roles:
        said, ways = survey_asked(found)
        lines += [*commented(f"{_DECIDE}: {said}"), *ways]
    return "\n".join([f"[{inside}constants]", *lines]) if lines else ""


def _format(found: Guess, inside: str) -> str:
    lines = []
    for name, value in found.format.items():
        lines += commented(_proved(name, value, found))
        lines.append(f"{name} = {_formats(value)}")
    when = found.facts.columns.get(found.roles.get("timestamp", ""))
    if when is not None and when.examples and not when.is_time:
        such = _short(when.examples[0])
        said = f"no usual way of writing times fits {found.roles['timestamp']}, such as {such}: say which it is"
        lines += [*commented(f"{_DECIDE}: {said}, in the codes of Python's strptime."), '# time_format = "%d %B %Y"']
    if when is not None and any(_ON_A_CLOCK.search(one) for one in when.examples):
        lines += commented("these times carry no zone, and are taken as those of UTC where nothing else is said:")
        lines.append('# timezone = "Europe/Berlin"')
    for sentence, ways in found.ask:
        lines += [*commented(f"{_DECIDE}: {sentence}{' Take one:' if ways else ''}"), *(f"# {way}" for way in ways)]
    return "\n".join([f"[{inside}format]", *lines]) if lines else ""


def _proved(name: str, value: Any, found: Guess) -> str:
    odd = any(found.facts.columns[column].misfits for column in found.times)
    several = any(found.facts.columns[column].mixed for column in found.times)
    return {
        "time_format": "every value fits one of these, where a column has several ways"
        if several and not odd
        else "every value fits this, and no other way"
        if not odd
        else "nearly every value fits this, and no other way fits more",
        "delimiter": "what separates the columns, by the first lines",
        "skip": "lines before the first row: the header, and what stands below it and is no row"
        if "columns" in found.format
        else "lines before the header",
        "columns": "the names in the header",
        "encoding": f"how letters are written: the file is no UTF-8{_odd_word(found)}",
        "decimal": "what stands before the decimals of numbers",
        "thousands": "what stands between their thousands",
        "percent": "every number of these carries the sign: one without it will be refused",
        "yes": "what means yes, beside the usual words",
        "no": "what means no, beside the usual words",
        "duration_unit": f"{_DECIDE}: what lengths of time are counted in, by the names of their columns",
    }.get(name, "")


def _odd_word(found: Guess) -> str:
    """Say a word with a letter that only the right encoding shows rightly; "" where none was seen."""
    words = (one for column, seen in found.facts.columns.items() for one in (column, *seen.examples))
    odd = next((one for one in words if not one.isascii()), None)
    return "" if odd is None else f", and {odd[:40]!r} is a word in it: otherwise name another"


def _formats(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{toml_key(name)} = {toml_value(one)}" for name, one in value.items()) + "}"
    return toml_value(value)


def _later(later: Later, found: Guess, inside: str) -> str:
    at = later.column
    said = f"{at}: {_seen(found.facts.columns[at])}. {_begun(found.why.get(at, ''))}"
    said += ". What is named below it is known from then on alone." if later.columns else "."
    lines = [f"[[{inside}later]]", *commented(said), f"at = {toml_value(later.at)}"]
    lines += [f"columns = {toml_value(later.columns)}"] if later.columns else []
    lines += [f"kind = {toml_value(later.event_kind)}"]
    return "\n".join(lines)


def _left_out(found: Guess) -> str:
    left = {column: why for column, why in found.why.items() if why.startswith("left out")}
    if not left:
        return ""
    lines = ["# Left out:"]
    for column, why in left.items():
        lines += commented(
            f"- {column}: {_seen(found.facts.columns[column])}. {_begun(why.removeprefix('left out: '))}."
        )
    return "\n".join(lines)


def _seen(seen: ColumnFacts) -> str:
    if not seen.distinct:
        return "empty"
    filled = "in every row" if seen.filled == 1.0 else f"in {min(seen.filled, 0.999):.1%} of rows".replace(".0%", "%")
    such = ", ".join(map(_short, seen.examples))
    ways = f"; reads as {' or '.join(seen.formats[:4])}" if seen.formats and seen.holds != "time" else ""
    ways = f"; times, written in {len(seen.mixed.ways[0])} ways" if seen.mixed else ways
    if seen.misfits:
        rows = "1 row" if seen.misfits == 1 else f"{seen.misfits:,} rows"
        ways = f"{ways or '; a time'} but for {rows}, such as {seen.misfit!r}, which will be refused"
    values = f"{seen.distinct:,} different, such as {such}" if seen.distinct > 1 else f"always {such}"
    return f"{filled}, {values}{ways}"


def _short(example: str) -> str:
    return repr(example) if len(example) <= _EXAMPLE else repr(example[: _EXAMPLE - 3] + "...")


def _begun(sentence: str) -> str:
    """Return a sentence with its first letter large; names of columns in it stay as they are."""
    return sentence[:1].upper() + sentence[1:]


def commented(text: str, indent: str = "") -> list[str]:
    """Return a text as lines of comment."""
    bare = re.sub(r"[\x00-\x08\x0a-\x1f\x7f]", " ", text)
    return textwrap.wrap(
        bare, _WIDTH, initial_indent=f"{indent}# ", subsequent_indent=f"{indent}#   ", break_long_words=False
    )
