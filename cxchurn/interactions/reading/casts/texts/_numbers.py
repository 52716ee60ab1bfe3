"""Numbers that are text: how a column writes them, and SQL that reads them so.

Plain is a decimal point and nothing between thousands. Currencies and percent signs around a number are taken off; one in
brackets, or with a minus behind it, is negative. That there are percent signs the schema has to say, so that no number stands
for a hundred times what it is. Whatever else is a matter of the whole column: beside ``12,50`` the text
``1.234`` is a thousand and more, and not 1.234. So columns are read as the schema says, and a column that is written in another
way is not read at all; `told_of_numbers` says how it seems to be written.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from cxchurn.interactions.reading._cell_sql import Texts
from cxchurn.interactions.reading.casts.texts._number_notes import DECIMAL, DECIMALS, POINT
from cxchurn.interactions.reading.casts.texts._spans import span_of, span_sql
from cxchurn.interactions.schema._currency_signs import CURRENCY
from cxchurn.interactions.schema._dressed import BLANK, DRESSED, PARTS, SIGN, TICK, undressed
from cxchurn.interactions.schema._sql import text

_GROUP = "[1-9][0-9]{0,2}"
# hundreds of thousands by twos, as in India: 1,21,000
_INDIAN = "[1-9][0-9]?(,[0-9]{2})+,[0-9]{3}"
_POINTED = rf"{_GROUP}([.][0-9]{{3}})+"

# what a cell may tell of its column: how it writes decimals and thousands for certain, or that it is one of two
_FACTS = {
    DECIMAL: rf"[0-9]+[.][0-9]*|[.][0-9]+|{_GROUP}((,|{BLANK}|{TICK})[0-9]{{3}})+[.][0-9]*",
    "decimal comma": rf"[0-9]+,[0-9]*|,[0-9]+|{_GROUP}(([.]|{BLANK}|{TICK})[0-9]{{3}})+,[0-9]*",
    "a comma": rf"{_GROUP},[0-9]{{3}}",
    "thousands ,": rf"{_GROUP}((,[0-9]{{3}}){{2,}}([.][0-9]*)?|,[0-9]{{3}}[.][0-9]*)|{_INDIAN}([.][0-9]*)?",
    "thousands .": rf"{_GROUP}(([.][0-9]{{3}}){{2,}}(,[0-9]*)?|[.][0-9]{{3}},[0-9]*)",
    "thousands  ": rf"{_GROUP}({BLANK}[0-9]{{3}})+([.,][0-9]*)?",
    "thousands '": rf"{_GROUP}({TICK}[0-9]{{3}})+([.,][0-9]*)?",
}
# what may be thousands as well tells nothing
_EITHER = {DECIMAL: rf"{_GROUP}[.][0-9]{{3}}", "decimal comma": rf"{_GROUP},[0-9]{{3}}"}


_AROUND, _BEHIND = rf"(?:{SIGN}|\(|{CURRENCY}|{BLANK})*", rf"(?:{SIGN}|\)|{CURRENCY}|%|{BLANK})*"
# beside a comma elsewhere: a thousand and more, or a little more than one
_IN_DOUBT = f"{_AROUND}{_POINTED}{_BEHIND}"


def number_sql(given: str, texts: Texts, *, beside_comma: str = "FALSE") -> str:
    """SQL: the number that a text says; NULL where it says none, or one that is not written as the column is.

    Parameters
    ----------
    given : str
        The SQL of the text, without blanks around it.
    texts : Texts
        How numbers are written.
    beside_comma : str
        The SQL of whether others of its column have a comma, where nothing says what that means.
    """
    plain, doubt = plain_number(given, texts), "FALSE"
    if beside_comma != "FALSE":
        doubt = f"({beside_comma} AND {in_doubt(given)})"
    # in a list of one, so that the text is worked out once
    other = f"list_transform([{given}], lambda g: {times_unit(_dressed(texts), texts)})[1]"
    if texts.spans:
        other = f"coalesce({other}, {span_sql(given, brief=texts.spans == 'brief')})"
    if doubt != "FALSE":
        other = f"CASE WHEN NOT {doubt} THEN {other} END"
    # most cells are plain, or empty: only the others are looked into
    bare = f"{plain} = 0" if texts.percent else f"NOT isnan({plain})"
    usual = f"WHEN {bare} AND NOT {doubt} THEN {times_unit(plain, texts)}"
    return f"CASE WHEN {given} IS NULL THEN NULL WHEN {plain} IS NULL THEN {other} {usual} END"


def times_unit(number: str, texts: Texts) -> str:
    """SQL: a number in seconds, where it is a length of time in another unit."""
    return number if texts.unit == 1.0 else f"(({number}) * {texts.unit!r}::DOUBLE)"


def plain_number(given: str, texts: Texts) -> str:
    """SQL: a number with nothing around or between its figures; also those that are none (NaN), or infinite."""
    if texts.decimal == ",":
        return f"CASE WHEN NOT contains({given}, '.') THEN TRY_CAST(replace({given}, ',', '.') AS DOUBLE) END"
    return f"TRY_CAST({given} AS DOUBLE)"


def _dressed(texts: Texts) -> str:
    """SQL: a number with something around or inside it, which the engine's own cast does not read."""
    names = "[" + ", ".join(map(text, PARTS)) + "]"
    found = f"regexp_extract(g, {text(f'^{DRESSED}$')}, {names})"
    body, decimal = "(x.body || left(x.cents, 1))", texts.decimal or "."
    fits = f"regexp_full_match({body}, {text(_body_shape(texts))})"
    bare = f"regexp_replace({body}, {text(_between(texts))}, '', 'g')" if texts.thousands else body
    size = f"TRY_CAST({bare if decimal == '.' else f'replace({bare}, {text(decimal)}, {text(chr(46))})'} AS DOUBLE)"
    minus = "((x.open <> '')::INTEGER + (x.sign IN ('-', '\u2212'))::INTEGER + (x.inner IN ('-', '\u2212'))::INTEGER"
    minus += " + (x.last IN ('-', '\u2212'))::INTEGER)"
    signs = "((x.open <> '')::INTEGER + (x.sign <> '')::INTEGER + (x.inner <> '')::INTEGER + (x.last <> '')::INTEGER)"
    plainly = (
        f"(x.open <> '') = (x.close <> '') AND {signs} <= 1 AND (x.before = '' OR x.behind = '') AND x.last <> '+'"
    )
    if texts.percent is not None:
        plainly += f" AND ((x.behind = '%') = {str(texts.percent).upper()} OR {size} = 0)"
    value = f"CASE WHEN {fits} AND {plainly} THEN CASE WHEN {minus} = 1 THEN -({size}) ELSE {size} END END"
    # only what holds a figure is worth the search
    return f"CASE WHEN regexp_matches(g, '[0-9]') THEN list_transform([{found}], lambda x: {value})[1] END"


