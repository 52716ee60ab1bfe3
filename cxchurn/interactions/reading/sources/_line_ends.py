"""Text files whose lines end in several ways or in an old one: read from copies whose lines all end alike."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from cxchurn._core import scratch_folder
from cxchurn.interactions.reading.sources._encodings import chunks
from cxchurn.interactions.reading.sources._unpacked import Unpacked, copied_to

_RETURN, _FEED = ord("\r"), ord("\n")
_LINE_END = re.compile(rb"\r+\n")
# where the first line ends, if in a carriage return that another line follows
_FIRST_END = re.compile(rb"[^\r\n]*\r(?![\r\n])")
_MIXED, _ALONE = "mixed", "alone"


@contextmanager
def with_one_line_end(found: Unpacked) -> Iterator[Unpacked]:
    """Copy the files that the engine would refuse for their line ends, for as long as the block lasts.

    Files put together from several systems have lines that end in ``\\r\\n`` beside lines that end in ``\\n``; texts that
    people typed bring carriage returns of their own into a line. The first are made alike, the second become blanks, and
    are said. Where the first line and most others end in ``\\r``, as spreadsheets on a Mac write them, that ends a line.
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
    if _are_usual(_counted(chunks(file))):
        return ""
    bare = _counted(_bare(chunks(file)))
    if _are_usual(bare):
        return ""
    returns, ends, both = bare.tolist()
    first = _FIRST_END.match(next(chunks(file), b""))
    return _ALONE if first is not None and returns - both > ends else _MIXED


def _are_usual(counts: np.ndarray) -> bool:
    returns, ends, both = counts.tolist()
    return returns == 0 or returns == ends == both


def _counted(texts: Iterable[bytes]) -> np.ndarray:
    """Count the carriage returns, the line feeds, and how often one follows the other."""
    found, before = np.zeros(3, np.int64), False
    for text in texts:
        letters = np.frombuffer(text, np.uint8)
        returns, ends = letters == _RETURN, letters == _FEED
        both = np.count_nonzero(ends[1:] & returns[:-1]) + int(before and ends[:1].any())
        found += (np.count_nonzero(returns), np.count_nonzero(ends), both)
        before = bool(returns[-1:].any()) if text else before
    return found


def _bare(texts: Iterable[bytes]) -> Iterator[bytes]:
    """Yield texts without what stands between quotes."""
    quoted = False
    for text in texts:
        parts = text.split(b'"')
        yield b'"'.join(parts[quoted::2])
        quoted ^= len(parts) % 2 == 0


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
