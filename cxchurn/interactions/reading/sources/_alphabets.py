"""Encodings of Latin letters, told apart by the languages whose letters a text would then be written in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_WESTERN = (
    "äöüß", "àâçéèêëîïôöùûüœæ", "áéíñóúüºª", "áàâãçéêíóôõúüºª", "àèéìíòóùº", "àçèéíïòóúü", "äåö", "æøåé", "áðéíóúýþæö",
    "éèëïöü",
)  # fmt: skip
# Polish, Czech and Slovak, Hungarian, Croatian and Slovenian, Romanian
_CENTRAL = ("ąćęłńóśźż", "áäčďéěíĺľňóôŕřšťúůýž", "áéíóöőúüű", "čćđšž", "ăâîşţ")
# the usual one first: of two that read as well it is meant
_LETTERS = {
    "cp1252": _WESTERN,
    "cp1250": _CENTRAL,
    "iso8859-2": _CENTRAL,
    "cp1254": ("çğıi\u0307öşüâîû",),
    "cp1257": ("ąčęėįšųūž", "āčēģīķļņšūž"),
    "mac_roman": _WESTERN,
    "cp850": _WESTERN,
}
_WORD, _HIGH = re.compile(rb"[A-Za-z\x80-\xff]*[A-Za-z][A-Za-z\x80-\xff]*"), re.compile(rb"[\x80-\xff]")
# of the usual encoding: quotes, dashes, blanks, and the signs of measures, which are no letters in any of its languages
_NO_LETTERS = frozenset(b"\x85\x91\x92\x93\x94\x96\x97\xa0\xab\xb0\xb2\xb3\xb5\xb7\xbb")
# how much of a text one language has to hold, where the usual encoding's languages hold less
_NEARLY_ALL, _TOO_FEW = 0.95, 0.9


def by_letters(chunks: Iterable[bytes]) -> str | None:
    """Return the encoding other than cp1252 in which nearly all letters are those of one language; None where none is.

    Parameters
    ----------
    chunks : iterable of bytes
        The text.

    Examples
    --------
    >>> by_letters(["Wpływy, Żywność".encode("cp1250")]), by_letters(["Café, München".encode("cp1252")])
    ('cp1250', None)
    """
    counts: Counter[int] = Counter()
    for chunk in chunks:
        if not chunk.isascii():
            counts.update(b"".join(_HIGH.findall(b" ".join(_WORD.findall(chunk)))))
    if not counts:
        return None
    held = {encoding: _held(counts, encoding) for encoding in _LETTERS}
    best = max(held, key=held.__getitem__)
    return best if held[best] >= _NEARLY_ALL and held["cp1252"] < _TOO_FEW else None


def _held(counts: Counter[int], encoding: str) -> float:
    """Return the largest share of a text's letters that one language holds."""
    read = {one: bytes([one]).decode(encoding, "replace").lower() for one in counts}
    shares = [
        sum(
            count
            for one, count in counts.items()
            if read[one] in letters or (one in _NO_LETTERS and encoding == "cp1252")
        )
        for letters in _LETTERS[encoding]
    ]
    return max(shares) / counts.total()
