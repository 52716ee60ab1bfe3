"""Text files whose lines end in several ways or in an old one: read from copies whose lines all end alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from cxchurn._core import scratch_folder
from cxchurn.interactions.reading.sources._encodings import chunks
from cxchurn.interactions.reading.sources._unpacked import Unpacked, copied_to

_LINE_END = re.compile(rb"\r+\n")
_MIXED, _ALONE = "mixed", "alone"


@contextmanager
def with_one_line_end(found: Unpacked) -> Iterator[Unpacked]:
    """Copy the files that the engine would refuse for their line ends, for as long as the block lasts.

    Files put together from several systems have lines that end in ``\\r\\n`` beside lines that end in ``\\n``; texts that
    people typed bring carriage returns of their own into a line. The first are made alike, the second become blanks, and
    are said. Where no line ends otherwise than in ``\\r``, as spreadsheets on a Mac write them, that is the end of a line.
    """
    with scratch_folder() as folder:
        copies, notes = dict(found.copies), list(found.notes)
        for number, file in enumerate(found.files):
            place = found.place(file)
            if ends := _odd_ends(place):
                copies[file] = copied_to(place, folder, number)
                inside = _copy(place, Path(copies[file]), b"\n" if ends == _ALONE else b" ")
                said = "carriage returns inside its lines were read as blanks"
                notes += [f"{Path(file).name}: {said} ({inside:,})."] if inside and ends == _MIXED else []
        yield replace(found, copies=copies, notes=notes)


def _odd_ends(file: str) -> str:
    """Return whether lines end in more than one way, or in a carriage return alone; "" where they end as usual.

    What stands between quotes is no end of a line.
    """
    if not any(b"\r" in chunk for chunk in chunks(file)):
        return ""
    returns = ends = both = 0
    quoted, before = False, b""
    for chunk in chunks(file):
        parts = chunk.split(b'"')
        bare = before + b'"'.join(parts[quoted::2])
        quoted ^= len(parts) % 2 == 0
        before = b"\r" if bare.endswith(b"\r") and not quoted else b""
        bare = bare[: len(bare) - len(before)]
        returns, ends, both = returns + bare.count(b"\r"), ends + bare.count(b"\n"), both + bare.count(b"\r\n")
    returns += len(before)
    if not returns or returns == ends == both:
        return ""
    return _MIXED if ends else _ALONE


def _copy(file: str, copy: Path, instead: bytes) -> int:
    """Copy a file, every line of it ending in ``\\n``; return how many other carriage returns became something else."""
    inside, before = 0, b""
    with open(copy, "wb") as out:
        for chunk in chunks(file):
            text = before + chunk
            whole = text.rstrip(b"\r")
            before = text[len(whole) :]
            alike = _LINE_END.sub(b"\n", whole)
            inside += alike.count(b"\r")
            out.write(alike.replace(b"\r", instead))
    return inside
