"""Text files in which a quote opens and never closes: copies of them without the lines that open one.

A reader of such files takes all that follows the quote for one cell. Here such a line is set aside alone, and the lines
after it are rows again.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cxchurn.interactions.reading.sources._encodings import open_bytes

# a cell that goes on over more lines than this is one that was never closed
_MOST_LINES = 1000


@dataclass
class Mended:
    """The copy of a text file without the lines that open a quote and do not close it.

    Parameters
    ----------
    file : str
        The copy.
    numbers : list of int
        The numbers, from 1 on, of the lines left out.
    texts : list of str
        What they say.
    """

    file: str
    numbers: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def number(self, line: int) -> int:
        """Return the number in the file of a line of the copy."""
        before = [number - place for place, number in enumerate(self.numbers)]
        return line + bisect_left(before, line + 1)


def mend(file: str, copy: Path, *, delimiter: str, columns: int) -> Mended:
    """Copy a text file without the lines that open a quote and do not close it.

    Parameters
    ----------
    file : str
        The file.
    copy : Path
        Where the copy goes.
    delimiter : str
        What separates the columns.
    columns : int
        How many there are: a row over several lines has that many.
    """
    found = Mended(str(copy))
    with open_bytes(file) as lines, open(copy, "wb") as out:
        for number, good, text in _records(lines, delimiter.encode(), columns):
            if good:
                out.write(text)
            else:
                found.numbers.append(number)
                found.texts.append(text.decode(errors="replace").rstrip("\r\n"))
    return found


def _records(lines: Iterable[bytes], delimiter: bytes, columns: int) -> Iterator[tuple[int, bool, bytes]]:
    """Yield rows with the number of their first line, and lines that are none by their quotes."""
    mark = re.escape(delimiter)
    quoted = rb'"(?:[^"]|"")*+"'
    cell = rb"(?:" + quoted + rb'|[^"\r\n' + mark + rb"][^\r\n" + mark + rb"]*+|)"
    closed = re.compile(cell + rb"(?:" + mark + cell + rb")*+\r?\n?")
    still_open = re.compile(rb"(?:" + cell + mark + rb')*+"(?:[^"]|"")*+')
    waiting, rest, number = deque[bytes](), iter(lines), 0
    while True:
        line = waiting.popleft() if waiting else next(rest, None)
        if line is None:
            return
        number += 1
        if b'"' not in line or closed.fullmatch(line):
            yield number, True, line
            continue
        more = _to_the_end(line, waiting, rest, still_open)
        whole = b"".join([line, *more])
        if more and closed.fullmatch(whole) and _cells(whole, cell, mark) == columns:
            yield number, True, whole
            number += len(more)
        else:
            yield number, False, line
            waiting.extendleft(reversed(more))


def _to_the_end(
    line: bytes, waiting: deque[bytes], rest: Iterator[bytes], still_open: re.Pattern[bytes]
) -> list[bytes]:
    """Return the lines that belong to the quote that a line leaves open, as far as they go."""
    more: list[bytes] = []
    whole = line
    while still_open.fullmatch(whole) and len(more) < _MOST_LINES:
        # only a line with a quote can close one
        while len(more) < _MOST_LINES:
            following = waiting.popleft() if waiting else next(rest, None)
            if following is None:
                return more
            more.append(following)
            if b'"' in following:
                break
        whole = b"".join([line, *more])
    return more


def _cells(record: bytes, cell: bytes, mark: bytes) -> int:
    return len(re.findall(rb"(?:\A|" + mark + rb")" + cell, record.rstrip(b"\r\n")))