def _between(texts: Texts) -> str:
    return {" ": BLANK, "'": TICK, ".": "[.]", ",": ","}[str(texts.thousands)]


def _body_shape(texts: Texts) -> str:
    """Return the pattern of a number's figures as a column writes them."""
    decimal = "," if texts.decimal == "," else "[.]"
    shape = rf"[0-9]+({decimal}[0-9]*)?|{decimal}[0-9]+"
    if not texts.thousands:
        return shape
    indian = rf"|{_INDIAN}({decimal}[0-9]*)?" if texts.thousands == "," else ""
    return rf"{shape}|{_GROUP}({_between(texts)}[0-9]{{3}})+({decimal}[0-9]*)?{indian}"


def number_of(given: str, texts: Texts) -> float | None:
    """Return the number that a text says that is no plain one, as `number_sql` has it; None where it says none.

    Parameters
    ----------
    given : str
        The text, without blanks around it.
    texts : Texts
    """
    found = _number_of(given, texts)
    if found is None:
        return span_of(given, brief=texts.spans == "brief") if texts.spans else None
    return found * texts.unit


def _number_of(given: str, texts: Texts) -> float | None:
    found = undressed(given)
    if found is None or not re.fullmatch(_body_shape(texts), found.body):
        return None
    bare = re.sub(_between(texts), "", found.body) if texts.thousands else found.body
    size = float(bare.replace(",", ".") if texts.decimal == "," else bare)
    if texts.percent is not None and found.percent != texts.percent and size:
        return None
    return -size if found.below else size


def is_in_doubt(given: str) -> bool:
    """Whether a text is no plain number where others of its column have a comma: 1.234 may be a thousand and more."""
    return re.fullmatch(_IN_DOUBT, given) is not None


def in_doubt(given: str) -> str:
    """SQL: whether `is_in_doubt` holds of a text."""
    return f"regexp_full_match({given}, {text(_IN_DOUBT)})"


def number_facts(given: str) -> dict[str, str]:
    """Return SQL for what a text tells of how its column writes numbers, by what it would be called."""

    def is_like(shape: str) -> str:
        return f"regexp_full_match({given}, {text(f'{_AROUND}(?:{shape}){_BEHIND}')})"

    tests = {fact: is_like(shape) for fact, shape in _FACTS.items()}
    return {**tests, **{fact: f"({tests[fact]} AND NOT {is_like(shape)})" for fact, shape in _EITHER.items()}}


def points(given: str, number: str) -> dict[str, str]:
    """Return SQL for what a plain number tells by its point, which may stand before thousands too.

    Parameters
    ----------
    given, number : str
        The SQL of the text, and of the number that it says.
    """
    # whether the fourth sign from behind is the point: few cells have to be looked at more closely
    pointed = f"regexp_full_match({given}, {text(f'{SIGN}?{_POINTED}')})"
    may_be = f"(CASE WHEN ascii(right({given}, 4)) = 46 THEN {pointed} ELSE FALSE END)"
    return {
        POINT: f"({number} IS NOT NULL AND {may_be})",
        DECIMALS: f"({number} IS NOT NULL AND contains({given}, '.') AND NOT {may_be})",
    }


def currency_in(given: str) -> str:
    """SQL: the currency that stands beside a number, "" for none."""
    # no part of a word: "2 heures" is no sum of euros
    alone = rf"(?:^|[^\pL])({CURRENCY})(?:$|[^\pL])"
    return f"regexp_extract({given}, {text(alone)}, 1)"


def how_written(told: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Return what a schema would have to say of a column's numbers: of ``decimal`` and ``thousands`` all that is possible.

    Nothing where its numbers are plain; two decimals where its cells contradict each other.
    """
    between = tuple(fact.removeprefix("thousands ") for fact in told if fact.startswith("thousands "))
    point, comma = DECIMAL in told or "," in between, "decimal comma" in told or "." in between
    if point and comma:
        return {"decimal": (".", ",")}
    if comma:
        return {"decimal": (",",), **({"thousands": between} if between else {})}
    if not point and not between and "a comma" in told:
        return {"decimal": (",",), "thousands": (",",)}
    between = between or ((",",) if "a comma" in told else ())
    return {"thousands": between} if between else {}
