"""How the columns of a guess are written: said where all values prove it, asked where they do not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cxchurn._core import listed, toml_value
from cxchurn.interactions.schema._roles import ROLES
from cxchurn.interactions.schema._text import LENGTHS, yes_and_no
from cxchurn.interactions.schema.guessing._facts import ColumnFacts, TableFacts
from cxchurn.interactions.schema.guessing._lengths import length_in

# a sentence, and lines of TOML of which one is to be taken
Question = tuple[str, list[str]]


def formats_in(
    facts: TableFacts, times: Iterable[str], roles: Mapping[str, str], measures: Iterable[str], labels: Iterable[str]
) -> tuple[dict[str, Any], list[Question]]:
    """Return what ``[format]`` is to say of a table, and what is to be asked.

    Parameters
    ----------
    facts : TableFacts
    times : iterable of str
        The columns that are times of the log.
    roles : mapping of role to column
    measures : iterable of str
        The columns that are measures.
    labels : iterable of str
        The columns that are categories.
    """
    said, asked = _times(facts, times)
    numbers = [*measures, *(column for role, column in roles.items() if ROLES[role].type == "number")]
    more, also = _numbers(facts, numbers)
    signed, mixed = _percents(facts, numbers)
    flags = [*(column for role, column in roles.items() if ROLES[role].type == "flag"), *labels]
    return {**facts.form, **said, **more, **signed, **_flags(facts, flags), **_units(roles)}, asked + also + mixed


def _times(facts: TableFacts, columns: Iterable[str]) -> tuple[dict[str, Any], list[Question]]:
    ways: dict[str, str | tuple[str, ...]] = {}
    asked = []
    for column in columns:
        seen = facts.columns[column]
        if seen.mixed is not None and len(seen.mixed.ways) == 1:
            ways[column] = seen.mixed.ways[0]
        elif seen.mixed is not None:
            said = seen.mixed.says(column)
            asked.append(
                (f"{said[0].upper()}{said[1:]}.", [f"time_format = {toml_value(one)}" for one in seen.mixed.ways])
            )
        elif seen.holds == "time" or not seen.formats:
            ways[column] = "iso"
        elif len(seen.formats) > 1:
            sentence = f"{column} reads in several ways, such as {seen.examples[0]!r}: no day tells which."
            asked.append((sentence, [f'time_format = "{way}"' for way in seen.formats]))
        else:
            ways[column] = seen.formats[0]
    odd = {column: way for column, way in ways.items() if way != "iso"}
    if not odd:
        return {}, asked
    # one way for all columns, or by column where others are written otherwise
    alike = len(odd) == len(ways) and len(set(odd.values())) == 1 and not asked
    return {"time_format": next(iter(odd.values())) if alike else odd}, asked


def _numbers(facts: TableFacts, columns: Sequence[str]) -> tuple[dict[str, Any], list[Question]]:
    styles = {column: set(facts.columns[column].styles) for column in columns if facts.columns[column].styles}
    if not styles:
        return {}, []
    if any(facts.columns[column].point for column in columns):
        # another column shows what a point means where one alone does not
        styles = {column: {(".", "")} if (".", "") in own else own for column, own in styles.items()}
    # what stands between thousands is to be seen in one column only: the numbers of the others may be too small
    pairs = sorted(set.union(*styles.values()))
    common = [(d, t) for d, t in pairs if all({(d, t), (d, "")} & own for own in styles.values())]
    if not common:
        ways = "; ".join(f"{column}, such as {facts.columns[column].examples[0]!r}" for column in styles)
        return {}, [(f"no one way of writing numbers fits all columns of numbers ({ways}): leave out some.", [])]
    # one that says more than another of them reads more
    both = [(d, t) for d, t in common if t or not any(d == other and more for other, more in common)]
    if len(both) > 1:
        lines = [f'decimal = "{d}"' + (f'\n# thousands = "{t}"' if t else "") for d, t in both]
        such_as = "; ".join(f"{column}, such as {_marked(facts.columns[column])!r}" for column in styles)
        sentence = (
            f"a sign in the numbers ({such_as}) may stand before decimals or between thousands: no number tells which."
        )
        return {}, [(sentence, lines)]
    decimal, thousands = both[0]
    doubtful = any((".", "") in own for own in styles.values())
    said = {"decimal": decimal} if decimal != "." or doubtful else {}
    return said | ({"thousands": thousands} if thousands else {}), []


def _percents(facts: TableFacts, columns: Sequence[str]) -> tuple[dict[str, Any], list[Question]]:
    """Return the columns whose numbers carry a percent sign, and ask of those where only some do."""
    signed = tuple(column for column in columns if facts.columns[column].percent)
    mixed = [column for column in columns if facts.columns[column].percent is None]
    asked: list[Question] = [
        (
            f"some numbers of {column} carry a percent sign and some do not, such as {listed(facts.columns[column].examples)}: "
            "which of them is a hundred times another is not to be known. Where percent names it, those without the sign are "
            "refused, and else those with it; a query makes them alike.",
            [],
        )
        for column in mixed
    ]
    return {"percent": signed} if signed else {}, asked


def _marked(seen: ColumnFacts) -> str:
    """Return an example with a sign in it, where one of the examples has any."""
    return next((one for one in seen.examples if not one.isdigit()), seen.examples[0])


def _flags(facts: TableFacts, columns: Iterable[str]) -> dict[str, Any]:
    """Return the words for yes and no of columns that hold nothing else, in whatever language."""
    seen = [facts.columns[column] for column in columns]
    pairs = [pair for one in seen if 1 <= (one.distinct or 0) <= 2 and (pair := yes_and_no(one.examples))]
    yes, no = (tuple(dict.fromkeys(words)) for words in zip(*pairs, strict=True)) if pairs else ((), ())
    usual = {"no"}
    said = {"yes": yes, "no": tuple(word for word in no if word not in usual)}
    return {} if set(yes) & set(no) else {name: words for name, words in said.items() if words}


def _units(roles: Mapping[str, str]) -> dict[str, Any]:
    """Return what lengths of time are counted in, where their columns' names say that it is no seconds."""
    said = {column: found[1] for role in LENGTHS if (column := roles.get(role)) and (found := length_in(column))}
    odd = {column: unit for column, unit in said.items() if unit != "s"}
    return {"duration_unit": odd} if odd else {}
