"""What to write where it may be the schema that is wrong, and not the rows: found out from the data, not guessed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from cxchurn._core import listed, toml_value, typed
from cxchurn.interactions.log._validation import Finding
from cxchurn.interactions.reading._cell_sql import NO, YES
from cxchurn.interactions.reading._engine import LINE, SOURCE, held, name, rows
from cxchurn.interactions.reading._ids import NOTHING, ROUNDED
from cxchurn.interactions.reading.sources._opened import Opened
from cxchurn.interactions.schema._looks import NEARLY_ALL, number_styles, time_formats
from cxchurn.interactions.schema._roles import ROLES
from cxchurn.interactions.schema._schema import Schema, mapping
from cxchurn.interactions.schema._text import formats_of, yes_and_no

_TRIED = 2_000
_MOST = 1 << 20
# more different words are no answers to one question
_FEW_WORDS = 5


def hinted(data: Opened, schema: Schema, findings: Iterable[Finding]) -> list[Finding]:
    """Return findings, with what to write in the schema where the values show what is meant.

    Parameters
    ----------
    data : Opened
        The source, loaded; no row is set aside yet.
    schema : Schema
    findings : iterable of Finding
    """
    return [replace(one, hint=_hint(data, schema, one)) if one.rows and not one.kept else one for one in findings]


def _hint(data: Opened, schema: Schema, found: Finding) -> str:
    if found.rule in ("time_unreadable", "time_placeholder"):
        return times_hint(data, schema, _column(schema, found))
    if found.rule in ("customer_id_unreadable", "event_id_unreadable") and _is_rounded(data, _column(schema, found)):
        return "a spreadsheet took the ids for numbers and rounded them: export the column as text again."
    if found.rule == "number_unreadable":
        return numbers_hint(data, _column(schema, found))
    if found.rule == "flag_unreadable":
        return _flags_hint(data, _column(schema, found))
    if found.rule == "line_unreadable":
        return _of_lines(data, found)
    if found.rule == "label_unknown" and found.column == "kind" and schema.kinds is not None:
        return _written(
            "kinds lists what may be there; rows of any other kind are refused", "kinds", (*schema.kinds, "...")
        )
    return ""


def times_hint(data: Opened, schema: Schema, column: str) -> str:
    """Return how the times of a column are written, and what to write in the schema; "" where that is not plain."""
    values = _values(data, column)
    ways = time_formats(values) if values else ()
    if not ways and (several := _mixed(data, schema, column, values)):
        return several
    every = "every" if ways else "nearly every"
    ways = ways or time_formats(values, share=NEARLY_ALL)
    if not ways:
        return ""
    if set(ways) & set(formats_of(schema.time_format, column)):
        return ""
    if len(ways) == 1:
        sentence = f"{every} value of {column} reads as {ways[0]}"
        return _written(sentence, "time_format", _beside(data, schema, column, ways[0]))
    proof = "its values do not tell which, as where all days are 12 or less"
    which = [_key("time_format", _beside(data, schema, column, way)) for way in ways]
    under = typed("in the schema", "under [format]")
    return f"{column} reads as {' or '.join(ways)}, and {proof}. Say which {under}: {' or '.join(which)}."


def _beside(data: Opened, schema: Schema, column: str, way: str | tuple[str, ...]) -> object:
    """Return what to say of all columns of times, where others are written otherwise: by column."""
    times = [name for label, name in mapping(schema).items() if label in ROLES and ROLES[label].type == "instant"]
    times += [later.column for later in schema.later]
    ways: dict[str, object] = {column: way}
    for other in dict.fromkeys(times):
        values = _values(data, other) if other != column else []
        if values:
            said, found = formats_of(schema.time_format, other), time_formats(values, share=NEARLY_ALL)
            ways[other] = found[0] if len(found) == 1 else said[0] if len(said) == 1 else said
    if all(own == way or (isinstance(way, tuple) and own in way) for own in ways.values()):
        return way
    return {name: own for name, own in ways.items() if own != "iso"}


def _mixed(data: Opened, schema: Schema, column: str, values: list[str]) -> str:
    """Say which few ways of writing times read all of a column's values together."""
    left, ways = list(values), list[str]()
    while left and len(ways) < 3:
        tried = [way for one in left[:20] for way in time_formats([one])]
        if not tried:
            return ""
        best = max(dict.fromkeys(tried), key=lambda way: len(_reads(left, way)))
        read = _reads(left, best)
        left, ways = [one for one in left if one not in read], [*ways, best]
    if left or len(ways) < 2:
        return ""
    ways.sort(key=lambda way: way != "iso")
    sentence = f"the values of {column} are written in {len(ways)} ways"
    return _written(sentence, "time_format", _beside(data, schema, column, tuple(ways)))


