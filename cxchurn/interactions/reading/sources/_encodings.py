"""How a text file writes letters: found by its bytes, and what is not UTF-8 read from a copy that is."""

from __future__ import annotations

import codecs
import gzip
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

from cxchurn._core import DataError
from cxchurn.interactions.reading.sources._alphabets import by_letters
from cxchurn.interactions.schema._other_scripts import english_name

_CHUNK = 1 << 20
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
# bytes that stand for nothing in the Western European encoding
_UNUSED = frozenset(b"\x81\x8d\x8f\x90\x9d")
# in Western European words most letters are ASCII: where more of the others stand three in a row, it is another writing. Two
# in a row are in every Portuguese word on -\u00e7\u00e3o
_IN_A_ROW, _ROWS = 0.3, re.compile(rb"[\x80-\xff]{3,}")
WESTERN, CYRILLIC = "cp1252", "cp1251"
# encodings of other scripts, told apart by the names of the columns alone
_BY_NAMES = ("cp1253", "koi8-r", "cp932", "euc_jp", "gb18030", "big5", "cp949")
# where these are read, the backslash before a number is shown, and was written, as a yen sign
_WITH_YEN, _YEN = ("cp932", "shift_jis", "euc_jp"), re.compile(r"\\(?=-?[0-9])")
# small Cyrillic letters where the encoding has them: in another one (KOI8-R) they would be the capital ones
_SMALL, _MOST_SMALL = re.compile(rb"[\xe0-\xff]"), 0.6
_HINT = 'say it under [format] in the schema: encoding = "cp1252", "utf-16", "cp1250", "cp1251", "shift_jis", ...'


def open_bytes(file: str) -> IO[bytes]:
    """Open a file, or what a ``.gz`` holds, as bytes."""
    return gzip.open(file, "rb") if file.endswith(".gz") else open(file, "rb")  # type: ignore[return-value]


def encoding_of(file: str, name: str) -> str:
    """Return the encoding of a text file: by its first bytes, by whether it is UTF-8, or else by which letters it would hold.

    Parameters
    ----------
    file : str
        The file.
    name : str
        What it is called in an error.

    Raises
    ------
    DataError
        Where it is none of those that can be found.
    """
    start = next(chunks(file, name), b"")[:4096]
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding
    wide = _without_mark(start)
    if wide is not None or _is_utf8(file, name):
        return wide or "utf-8"
    if (named := _by_names(start)) is not None:
        return named
    if (lettered := by_letters(chunks(file))) is not None:
        return lettered
    if _is_western(file):
        return WESTERN
    if _is_cyrillic(file):
        return CYRILLIC
    raise DataError(f"{name} is not UTF-8, and it is not to be told what it is.", hint=_HINT)


def _without_mark(start: bytes) -> str | None:
    """Return which way round UTF-16 is by where the zeros of plain letters stand."""
    even, odd = start[::2].count(0), start[1::2].count(0)
    most = max(even, odd)
    if most < 2 or 4 * most < len(start):
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def chunks(file: str, name: str | None = None) -> Iterator[bytes]:
    """Yield the bytes of a file, or of what a ``.gz`` holds; `name` is what an error calls it."""
    try:
        with open_bytes(file) as opened:
            while chunk := opened.read(_CHUNK):
                yield chunk
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{name or file} cannot be read as text: {error}.") from error


def _is_utf8(file: str, name: str) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in chunks(file, name):
            # most files hold nothing but ASCII
            if not chunk.isascii() or decoder.getstate()[0]:
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _by_names(start: bytes) -> str | None:
    """Return the encoding in which the first line has most names that are known of columns; None where it has none."""
    found = {}
    for encoding in _BY_NAMES:
        with suppress(UnicodeDecodeError):
            names = re.split(r'[,;|\t"]+', start.splitlines()[0].decode(encoding))
            found[encoding] = sum(english_name(one) != one for one in names)
    most = max(found, key=found.__getitem__, default=None)
    return most if most is not None and found[most] else None


def _is_western(file: str) -> bool:
    high = in_a_row = 0
    for chunk in chunks(file):
        if not chunk.isascii():
            if _UNUSED.intersection(chunk):
                return False
            high += sum(one > 127 for one in chunk)
            in_a_row += sum(map(len, _ROWS.findall(chunk)))
    return in_a_row <= _IN_A_ROW * high


def _is_cyrillic(file: str) -> bool:
    words = b"".join(_ROWS.findall(next(chunks(file))))
    try:
        letters = words.decode(CYRILLIC)
    except UnicodeDecodeError:
        return False
    own = sum("\u0400" <= one <= "\u04ff" for one in letters)
    return own > 0.9 * len(letters) and len(_SMALL.findall(words)) > _MOST_SMALL * len(words)


def copy_in_utf8(file: str, copy: Path, encoding: str, name: str) -> None:
    """Copy a text file as UTF-8.

    Raises
    ------
    DataError
        Where the file is not written in the encoding.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with open(copy, "wb") as out:
            for chunk in chunks(file):
                found = decoder.decode(chunk)
                out.write((_YEN.sub("\u00a5", found) if encoding in _WITH_YEN else found).encode())
            out.write(decoder.decode(b"", final=True).encode())
    except UnicodeError as error:
        raise DataError(f"{name} is not written in {encoding}: {error}.", hint=_HINT) from error


def said_of(name: str, encoding: str, file: str) -> str:
    """Return the note that a file was read in an encoding that was found, with a word that shows whether that is right."""
    word = ""
    for chunk in chunks(file):
        words = re.split(r"[\s,;|\"]+", chunk.decode(encoding, "replace"))
        odd = next((word for word in words if not word.isascii()), None)
        if odd is not None:
            word = f" (such as {odd[:40]!r})"
            break
    return f'{name} is not UTF-8: read as {encoding}{word}. Say encoding = "{encoding}" under [format] to make sure.'
