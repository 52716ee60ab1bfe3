"""How a text file is divided into columns, found by its first lines: what separates them, and what stands before the header."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from cxchurn._core import logger
from cxchurn.interactions.reading._ids import NOTHING
from cxchurn.interactions.reading.sources._encodings import open_bytes

DELIMITERS = (",", ";", "\t", "|")
BLANKS = "whitespace"
# past titles and notes that spreadsheets put above a table
_LINES = 30
# totals and footnotes at the end of an export fit into it
_TAIL = 4096
_TOTAL = re.compile(
    r"[\s\"';,|]*(grand |sub ?)?(totals?|sums?|summe|gesamt(summe)?|insgesamt|totale?|total g[e\u00e9]n[e\u00e9]ral|"
    r"suma|totaal|celkem|razem)\b[\s:\"]*",
    re.IGNORECASE,
)


# surveys have a row of questions and one of ids below the header
_MOST_LABELS, _LEAST_ROWS = 2, 3
_NUMBER, _FIGURE = re.compile(r"\s*[+-]?\d+([.,]\d+)?\s*"), re.compile(r"\s*[^\w\s]*\s?\d")


@dataclass(frozen=True)
class Sniffed:
    """What the first lines of a text file look like.

    Parameters
    ----------
    delimiter : str
        What separates its columns.
    skip : int
        How many lines stand before its header.
    columns : int
        How many columns there are then.
    names : tuple of str, optional
        The names in its header, where what stands below it is no row yet: the questions of a survey, or units. They are skipped
        then, and so is the header.
    """

    delimiter: str
    skip: int
    columns: int
    names: tuple[str, ...] | None = None


def sniffed(file: str) -> Sniffed | None:
    """Return what divides a text file, None where nothing plainly does.

    That is the sign by which most lines are divided into equally many cells, and into most; the header is the first of them.
    """
    lines = _first_lines(file)
    found = [one for one in (_divided(lines, mark) for mark in DELIMITERS) if one is not None]
    # blanks stand in texts and times too: they separate columns where nothing else does
    return max(found, key=lambda one: one.columns, default=None) or _divided(lines, BLANKS)


def _first_lines(file: str) -> list[str]:
    with open_bytes(file) as opened:
        lines = [line.decode("utf-8-sig", "replace") for line in islice(opened, _LINES)]
    # lines of old spreadsheets end in a carriage return alone
    return [one for line in lines for one in re.split(r"(?<=\r)(?!\n)", line) if one][:_LINES]


def _divided(lines: list[str], mark: str) -> Sniffed | None:
    try:
        cells = [line.split() for line in lines] if mark == BLANKS else list(csv.reader(lines, delimiter=mark))
    except csv.Error as error:  # a cell beyond all measure, which no table has
        logger.debug("not divided by %r: %s", mark, error)
        return None
    counts = [len(row) if any(cell.strip() for cell in row) else 0 for row in cells]
    (columns, often), *_ = Counter(counts).most_common(1) or [(0, 0)]
    if columns < 2 or 2 * often < len([count for count in counts if count]):
        return None
    # a title above the table may have as many cells, nearly all of them empty
    header = (place for place, row in enumerate(cells) if len(row) == columns and 2 * sum(map(_says, row)) > columns)
    first = next(header, counts.index(columns))
    if first and _is_header(cells[first - 1], cells[first], columns):
        above = tuple(cell.strip() for cell in cells[first - 1])
        # rows may end in a sign that their header lacks
        ends_so = len(above) == columns - 1 and not any(row[-1].strip() for row in cells if len(row) == columns)
        if ends_so and all(above):
            return Sniffed(mark, first, columns, (*above, f"column_{columns}"))
        return Sniffed(mark, first - 1, len(above))
    below = _labels_below(cells[first + 1 :], columns)
    # the parts of a question have their names in the second line alone
    both = zip(cells[first], cells[first + 1], strict=True) if below else ()
    names = tuple(name.strip() or label.strip() or f"column_{place}" for place, (name, label) in enumerate(both, 1))
    if below and len(set(names)) == columns:
        return Sniffed(mark, first + 1 + below, columns, names)
    return Sniffed(mark, first, columns)


def _is_header(above: list[str], row: list[str], columns: int) -> bool:
    """Whether a line with fewer cells names the columns of the first row that has as many as most, and that is no header."""
    names = [cell for cell in above if cell.strip()]
    return 2 * len(names) > columns and not any(map(_FIGURE.match, names)) and any(map(_FIGURE.match, row))


def _labels_below(rows: list[list[str]], columns: int) -> int:
    """Return how many rows below a header are no rows yet: they have words where all others have figures, or nothing."""
    rows = [row for row in rows if len(row) == columns]
    for count in range(_MOST_LABELS, 0, -1):
        labels, rest = rows[:count], rows[count:]
        # without a number in the first row that is one, it could be taken for the header itself
        if len(rest) < _LEAST_ROWS or not any(map(_NUMBER.fullmatch, rest[0])):
            continue
        figures = [place for place in range(columns) if _are_figures([row[place] for row in rest])]
        said = [[row[place] for place in figures if row[place].strip()] for row in labels]
        if all(said) and not any(
            _FIGURE.match(cell) or cell.strip().lower() in NOTHING for row in said for cell in row
        ):
            return count
    return 0


def _are_figures(cells: list[str]) -> bool:
    there = [cell for cell in cells if cell.strip()]
    return bool(there) and all(map(_FIGURE.match, there))


def _says(cell: str) -> bool:
    return bool(cell.strip())


def last_lines(file: str) -> list[str]:
    """Return the last lines of a text file that say something; none of a packed one."""
    if file.endswith(".gz"):
        return []
    with open(file, "rb") as opened:
        opened.seek(0, 2)
        opened.seek(max(0, opened.tell() - _TAIL))
        lines = opened.read().decode("utf-8", "replace").splitlines()
    return [line for line in lines if line.strip(" \t\r,;|")]


def ends_in_a_line(file: str) -> bool:
    """Whether the last line of a text file has an end, as programs write it."""
    with open(file, "rb") as opened:
        opened.seek(0, 2)
        opened.seek(max(0, opened.tell() - 2))
        return opened.read().rstrip(b"\0")[-1:] in (b"", b"\n", b"\r")


def total_at_end(file: str) -> str | None:
    """Return the last line of a text file where it looks like a total."""
    last = next(reversed(last_lines(file)), "")
    return last[:80] if _TOTAL.match(last) else None


def total_note(file: str, label: str) -> list[str]:
    """Return the note that the last line of a text file looks like a total."""
    last = total_at_end(file)
    if last is None:
        return []
    name = label if label == Path(file).name else Path(file).name
    return [f"{name}: the last line looks like a total, {last!r}: it is no interaction; leave it out of the file."]