def _reads(values: list[str], way: str) -> set[str]:
    return {one for one in values if way in time_formats([one])}


def numbers_hint(data: Opened, column: str) -> str:
    """Return how the numbers of a column are written, and what to write in the schema; "" where that is not plain."""
    styles = number_styles(_values(data, column))
    if len(styles) == 1:
        decimal, thousands = styles[0]
        more = {"decimal": decimal} | ({"thousands": thousands} if thousands else {})
        sentence = f"the numbers of {column} are written with {decimal!r} before decimals"
        sentence += f" and {thousands!r} between thousands" if thousands else ""
        return _section(sentence, more)
    if styles:
        ways = " or ".join(f"decimal {d!r}" + (f", thousands {t!r}" if t else "") for d, t in styles)
        return f"the numbers of {column} read in several ways ({ways}); say which under [format]."
    words = [one for one in _values(data, column) if not any(sign.isdigit() for sign in one)]
    if words and len(words) <= 5:
        said = f"if {listed(map(repr, words))} in {column} means that there is nothing"
        return _written(said, "missing", tuple(dict.fromkeys([*words, *(word for word in ("NULL", "NA", "-"))])))
    return ""


def _flags_hint(data: Opened, column: str) -> str:
    """Return what to write in the schema where yes and no are other words; "" where too many are there."""
    usual = {*YES, *NO}
    words = [one for one in dict.fromkeys(value.lower() for value in _values(data, column)) if one not in usual]
    if not words or len(words) > _FEW_WORDS:
        return ""
    if (pair := yes_and_no(words)) is not None:
        said = {name: (word,) for name, word in zip(("yes", "no"), pair, strict=True) if word not in usual}
        return _section(f"{column} says yes and no in other words", said)
    which = _key("yes", tuple(words[:1])) + ", " + _key("no", tuple(words[1:]) or ("...",))
    under = typed("in the schema", "under [format]")
    return (
        f"{column} says {listed(map(repr, words))}: say {under} which of these mean yes and which no, such as {which}."
    )


def _of_lines(data: Opened, found: Finding) -> str:
    forms = data.text({}).forms if data.text is not None else {}
    for file, (mark, columns) in forms.items():
        if (encoding := _encoding(file)) is not None:
            sentence = f"{data.label} is not UTF-8: it looks like {encoding}"
            return _written(sentence, "encoding", encoding)
        lines = [str(example.get("line", "")) for example in found.examples]
        counts = [len(_cells(line, mark)) for line in lines if line and mark != "whitespace"]
        if counts and all(count != columns for count in counts):
            sign = {"\t": "a tab", " ": "a blank"}.get(mark, repr(mark))
            return (
                f"such a line has {listed(dict.fromkeys(counts))} cells, and the header {columns}: a text with {sign} in it "
                "needs quotes around it, or something else separates the columns."
            )
    return ""


def _encoding(file: str) -> str | None:
    """Return what a text file that is no UTF-8 may be written in; None for one that is."""
    if file.endswith(".gz"):
        return None
    with open(file, "rb") as content:
        begin = content.read(_MOST)
    if begin.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    for cut in range(4):
        try:
            begin[: len(begin) - cut].decode("utf-8")
        except UnicodeDecodeError:
            continue
        return None
    # signs that Latin-1 has for control alone are quotes, dashes and the euro in cp1252
    return "cp1252" if any(0x80 <= sign <= 0x9F for sign in begin) else "latin-1"


def _cells(line: str, mark: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(line), delimiter=mark), [])
    except csv.Error:
        # a carriage return inside a line, or a cell beyond all measure
        return line.split(mark)


def _is_rounded(data: Opened, column: str) -> bool:
    return any(re.fullmatch(ROUNDED, one) for one in _values(data, column))


def _column(schema: Schema, found: Finding) -> str:
    return mapping(schema).get(found.column, found.column)


def _values(data: Opened, column: str) -> list[str]:
    if column not in data.columns:
        return []
    shown = f"trim(CAST({held(list(data.columns).index(column))} AS VARCHAR), E' \\t\\r\\n')"
    there = f"{name(LINE)} IS NULL AND {shown} IS NOT NULL"
    found = rows(data.con, f"SELECT DISTINCT {shown} FROM {SOURCE} WHERE {there} LIMIT {_TRIED}")
    return sorted(value for (value,) in found if value and value.lower() not in NOTHING)


def _written(sentence: str, key: str, value: object) -> str:
    return _section(sentence, {key: value})


def _section(sentence: str, said: Mapping[str, object]) -> str:
    shown = ", ".join(_key(key, value) for key, value in said.items())
    return f"{sentence}: " + typed(f"say Schema({shown}, ...).", f"write {shown} under [format].")


def _key(key: str, value: object) -> str:
    return typed(f"{key}={value!r}", f"{key} = {toml_value(value)}")
