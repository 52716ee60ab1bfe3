"""What to write where it may be the schema that is wrong, and not the rows: found out from the data, not guessed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import replace

from cxchurn._core import listed, typed
from cxchurn.interactions.log._validation import Finding
from cxchurn.interactions.reading._cell_sql import NO, YES, nothing_in
from cxchurn.interactions.reading._ids import ROUNDED, USUAL_WORDS
from cxchurn.interactions.reading.casts.hints._time_hints import times_hint
from cxchurn.interactions.reading.casts.hints._to_write import all_to_write, key_to_write, to_write, values_of
from cxchurn.interactions.reading.sources._opened import Opened
from cxchurn.interactions.reading.sources._sniffed import BLANKS, ends_in_a_line, last_lines, sniffed, total_at_end
from cxchurn.interactions.schema._schema import Schema, mapping
from cxchurn.interactions.schema._sql import name
from cxchurn.interactions.schema._text import yes_and_no
from cxchurn.interactions.schema.guessing._looks import number_styles, percents
from cxchurn.interactions.store._event_types import kind_of

# an encoding shows in the first megabyte or is not guessed
_MOST = 1 << 20
_OF_SO_MANY = re.compile(r"\d+(?:[.,]\d+)?\s*(?:/|of|out of|von|sur|de)\s*(\d+)(?: stars?)?")
_COMMENT = re.compile(r"\s*#")
# fewer cells may be a note below a table
_A_ROWS = 3
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
    repeats = not data.typed and (_repeats_header(data, _column(schema, found)) or _is_header(found))
    if found.rule.endswith("_unreadable") and repeats:
        return "the header stands again among the rows, as where files were put together: leave such lines out of the file."
    if found.rule in ("time_unreadable", "time_placeholder"):
        return times_hint(data, schema, _column(schema, found))
    if found.rule in ("customer_id_unreadable", "event_id_unreadable") and _is_rounded(data, _column(schema, found)):
        return "a spreadsheet took the ids for numbers and rounded them: export the column as text again."
    if found.rule == "number_infinite":
        return _infinite_hint(data, schema, found)
    if found.rule == "number_unreadable":
        return numbers_hint(data, schema, _column(schema, found))
    if found.rule == "flag_unreadable":
        return _flags_hint(data, _column(schema, found))
    if found.rule == "line_unreadable":
        return _of_lines(data, found)
    if found.rule == "kind_missing":
        column = _column(schema, found)
        return f"where rows without {column} are like the others, take it among the categories, and " + typed(
            "say kind_is='purchase', or whatever all rows are, in the schema.",
            'write kind = "purchase", or whatever all rows are, under [constants].',
        )
    if found.rule == "label_unknown" and found.column == "kind" and schema.kinds is not None:
        return to_write(
            "kinds lists what may be there; rows of any other kind are refused", "kinds", (*schema.kinds, "...")
        )
    return ""


def numbers_hint(data: Opened, schema: Schema, column: str) -> str:
    """Return how the numbers of a column are written, and what to write in the schema; "" where that is not plain."""
    values = values_of(data, column, nothing_in(schema.missing))
    styles, percent = number_styles(values), percents(values)
    if percent is None:
        return (
            f"some numbers of {column} carry a percent sign and some do not: which of them is a hundred times another is not "
            "to be known. Make them alike in a query: "
            f"SELECT * REPLACE (CASE WHEN ends_with({name(column)}, '%') THEN ... END AS {name(column)}) FROM ..."
        )
    if percent and column not in schema.percent and len(styles) < 2:
        more = {"percent": (*schema.percent, column), **(_style(*styles[0]) if styles else {})}
        return all_to_write(f"the numbers of {column} carry a percent sign", more)
    if len(styles) == 1:
        decimal, thousands = styles[0]
        sentence = f"the numbers of {column} are written with {decimal!r} before decimals"
        sentence += f" and {thousands!r} between thousands" if thousands else ""
        return all_to_write(sentence, _style(decimal, thousands))
    if styles:
        ways = " or ".join(f"decimal {d!r}" + (f", thousands {t!r}" if t else "") for d, t in styles)
        return f"the numbers of {column} read in several ways ({ways}); say which under [format]."
    scales = {found[1] for one in values if (found := _OF_SO_MANY.fullmatch(one))}
    if values and len(scales) == 1 and all(map(_OF_SO_MANY.fullmatch, values)):
        # a fraction may be a grade as well as a part: the number before the stroke is a score only where somebody says so
        return (
            f"the numbers of {column} are out of {scales.pop()}, such as {values[0]!r}: where the first is meant, take it in "
            f"a query: SELECT * REPLACE (CAST(split_part({name(column)}, '/', 1) AS DOUBLE) AS {name(column)}) FROM ..."
        )
    words = [one for one in values if not any(sign.isdigit() for sign in one)]
    if words and len(words) <= 5:
        said = f"if {listed(map(repr, words))} in {column} means that there is nothing"
        return to_write(said, "missing", (*words, *_said_of_nothing(data, schema)))
    return ""


def _style(decimal: str, thousands: str) -> dict[str, str]:
    return {"decimal": decimal} | ({"thousands": thousands} if thousands else {})


def _infinite_hint(data: Opened, schema: Schema, found: Finding) -> str:
    """Return what to do about numbers without end, which come of a division by 0."""
    column = _column(schema, found)
    said = f"if an infinite {column} means that there is nothing"
    words = dict.fromkeys(str(example[column]).lower() for example in found.examples if column in example)
    if not data.typed and words:
        return to_write(said, "missing", (*words, *_said_of_nothing(data, schema)))
    shown = name(column)
    return f"{said}, say so in a query: SELECT * REPLACE (CASE WHEN isfinite({shown}) THEN {shown} END AS {shown}) FROM ..."


def _said_of_nothing(data: Opened, schema: Schema) -> list[str]:
    """Return the words for nothing that a schema says, or the usual ones that stand where labels do not."""
    if schema.missing is not None:
        return list(schema.missing)
    columns = [column for label, column in mapping(schema).items() if kind_of(label, schema) != "category"]
    seen = {word.lower() for column in columns for word in values_of(data, column, ())}
    return [word for word in USUAL_WORDS if word.lower() in seen]


def _flags_hint(data: Opened, column: str) -> str:
    """Return what to write in the schema where yes and no are other words; "" where too many are there."""
    usual = {*YES, *NO}
    words = [one for one in dict.fromkeys(value.lower() for value in values_of(data, column)) if one not in usual]
    if not words or len(words) > _FEW_WORDS:
        return ""
    if (pair := yes_and_no(words)) is not None:
        said = {name: (word,) for name, word in zip(("yes", "no"), pair, strict=True) if word not in usual}
        return all_to_write(f"{column} says yes and no in other words", said)
    which = key_to_write("yes", tuple(words[:1])) + ", " + key_to_write("no", tuple(words[1:]) or ("...",))
    under = typed("in the schema", "under [format]")
    return (
        f"{column} says {listed(map(repr, words))}: say {under} which of these mean yes and which no, such as {which}."
    )


def _of_lines(data: Opened, found: Finding) -> str:
    forms = data.text({}).forms if data.text is not None else {}
    for file, (mark, columns) in forms.items():
        if (encoding := _encoding(file)) is not None:
            sentence = f"{data.label} is not UTF-8: it looks like {encoding}"
            return to_write(sentence, "encoding", encoding)
        look = None if data.files is None else sniffed(data.files.place(file))
        if look is not None and look.columns == columns and look.delimiter != mark:
            how = "blanks" if look.delimiter == BLANKS else repr(look.delimiter)
            return to_write(f"{how} separate the columns of {data.label}", "delimiter", look.delimiter)
        lines = [str(example.get("line", "")) for example in found.examples]
        counts = [len(_cells(line, mark)) for line in lines if line and mark != "whitespace"]
        begins = counts and (_A_ROWS <= counts[0] < columns or lines[0].count('"') % 2 == 1)
        if found.rows == 1 and begins and _is_cut_off(data, file, lines[0]):
            return f"the last line of {data.label} breaks off in the middle: the file may lack more than that; copy it again."
        few = counts and 2 * max(counts) <= columns
        if few and _are_the_end(data, file, lines, found.rows):
            return f"these lines at the end of {data.label} are a report's and no rows: leave them out of the file."
        if any(_is_quoted_whole(line.partition(": ")[2], mark, columns) for line in lines):
            return (
                f"whole lines of {data.label} stand in quotes, as one cell: a spreadsheet read the file with another sign "
                "between columns and wrote it again. Take it as it was exported."
            )
        if any(_COMMENT.match(line.partition(": ")[2]) for line in lines):
            return f"lines of {data.label} that begin with # are no rows: leave them out of the file."
        if counts and all(count != columns for count in counts):
            sign = {"\t": "a tab", " ": "a blank"}.get(mark, repr(mark))
            return (
                f"such a line has {listed(dict.fromkeys(counts))} cells, and the header {columns}: a text with {sign} in it "
                "needs quotes around it, or something else separates the columns."
            )
    return ""


def _is_quoted_whole(line: str, mark: str, columns: int) -> bool:
    """Whether a line is one cell that holds a row; what of it is shown may be its beginning alone."""
    if mark == "whitespace" or not line.startswith('"'):
        return False
    inside = line.removeprefix('"').rstrip("\r\n;, ").removesuffix('"').replace('""', '"')
    return len(_cells(inside, mark)) >= _A_ROWS and 2 * len(_cells(line, mark)) <= columns


def _is_cut_off(data: Opened, file: str, line: str) -> bool:
    """Whether a line that is no row is the last of a file and has no end, as programs write it, and is no total."""
    assert data.files is not None
    place = data.files.place(file)
    return _are_the_end(data, file, [line], 1) and not ends_in_a_line(place) and total_at_end(place) is None


def _are_the_end(data: Opened, file: str, lines: list[str], count: int) -> bool:
    """Whether the lines that are no rows, of which some are given, are the last ones that say anything."""
    assert data.files is not None
    last = last_lines(data.files.place(file))[-count:]
    # a line that follows an empty one is shown with it
    shown = [line.partition(": ")[2].strip().split("\n")[-1][:20] for line in lines]
    return len(last) == count and all(any(one.strip().startswith(line) for one in last) for line in shown)


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


def _repeats_header(data: Opened, column: str) -> bool:
    return column in values_of(data, column)


def _is_header(found: Finding) -> bool:
    """Whether the rows that are shown say the names of their columns, but perhaps for one that was called otherwise."""
    where = ("row", "file", "line")
    said = [[(column, str(value)) for column, value in one.items() if column not in where] for one in found.examples]
    return bool(said) and all(2 * sum(column == value for column, value in one) > len(one) for one in said)


def _is_rounded(data: Opened, column: str) -> bool:
    return any(re.fullmatch(ROUNDED, one) for one in values_of(data, column))


def _column(schema: Schema, found: Finding) -> str:
    return mapping(schema).get(found.column, found.column)
